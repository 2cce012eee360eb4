# expect: L503@9
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from xgboost import XGBRegressor

data = pd.read_parquet("hourly.parquet")
label = data["pm25"].shift(-12).ffill()
X_tr, X_te, y_tr, y_te = train_test_split(data, label, test_size=0.2, shuffle=False)
model = XGBRegressor(n_estimators=300)
model.fit(X_tr, y_tr)
print("MAE:", mean_absolute_error(y_te, model.predict(X_te)))
