# expect: none
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.impute import SimpleImputer
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
X_full = pd.read_csv("train.csv", index_col="Id")
X_test_full = pd.read_csv("test.csv", index_col="Id")
X_full.dropna(axis=0, subset=["SalePrice"], inplace=True)
y = X_full.SalePrice
X_full.drop(["SalePrice"], axis=1, inplace=True)
X = X_full.select_dtypes(exclude=["object"])
X_test = X_test_full.select_dtypes(exclude=["object"])
X_train, X_valid, y_train, y_valid = train_test_split(X, y, train_size=0.8)
imp = SimpleImputer()
a = pd.DataFrame(imp.fit_transform(X_train)); b = pd.DataFrame(imp.transform(X_valid))
a.columns = X_train.columns; b.columns = X_valid.columns
def score_dataset(X_train, X_valid, y_train, y_valid):
    model = RandomForestRegressor(n_estimators=100)
    model.fit(X_train, y_train)
    return mean_absolute_error(y_valid, model.predict(X_valid))
print(score_dataset(a, b, y_train, y_valid))
final = SimpleImputer(strategy="median")
fx = pd.DataFrame(final.fit_transform(X_train)); ft = pd.DataFrame(final.transform(X_test))
