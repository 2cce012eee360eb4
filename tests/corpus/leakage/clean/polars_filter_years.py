# expect: none
import polars as pl
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_percentage_error

rides = pl.read_csv("rides.csv", try_parse_dates=True)
train = rides.filter(pl.col("year") < 2023)
test = rides.filter(pl.col("year") == 2023)
columns = ["distance", "hour", "passengers"]
model = HistGradientBoostingRegressor().fit(train.select(columns).to_numpy(), train["fare"].to_numpy())
print(mean_absolute_percentage_error(test["fare"].to_numpy(), model.predict(test.select(columns).to_numpy())))
