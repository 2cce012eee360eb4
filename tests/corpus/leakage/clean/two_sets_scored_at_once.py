# expect: none
from xgboost import XGBRegressor

from reports import evaluate_both


def boost(X_train, X_val, X_test, y_train, y_val, y_test):
    booster = XGBRegressor(n_estimators=900, early_stopping_rounds=30)
    booster.fit(X_train, y_train, eval_set=[(X_val, y_val)], verbose=False)
    on_val = booster.predict(X_val)
    on_test = booster.predict(X_test)
    evaluate_both("boosting", y_val, y_test, on_val, on_test)
    return booster
