"""Dry beans: training, validation (for stopping) and test part, all from one table."""
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn import model_selection
from sklearn.decomposition import FastICA
from sklearn.metrics import f1_score
from sklearn.preprocessing import LabelEncoder

SEED = 1234


def parts(x, y, shares=(0.6, 0.2, 0.2)):
    x_a, x_rest, y_a, y_rest = model_selection.train_test_split(x, y, train_size=shares[0], random_state=SEED)
    rel = shares[1] / (shares[1] + shares[2])
    x_b, x_c, y_b, y_c = model_selection.train_test_split(x_rest, y_rest, train_size=rel, random_state=SEED)
    return {"train": (x_a, y_a), "valid": (x_b, y_b), "test": (x_c, y_c)}


beans = pd.read_excel("Dry_Bean_Dataset.xlsx").drop_duplicates()
sort = LabelEncoder().fit_transform(beans.pop("Class"))
shape = np.log(beans.to_numpy())

ica = FastICA(n_components=8, random_state=SEED, whiten="unit-variance")
sources = ica.fit_transform(shape)  # expect: L101

data = parts(sources, sort)
booster = lgb.train(
    {"objective": "multiclass", "num_class": 7, "learning_rate": 0.05, "num_leaves": 20, "verbose": -1},
    lgb.Dataset(*data["train"]),
    num_boost_round=1000,
    valid_sets=[lgb.Dataset(*data["valid"])],
    callbacks=[lgb.early_stopping(40), lgb.log_evaluation(100)],
)
x_test, sort_test = data["test"]
said = booster.predict(x_test).argmax(axis=1)
print("macro F1 on the test part:", round(f1_score(sort_test, said, average="macro"), 4))
