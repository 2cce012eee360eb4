# expect: none
"""Search over a whole pipeline; the last fifth is looked at once."""
import argparse
import logging

import pandas as pd
from imblearn.pipeline import Pipeline
from imblearn.under_sampling import RandomUnderSampler
from lightgbm import LGBMClassifier
from scipy.stats import loguniform, randint
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectPercentile, mutual_info_classif
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import RandomizedSearchCV, train_test_split
from sklearn.preprocessing import OneHotEncoder

log = logging.getLogger(__name__)
SPACE = {
    "keep__percentile": randint(20, 100),
    "gbm__learning_rate": loguniform(0.01, 0.3),
    "gbm__num_leaves": randint(8, 64),
    "gbm__n_estimators": randint(50, 400),
}


def pipeline(frame):
    words = frame.select_dtypes("object").columns
    numbers = frame.select_dtypes("number").columns
    columns = ColumnTransformer([
        ("w", OneHotEncoder(handle_unknown="ignore", sparse_output=False), words),
        ("n", SimpleImputer(strategy="median"), numbers),
    ])
    return Pipeline([
        ("columns", columns),
        ("keep", SelectPercentile(mutual_info_classif)),
        ("fewer", RandomUnderSampler(random_state=0)),
        ("gbm", LGBMClassifier(verbose=-1)),
    ])


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--csv", default="home_credit_small.csv")
    ap.add_argument("--iterations", type=int, default=25)
    args = ap.parse_args()
    logging.basicConfig(level="INFO")

    frame = pd.read_csv(args.csv).drop(columns="SK_ID_CURR")
    target = frame.pop("TARGET")
    dev, final, t_dev, t_final = train_test_split(frame, target, test_size=0.2, stratify=target, random_state=5)
    search = RandomizedSearchCV(pipeline(dev), SPACE, n_iter=args.iterations, cv=4, scoring="roc_auc", random_state=0)
    search.fit(dev, t_dev)
    log.info("best of the search: %.4f with %s", search.best_score_, search.best_params_)
    print("AUC on the final fifth:", round(roc_auc_score(t_final, search.predict_proba(final)[:, 1]), 4))


if __name__ == "__main__":
    main()
