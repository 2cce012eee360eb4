# expect: none
import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import accuracy_score, silhouette_score
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

table = np.loadtxt("seeds_dataset.txt")
variety = table[:, -1].astype(int)
measures = table[:, :-1]

# how many groups would one see without the labels?
for k in (2, 3, 4, 5):
    groups = KMeans(k, n_init=10, random_state=0).fit_predict(measures)
    print(k, "groups: silhouette", round(silhouette_score(measures, groups), 3))

sss = StratifiedShuffleSplit(n_splits=20, test_size=0.3, random_state=0)
values = []
for tr, te in sss.split(measures, variety):
    lda = LinearDiscriminantAnalysis()
    lda.fit(measures[tr], variety[tr])
    values.append(accuracy_score(variety[te], lda.predict(measures[te])))

print("accuracy over twenty splits: %.3f (+/- %.3f)" % (np.mean(values), np.std(values)))
