#!/usr/bin/env python
"""Monthly retention model. Owner: CRM analytics. Run: python telco_retention.py --csv dump.csv"""
import argparse
import logging
import pandas as pd
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, classification_report
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

log = logging.getLogger("retention")
NUM = ["tenure", "MonthlyCharges", "TotalCharges", "n_tickets"]
CAT = ["Contract", "PaymentMethod", "InternetService"]


class RetentionData:
    def __init__(self, path, seed=7):
        self.path = path
        self.seed = seed
        self.frame = None
        self.scaler = StandardScaler()

    def load(self):
        df = pd.read_csv(self.path)
        df["TotalCharges"] = pd.to_numeric(df["TotalCharges"], errors="coerce")
        df = df.drop_duplicates("customerID")
        df["TotalCharges"] = df["TotalCharges"].fillna(0)
        df["Churn"] = (df["Churn"] == "Yes").astype(int)
        self.frame = df
        return self

    def build(self):
        df = self.frame.copy()
        dummies = pd.get_dummies(df[CAT], drop_first=True)
        num = self.scaler.fit_transform(df[NUM])  # expect: L101
        X = np.hstack([num, dummies.values.astype(float)])
        return X, df["Churn"].values

    def split(self, frac=0.25):
        X, y = self.build()
        return train_test_split(X, y, test_size=frac, stratify=y, random_state=self.seed)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--csv", required=True)
    ap.add_argument("--frac", type=float, default=0.25)
    args = ap.parse_args()
    logging.basicConfig(level=logging.INFO)

    data = RetentionData(args.csv).load()
    log.info("rows: %d", len(data.frame))
    Xa, Xb, ya, yb = data.split(args.frac)
    clf = LogisticRegression(C=0.5, max_iter=2000, class_weight="balanced")
    clf.fit(Xa, ya)
    p = clf.predict_proba(Xb)[:, 1]
    log.info("AUC %.4f", roc_auc_score(yb, p))
    print(classification_report(yb, (p > 0.5).astype(int)))


if __name__ == "__main__":
    main()
