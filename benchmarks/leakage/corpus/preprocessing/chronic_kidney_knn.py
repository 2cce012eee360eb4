"""Laboratory values of kidney patients (one visit each): fill the gaps from the nearest neighbours."""
import argparse
import sys

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.impute import KNNImputer
from sklearn.metrics import confusion_matrix, matthews_corrcoef
from sklearn.model_selection import StratifiedShuffleSplit

LAB = ["bgr", "bu", "sc", "sod", "pot", "hemo", "pcv", "wbcc", "rbcc"]


def clean_number(column):
    return pd.to_numeric(column.astype(str).str.strip().str.replace("?", "", regex=False), errors="coerce")


def read(path):
    table = pd.read_csv(path)
    lab = table[LAB].apply(clean_number)
    sick = table["class"].str.strip().eq("ckd").astype(int).to_numpy()
    return lab, sick


def complete(lab, neighbours):
    return KNNImputer(n_neighbors=neighbours).fit_transform(lab)  # expect: L102


def main(argv):
    ap = argparse.ArgumentParser()
    ap.add_argument("table")
    ap.add_argument("-k", type=int, default=5)
    opts = ap.parse_args(argv)

    lab, sick = read(opts.table)
    print("missing share per value:")
    print(lab.isna().mean().round(2).to_string())
    full = complete(lab, opts.k)

    sss = StratifiedShuffleSplit(n_splits=1, test_size=0.3, random_state=17)
    learn_idx, check_idx = next(sss.split(full, sick))
    trees = ExtraTreesClassifier(n_estimators=300, random_state=0)
    trees.fit(full[learn_idx], sick[learn_idx])
    out = trees.predict(full[check_idx])
    print(confusion_matrix(sick[check_idx], out))
    print("MCC", np.round(matthews_corrcoef(sick[check_idx], out), 3))


if __name__ == "__main__":
    main(sys.argv[1:])
