# expect: none
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

data = pd.read_csv("energy.csv")
y = data.pop("load")
X_train, X_test, y_train, y_test = train_test_split(data, y, test_size=0.2, random_state=11)


def evaluate(model, X, y, name):
    error = mean_absolute_error(y, model.predict(X))
    print(f"{name:>10}: MAE = {error:.2f}")
    return error


rows = []
for model in (RandomForestRegressor(n_jobs=2), GradientBoostingRegressor()):
    model.fit(X_train, y_train)
    rows.append(
        {
            "model": type(model).__name__,
            "train": evaluate(model, X_train, y_train, "train"),
            "test": evaluate(model, X_test, y_test, "test"),
        }
    )
print(pd.DataFrame(rows))
