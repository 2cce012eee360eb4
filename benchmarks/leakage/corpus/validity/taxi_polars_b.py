# expect: none
import polars as pl
from lightgbm import LGBMRegressor
from sklearn.metrics import root_mean_squared_error

trips = (
    pl.scan_parquet("trips.parquet")
    .filter(pl.col("fare") > 0)
    .filter(pl.col("distance_km").is_between(0.2, 80))
    .with_columns(
        (pl.col("drop_lat") - pl.col("pick_lat")).abs().alias("dlat"),
        (pl.col("drop_lon") - pl.col("pick_lon")).abs().alias("dlon"),
    )
    .unique()
    .collect()
)

trips = trips.sample(fraction=1.0, shuffle=True, seed=5).with_row_index("row")
limit = int(0.8 * trips.height)
train = trips.filter(pl.col("row") < limit)
test = trips.filter(pl.col("row") >= limit)

cols = ["distance_km", "dlat", "dlon", "passengers"]
reg = LGBMRegressor(n_estimators=300, num_leaves=63)
reg.fit(train.select(cols).to_numpy(), train["fare"].to_numpy())
print("RMSE:", root_mean_squared_error(test["fare"].to_numpy(), reg.predict(test.select(cols).to_numpy())))
