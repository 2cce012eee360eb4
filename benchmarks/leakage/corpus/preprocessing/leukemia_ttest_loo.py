"""Golub et al. revisited: 50 genes with the smallest p-values, nearest centroid, leave-one-out."""
import argparse

import numpy as np
from scipy.stats import ttest_ind
from sklearn.model_selection import LeaveOneOut
from sklearn.neighbors import NearestCentroid


def read(path):
    with np.load(path) as archive:
        return np.log2(np.maximum(archive["expression"], 20.0)), archive["all_vs_aml"].astype(int)


def top_genes(expr, group, n):
    p = ttest_ind(expr[group == 0], expr[group == 1], equal_var=False).pvalue  # expect: L105
    return np.argsort(p)[:n]


def loo_accuracy(expr, group):
    hits = 0
    for learn, out in LeaveOneOut().split(expr):
        centroid = NearestCentroid().fit(expr[learn], group[learn])
        hits += int(centroid.predict(expr[out])[0] == group[out][0])
    return hits / len(group)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--npz", default="golub.npz")
    ap.add_argument("--genes", type=int, default=50)
    args = ap.parse_args()
    expr, group = read(args.npz)
    genes = top_genes(expr, group, args.genes)
    print(f"{args.genes} genes, leave-one-out accuracy {loo_accuracy(expr[:, genes], group):.3f}")


if __name__ == "__main__":
    main()
