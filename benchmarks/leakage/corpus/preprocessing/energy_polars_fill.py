# expect: none
# Household energy certificates (one row per dwelling), polars
import polars as pl
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.metrics import r2_score

NUM = ["area", "storeys", "wall_u", "roof_u", "window_u", "boiler_age"]

homes = (
    pl.scan_csv("certificates.csv")
    .filter(pl.col("area") > 10)
    .with_columns(pl.col("renovated").fill_null(0), pl.col("storeys").cast(pl.Float64))
    .with_columns((pl.col("window_u") / pl.col("wall_u")).alias("u_ratio"))
    .collect()
    .sample(fraction=1.0, shuffle=True, seed=2)
)

cut = homes.height - homes.height // 5
train, held = homes.head(cut), homes.tail(homes.height // 5)

means = {c: train[c].mean() for c in NUM + ["u_ratio"]}
fills = [pl.col(c).fill_null(m) for c, m in means.items()]
train = train.with_columns(fills)
held = held.with_columns(fills)

inputs = [*means, "renovated"]
forest = ExtraTreesRegressor(n_estimators=300, n_jobs=-1, random_state=0)
forest.fit(train.select(inputs).to_numpy(), train["kwh_m2"].to_numpy())
print("R2", round(r2_score(held["kwh_m2"].to_numpy(), forest.predict(held.select(inputs).to_numpy())), 3))
