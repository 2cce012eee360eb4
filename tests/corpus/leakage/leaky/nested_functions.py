# expect: L101@15
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import QuantileTransformer
from xgboost import XGBRegressor


def experiment(path, target):
    def read():
        return pd.read_csv(path)

    def transform(frame):
        qt = QuantileTransformer()
        return qt.fit_transform(frame)

    frame = read()
    y = frame[target]
    X = transform(frame.drop(columns=[target]))
    parts = train_test_split(X, y, test_size=0.2)
    X_train, X_test = parts[0], parts[1]
    y_train, y_test = parts[2], parts[3]
    model = XGBRegressor()
    model.fit(X_train, y_train)
    return mean_absolute_error(y_test, model.predict(X_test))


for target in ("a", "b"):
    print(target, experiment("data.csv", target))
