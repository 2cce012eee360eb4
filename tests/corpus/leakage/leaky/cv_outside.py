# expect: L111@8
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

X, y = load_breast_cancer(return_X_y=True)
X = StandardScaler().fit_transform(X)
scores = cross_val_score(KNeighborsClassifier(5), X, y, cv=10)
print(scores.mean(), scores.std())
