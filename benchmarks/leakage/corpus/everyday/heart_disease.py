# expect: none
"""Heart disease baseline."""
import pandas as pd
import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUM = ["age", "trestbps", "chol", "thalach", "oldpeak"]
CAT = ["cp", "restecg", "slope", "thal"]


def make_model():
    num = Pipeline([("imp", SimpleImputer(strategy="median")), ("sc", StandardScaler())])
    cat = Pipeline([
        ("imp", SimpleImputer(strategy="most_frequent")),
        ("oh", OneHotEncoder(handle_unknown="ignore")),
    ])
    pre = ColumnTransformer([("n", num, NUM), ("c", cat, CAT)])
    return Pipeline([("pre", pre), ("kb", SelectKBest(f_classif)), ("lr", LogisticRegression(max_iter=2000))])


def main():
    df = pd.read_csv("heart.csv", na_values="?").drop_duplicates()
    y = (df["num"] > 0).astype(int)
    X = df[NUM + CAT]
    print(X.isna().mean())
    print("mean chol by class", df.groupby(y)["chol"].mean().to_dict())

    inner = StratifiedKFold(4, shuffle=True, random_state=0)
    outer = StratifiedKFold(5, shuffle=True, random_state=1)
    grid = {"kb__k": [5, 8, "all"], "lr__C": np.logspace(-2, 1, 6)}
    gs = GridSearchCV(make_model(), grid, cv=inner, scoring="roc_auc")
    s = cross_val_score(gs, X, y, cv=outer, scoring="roc_auc")
    print("nested AUC %.3f +- %.3f" % (s.mean(), s.std()))


if __name__ == "__main__":
    main()
