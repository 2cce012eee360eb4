import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

grades = pd.read_csv("exam_grades.csv").drop_duplicates()
grades["passed"] = (grades["final_grade"] >= 10).astype(int)

# how far a pupil is above the pass mark, and how the last term went
grades["margin"] = grades["final_grade"] - 10  # expect: L402
grades["trend"] = grades["grade_2"] - grades["grade_1"]

numeric = ["absences", "studytime", "failures", "margin", "trend"]
nominal = ["school", "sex", "guardian", "internet"]

prep = make_column_transformer(
    (StandardScaler(), numeric),
    (OneHotEncoder(handle_unknown="ignore"), nominal),
)
clf = make_pipeline(prep, LogisticRegression(max_iter=500))
auc = cross_val_score(clf, grades[numeric + nominal], grades["passed"], cv=10, scoring="roc_auc")
print("AUC %.3f +- %.3f" % (np.mean(auc), np.std(auc)))
