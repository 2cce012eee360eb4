"""Gene signature for ALL/AML, reproduces table 2 (accuracy by number of genes)."""
import itertools
import os
import warnings

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

warnings.simplefilter("ignore")
OUT = "figures"
os.makedirs(OUT, exist_ok=True)


def read_expression(path, annotation):
    expr = pd.read_csv(path, sep="\t", index_col=0)
    expr = expr.loc[:, ~expr.columns.str.startswith("call")]
    ann = pd.read_csv(annotation, index_col="sample")
    expr = expr.T.join(ann["subtype"], how="inner")
    y = (expr.pop("subtype") == "AML").astype(int)
    X = np.log2(expr.clip(lower=20, upper=16000))
    return X, y


def volcano(X, y, path):
    a, b = X[y == 0], X[y == 1]
    t, p = stats.ttest_ind(a, b, equal_var=False)
    fc = b.mean() - a.mean()
    plt.figure(figsize=(5, 5))
    plt.scatter(fc, -np.log10(p), s=3)
    plt.xlabel("log2 fold change")
    plt.ylabel("-log10 p")
    plt.savefig(path, dpi=200)
    plt.close()


def classifiers():
    yield "LDA", LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    yield "NB", GaussianNB()
    yield "SVM", make_pipeline(StandardScaler(), SVC(kernel="linear", C=0.1))
    yield "RF", RandomForestClassifier(n_estimators=300, random_state=0)


def signature(X, y, k):
    sel = SelectKBest(f_classif, k=k).fit(X, y)  # expect: L105
    return X.loc[:, sel.get_support()]


def accuracy_table(X, y, sizes=(5, 10, 25, 50, 100)):
    rows = []
    cv = RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=99)
    for k in sizes:
        Xk = signature(X, y, k)
        for name, clf in classifiers():
            acc = cross_val_score(clf, Xk, y, cv=cv, scoring="accuracy", n_jobs=-1)
            rows.append({"genes": k, "classifier": name, "mean": acc.mean(), "sd": acc.std()})
            print("%3d genes  %-4s %.3f (%.3f)" % (k, name, acc.mean(), acc.std()))
    return pd.DataFrame(rows)


def plot_table(table, path):
    fig, ax = plt.subplots(figsize=(6, 4))
    for (name, part), marker in zip(table.groupby("classifier"), itertools.cycle("osv^")):
        ax.errorbar(part["genes"], part["mean"], yerr=part["sd"], marker=marker, label=name, capsize=3)
    ax.set_xscale("log")
    ax.set_xlabel("number of genes")
    ax.set_ylabel("accuracy")
    ax.legend()
    fig.tight_layout()
    fig.savefig(path)


# def permutation_test(X, y, n=1000):
#     null = []
#     for i in range(n):
#         yp = np.random.permutation(y)
#         null.append(cross_val_score(GaussianNB(), signature(X, yp, 50), yp, cv=5).mean())
#     return null


if __name__ == "__main__":
    X, y = read_expression("golub_all.txt", "golub_annotation.csv")
    print(X.shape, y.value_counts().to_dict())
    volcano(X, y, os.path.join(OUT, "volcano.pdf"))
    table = accuracy_table(X, y)
    table.to_latex(os.path.join(OUT, "table2.tex"), index=False, float_format="%.3f")
    plot_table(table, os.path.join(OUT, "accuracy.pdf"))
