"""Next-hour output of a solar park."""
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.metrics import mean_squared_error

park = pd.read_csv("solar_park.csv", parse_dates=["time"], index_col="time").sort_index()
park["hour"] = park.index.hour
park["doy"] = park.index.dayofyear

# smooth the noisy sensors over five hours around each reading
for sensor in ("irradiance", "module_temp", "power"):
    park[sensor + "_smooth"] = park[sensor].rolling(5, center=True).mean()  # expect: L502
park["power_lag24"] = park["power"].shift(23)
park["next_power"] = park["power"].shift(-1)
park = park.dropna()

features = [
    "hour", "doy", "power", "power_lag24",
    "irradiance_smooth", "module_temp_smooth", "power_smooth",
]
split = int(len(park) * 0.75)
train, test = park.iloc[:split - 1], park.iloc[split:]

reg = LGBMRegressor(n_estimators=400, learning_rate=0.05, verbose=-1)
reg.fit(train[features], train["next_power"])
rmse = np.sqrt(mean_squared_error(test["next_power"], reg.predict(test[features])))
print(f"RMSE {rmse:.2f} kW")
