# expect: none
"""Flight ticket price models, three ways to cut the same data (they agree)."""
import logging

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import ElasticNet
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

log = logging.getLogger("fares")
SEED = 2


def read():
    fares = pd.read_csv("fares.csv")
    fares = fares[fares["price"].between(5, 5000)].drop_duplicates("offer_key")
    fares["weekend"] = (fares["weekday"] >= 5).astype(int)
    fares["per_km"] = fares["tax"] / fares["distance"]
    return pd.get_dummies(fares, columns=["cabin", "alliance"]).reset_index(drop=True)


def by_drop(fares):
    train = fares.sample(frac=0.8, random_state=SEED)
    return train, fares.drop(train.index)


def by_mask(fares):
    rng = np.random.default_rng(SEED)
    mask = rng.random(len(fares)) < 0.8
    return fares[mask], fares[~mask]


def by_position(fares):
    mixed = fares.sample(frac=1, random_state=SEED).reset_index(drop=True)
    k = int(0.8 * len(mixed))
    return mixed.iloc[:k], mixed.iloc[k:]


def by_label(fares):
    mixed = fares.sample(frac=1, random_state=SEED).reset_index(drop=True)
    k = int(0.8 * len(mixed))
    return mixed.loc[: k - 1], mixed.loc[k:]


def by_hash(fares):
    bucket = pd.util.hash_pandas_object(fares["offer_key"], index=False) % 10
    return fares[bucket < 8], fares[bucket >= 8]


def xy(part):
    return part.drop(columns=["price", "offer_key"]), np.log(part["price"])


def models():
    return {
        "net": make_pipeline(StandardScaler(), ElasticNet(alpha=0.01)),
        "rf": RandomForestRegressor(200, n_jobs=-1, random_state=SEED),
        "xgb": xgb.XGBRegressor(n_estimators=400, learning_rate=0.05, max_depth=7),
    }


def main():
    logging.basicConfig(level=logging.INFO)
    fares = read()
    out = []
    for cut in (by_drop, by_mask, by_position, by_label, by_hash):
        train, test = cut(fares)
        assert not set(train.index) & set(test.index)
        x_train, y_train = xy(train)
        x_test, y_test = xy(test)
        for name, model in models().items():
            model.fit(x_train, y_train)
            error = mean_absolute_error(np.exp(y_test), np.exp(model.predict(x_test)))
            out.append({"cut": cut.__name__, "model": name, "mae": error})
            log.info("%s %s %.2f", cut.__name__, name, error)
    print(pd.DataFrame(out).pivot(index="model", columns="cut", values="mae").round(2))

    # everything goes into the model that is shipped
    x, y = xy(fares)
    final = models()["xgb"].fit(x, y)
    final.save_model("fares.ubj")


if __name__ == "__main__":
    main()
