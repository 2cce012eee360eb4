# expect: none
from sklearn.model_selection import cross_val_score, GridSearchCV, KFold
from sklearn.feature_selection import SelectKBest
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC
from sklearn.datasets import load_iris
X, y = load_iris(return_X_y=True)
pipe = Pipeline([("s", SelectKBest()), ("c", SVC())])
inner = GridSearchCV(pipe, {"s__k": [1, 2]}, cv=KFold(3))
print(cross_val_score(inner, X, y, cv=KFold(5)).mean())
