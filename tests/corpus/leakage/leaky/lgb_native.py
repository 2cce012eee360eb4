# expect: L302@19
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split


def run(params):
    df = pd.read_csv("sales.csv")
    features = [c for c in df.columns if c != "sales"]
    X_train, X_test, y_train, y_test = train_test_split(df[features], df["sales"], test_size=0.2)
    dtrain = lgb.Dataset(X_train, label=y_train)
    dtest = lgb.Dataset(X_test, label=y_test, reference=dtrain)
    booster = lgb.train(
        params,
        dtrain,
        num_boost_round=5000,
        valid_sets=[dtrain, dtest],
        callbacks=[lgb.early_stopping(100), lgb.log_evaluation(500)],
    )
    pred = booster.predict(X_test, num_iteration=booster.best_iteration)
    rmse = np.sqrt(mean_squared_error(y_test, pred))
    return rmse


if __name__ == "__main__":
    print("RMSE", run({"objective": "regression", "learning_rate": 0.05}))
