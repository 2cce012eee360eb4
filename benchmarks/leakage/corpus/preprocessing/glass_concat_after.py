# expect: none
# Glass fragments; after scoring, all rows are put together for a picture and a table.
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split as tts
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import RobustScaler

glass = pd.read_csv("glass.csv").drop_duplicates()
kind = glass.pop("Type")
g1, g2, k1, k2 = tts(glass, kind, test_size=0.3, random_state=22, stratify=kind)

rs = RobustScaler().fit(g1)
s1, s2 = rs.transform(g1), rs.transform(g2)
knn = KNeighborsClassifier(3).fit(s1, k1)
print("accuracy:", knn.score(s2, k2))

stacked = np.concatenate([s1, s2])
kinds = pd.concat([k1, k2])
flat = PCA(2).fit_transform(stacked)
fig, ax = plt.subplots()
for name in sorted(kinds.unique()):
    rows = (kinds == name).to_numpy()
    ax.scatter(*flat[rows].T, s=10, label=str(name))
ax.legend()
fig.savefig("glass.png")
print(pd.DataFrame(flat).groupby(kinds.to_numpy()).mean().round(2))
