import os
import sys
import datetime as dt
import logging

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, Pool
from sklearn.metrics import roc_auc_score, precision_score, recall_score
from sklearn.model_selection import train_test_split

LOG = logging.getLogger("churn.job")
MODEL_DIR = os.getenv("MODEL_DIR", "/tmp/models")
QUERY = """
select customer_id, plan, region, device, n_tickets, n_logins_30d, mrr, seats, months_active, payment_method, churned
from mart.customer_snapshot
where snapshot = '{day}'
"""
CAT = ["plan", "region", "device", "payment_method"]
DROP = ["customer_id", "churned"]


def snapshot(engine, day):
    df = pd.read_sql(QUERY.format(day=day), engine)
    LOG.info("snapshot %s has %d customers", day, len(df))
    if df["customer_id"].duplicated().any():
        raise RuntimeError("customers are not unique")
    return df


def clean(df):
    df = df.copy()
    df[CAT] = df[CAT].fillna("unknown").astype(str)
    df["n_tickets"] = df["n_tickets"].fillna(0)
    df["mrr_per_seat"] = df["mrr"] / df["seats"].clip(lower=1)
    df["active_user"] = (df["n_logins_30d"] > 4).astype(int)
    return df


def pools(df, share, seed):
    train, test = train_test_split(df, test_size=share, random_state=seed, stratify=df["churned"])
    make = lambda part: Pool(part.drop(columns=DROP), part["churned"], cat_features=CAT)
    return make(train), make(test)


def train_model(train_pool, eval_pool, iterations=2000, depth=6, lr=0.03):
    model = CatBoostClassifier(
        iterations=iterations,
        depth=depth,
        learning_rate=lr,
        eval_metric="AUC",
        random_seed=0,
        auto_class_weights="Balanced",
    )
    model.fit(train_pool, eval_set=eval_pool, verbose=250)  # expect: L302
    return model


def lift(y, p, share=0.1):
    k = int(len(y) * share)
    top = np.argsort(-p)[:k]
    return np.asarray(y)[top].mean() / np.mean(y)


def check(model, pool):
    y = pool.get_label()
    y = np.asarray(y, dtype=int)
    p = model.predict_proba(pool)[:, 1]
    return {
        "auc": roc_auc_score(y, p),
        "precision": precision_score(y, p > 0.5),
        "recall": recall_score(y, p > 0.5),
        "lift10": lift(y, p),
    }


def job(engine, day):
    df = clean(snapshot(engine, day))
    train_pool, test_pool = pools(df, 0.2, seed=int(day.replace("-", "")))
    model = train_model(train_pool, test_pool)
    metrics = check(model, test_pool)
    LOG.info("metrics %s", metrics)
    if metrics["auc"] < 0.7:
        LOG.error("model is too weak, keeping the old one")
        return 1
    path = os.path.join(MODEL_DIR, f"churn_{day}.cbm")
    model.save_model(path)
    for name, value in sorted(zip(model.feature_names_, model.get_feature_importance()), key=lambda t: -t[1])[:10]:
        LOG.info("%-20s %.2f", name, value)
    return 0


if __name__ == "__main__":
    import sqlalchemy

    logging.basicConfig(level=logging.INFO)
    sys.exit(job(sqlalchemy.create_engine(os.environ["DWH"]), dt.date.today().isoformat()))
