# expect: L302@17
import catboost as cb
import pandas as pd
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split


def get_data():
    df = pd.read_csv("e.csv")
    return train_test_split(df.drop(columns=["t"]), df["t"], test_size=0.25)


def train_model(Xtr, ytr, Xte, yte):
    train_pool = cb.Pool(Xtr, ytr)
    test_pool = cb.Pool(Xte, yte)
    reg = cb.CatBoostRegressor(iterations=10000, od_type="Iter", od_wait=100)
    reg.fit(train_pool, eval_set=test_pool, verbose=False)
    return reg


Xtr, Xte, ytr, yte = get_data()
reg = train_model(Xtr, ytr, Xte, yte)
print("test rmse", mean_squared_error(yte, reg.predict(Xte)) ** 0.5)
