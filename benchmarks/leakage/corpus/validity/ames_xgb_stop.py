import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

homes = pd.read_csv("AmesHousing.csv")
homes = homes.drop(columns=["Order", "PID"])
price = np.log(homes.pop("SalePrice"))

for col in homes.select_dtypes("object"):
    homes[col] = homes[col].fillna("missing").astype("category")

X_train, X_test, y_train, y_test = train_test_split(homes, price, test_size=0.2, random_state=1)

reg = xgb.XGBRegressor(
    n_estimators=5000,
    learning_rate=0.02,
    max_depth=4,
    subsample=0.6,
    colsample_bytree=0.4,
    enable_categorical=True,
    tree_method="hist",
    early_stopping_rounds=100,
)
reg.fit(X_train, y_train, eval_set=[(X_test, y_test)], verbose=False)  # expect: L302

print("trees:", reg.best_iteration)
print("test RMSE (log): %.4f" % np.sqrt(mean_squared_error(y_test, reg.predict(X_test))))
