# expect: none
import pandas as pd
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

flats = pd.read_csv("flats.csv")
X, y = flats[["area", "floor"]], flats["rent"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=4)
plain = LinearRegression().fit(X_train, y_train)
ridge = Ridge().fit(X_train, y_train)
table = pd.DataFrame(
    [
        ["plain", mean_absolute_error(y_test, plain.predict(X_test))],
        ["ridge", mean_absolute_error(y_test, ridge.predict(X_test))],
    ],
    columns=["model", "error"],
)
print(table.round(2))
print(table.loc[table["error"].idxmin()].to_string())
