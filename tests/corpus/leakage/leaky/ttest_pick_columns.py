# expect: L105@9
import numpy as np
from scipy.stats import ttest_ind
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import SVC

signal = np.load("signal.npy")
group = np.load("group.npy")
_, p = ttest_ind(signal[group == 0], signal[group == 1])
signal = signal[:, p < 0.01]
scores = []
for fit, hold in StratifiedKFold(5).split(signal, group):
    machine = SVC().fit(signal[fit], group[fit])
    scores.append(machine.score(signal[hold], group[hold]))
print(np.mean(scores))
