# expect: none
"""Length of stay.  Five clinics deliver one file each, one row per person; they are stacked, then divided."""
from functools import partial
from pathlib import Path

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import mean_poisson_deviance
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUM = ["age", "bmi", "creatinine", "crp"]
CAT = ["ward", "admission", "clinic"]
read = partial(pd.read_csv, sep="\t", decimal=",")


def stack(folder):
    tables = [read(f).assign(clinic=f.stem) for f in sorted(Path(folder).glob("*.tsv"))]
    table = pd.concat(tables, ignore_index=True)
    table["admission"] = table["admission"].str.lower().fillna("unknown")
    return table[table["days"].between(0, 120)]


def model():
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), NUM),
        (OneHotEncoder(min_frequency=20, handle_unknown="infrequent_if_exist"), CAT),
    )
    return make_pipeline(columns, PoissonRegressor(alpha=1e-3, max_iter=500))


stays = stack("clinics")
x_a, x_b, d_a, d_b = train_test_split(stays[NUM + CAT], stays["days"], test_size=0.25, random_state=0)
poisson = model().fit(x_a, d_a)
print("deviance:", round(mean_poisson_deviance(d_b, poisson.predict(x_b)), 3))
print("constant:", round(mean_poisson_deviance(d_b, d_a.mean() + 0 * d_b), 3))
