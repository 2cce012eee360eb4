# expect: none
import glob

import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

first, second = pd.read_csv("flats_2021.csv"), pd.read_csv("flats_2022.csv")
flats = pd.concat([first, second], ignore_index=True).drop_duplicates()
more = [pd.read_csv(path) for path in glob.glob("more/*.csv")]
flats = pd.concat([flats, *more], ignore_index=True)
X_train, X_test, y_train, y_test = train_test_split(flats[["area", "rooms"]], flats["price"], random_state=0)
model = LGBMRegressor().fit(X_train, y_train)
print(mean_absolute_error(y_test, model.predict(X_test)))
