# expect: L101@10
import numpy as np
import umap
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
digits = load_digits()
X, y = digits.data, digits.target
reducer = umap.UMAP(n_components=8)
emb = reducer.fit_transform(X)
Xtr, Xte, ytr, yte = train_test_split(emb, y)
knn = KNeighborsClassifier().fit(Xtr, ytr)
print("acc:", knn.score(Xte, yte))
