"""Several pipelines are compared by cross-validation; the best is kept."""
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

df = pd.read_csv("heart.csv")
y = (df["num"] > 0).astype(int)
X = df.drop(columns=["num"])

numeric = ["age", "trestbps", "chol", "thalach", "oldpeak"]
nominal = [c for c in X.columns if c not in numeric]

numeric_steps = Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())])
nominal_steps = Pipeline(
    [("impute", SimpleImputer(strategy="most_frequent")), ("onehot", OneHotEncoder(handle_unknown="ignore"))]
)
prep = ColumnTransformer([("num", numeric_steps, numeric), ("nom", nominal_steps, nominal)])

models = {
    "logreg": LogisticRegression(max_iter=2000),
    "forest": RandomForestClassifier(n_estimators=300, random_state=0),
    "knn": KNeighborsClassifier(15),
}
stack = StackingClassifier(list(models.items()), final_estimator=LogisticRegression())

cv = StratifiedKFold(10, shuffle=True, random_state=0)
best_name, best_score = None, -np.inf
for name, estimator in [*models.items(), ("stack", stack)]:
    pipe = Pipeline([("prep", prep), ("model", estimator)])
    scores = cross_val_score(pipe, X, y, cv=cv, scoring="roc_auc")
    print(f"{name:8s} {scores.mean():.4f} +- {scores.std():.4f}")
    if scores.mean() > best_score:
        best_name, best_score = name, scores.mean()

print("best:", best_name, best_score)
