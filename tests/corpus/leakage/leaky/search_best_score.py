# expect: L111@9
from sklearn.datasets import load_wine
from sklearn.decomposition import TruncatedSVD
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

X, y = load_wine(return_X_y=True)
svd = TruncatedSVD(5)
Z = svd.fit_transform(X)
grid = GridSearchCV(SVC(), {"C": [1, 10]}, cv=5)
grid.fit(Z, y)
print(grid.best_params_, grid.best_score_)
