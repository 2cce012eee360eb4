# expect: none
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y)
pipe = Pipeline([("scale", StandardScaler()), ("pca", PCA()), ("clf", LogisticRegression())])
grid = GridSearchCV(pipe, {"clf__C": [0.1, 1.0]}, cv=5)
grid.fit(X_train, y_train)
print(grid.best_score_, grid.score(X_test, y_test))
print(cross_val_score(make_pipeline(StandardScaler(), LogisticRegression()), X, y).mean())
