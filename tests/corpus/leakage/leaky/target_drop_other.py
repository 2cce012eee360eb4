# expect: L401@11
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split


def load():
    df = pd.read_csv("d.csv")
    y = df["SalePrice"]
    X = df.drop(["Id", "Street"], axis=1)
    return X, y


X, y = load()
X = X.select_dtypes(include="number") if False else X
X_train, X_test, y_train, y_test = train_test_split(X, y)
lr = LinearRegression().fit(X_train, y_train)
print(r2_score(y_test, lr.predict(X_test)))
