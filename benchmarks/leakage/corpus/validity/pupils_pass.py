# expect: none
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

pupils = pd.read_csv("exam_grades.csv").drop_duplicates()
pupils["passed"] = (pupils["final_grade"] >= 10).astype(int)
pupils["trend"] = pupils["grade_2"] - pupils["grade_1"]
pupils["margin"] = pupils["final_grade"] - 10
print(pupils.groupby("school")["margin"].describe())

numeric = ["absences", "studytime", "failures", "trend"]
nominal = ["school", "sex", "guardian", "internet"]

prep = make_column_transformer(
    (StandardScaler(), numeric),
    (OneHotEncoder(handle_unknown="ignore"), nominal),
)
clf = make_pipeline(prep, LogisticRegression(max_iter=500))
auc = cross_val_score(clf, pupils[numeric + nominal], pupils["passed"], cv=10, scoring="roc_auc")
print("AUC %.3f +- %.3f" % (np.mean(auc), np.std(auc)))
