"""Employee access requests: nine high-cardinality codes, target encoded."""
import sys

import category_encoders as ce
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

CODES = ["RESOURCE", "ROLE_ROLLUP_1", "ROLE_ROLLUP_2", "ROLE_DEPTNAME", "ROLE_TITLE",
         "ROLE_FAMILY_DESC", "ROLE_FAMILY", "ROLE_CODE"]


def load(path):
    requests = pd.read_csv(path)
    return requests[CODES].astype(str), requests["ACTION"]


def encode(codes, action, smoothing):
    encoder = ce.TargetEncoder(cols=CODES, smoothing=smoothing, min_samples_leaf=10)
    return encoder.fit_transform(codes, action)  # expect: L106


def main(path="amazon_train.csv", smoothing=5.0):
    codes, action = load(path)
    print(codes.nunique().to_string())
    encoded = encode(codes, action, smoothing)
    e_tr, e_te, a_tr, a_te = train_test_split(encoded, action, test_size=0.2, stratify=action, random_state=0)
    logit = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    logit.fit(e_tr, a_tr)
    print(f"AUC {roc_auc_score(a_te, logit.predict_proba(e_te)[:, 1]):.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
