# expect: none
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import KFold, train_test_split

flats = pd.read_parquet("flats.parquet")
train, test = train_test_split(flats, random_state=1)
train = train.reset_index(drop=True)
train["district_price"] = np.nan
for fit_on, apply_to in KFold(5, shuffle=True, random_state=0).split(train):
    means = train.iloc[fit_on].groupby("district")["price"].mean()
    train.loc[apply_to, "district_price"] = train.iloc[apply_to]["district"].map(means)
test["district_price"] = test["district"].map(train.groupby("district")["price"].mean())
columns = ["district_price", "rooms", "area"]
ridge = Ridge().fit(train[columns], train["price"])
print("MAE", mean_absolute_error(test["price"], ridge.predict(test[columns])))
