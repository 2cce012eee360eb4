# expect: none
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def train(df, evaluate=None):
    X, y = df.drop(columns=["y"]), df["y"]
    if evaluate:
        X_train, X_test, y_train, y_test = train_test_split(X, y)
    else:
        X_train, y_train = X, y
    sc = StandardScaler().fit(X_train)
    m = LinearRegression().fit(sc.transform(X_train), y_train)
    if evaluate:
        print(mean_squared_error(y_test, m.predict(sc.transform(X_test))))
    return m


train(pd.read_csv("d.csv"), evaluate=bool(input()))
