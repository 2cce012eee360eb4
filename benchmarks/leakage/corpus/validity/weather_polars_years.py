# expect: none
import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import balanced_accuracy_score

weather = (
    pl.read_csv("station_10384.csv", try_parse_dates=True)
    .sort("day")
    .with_columns(
        pl.col("pressure").shift(1).alias("pressure_yesterday"),
        pl.col("rain_mm").shift(1).alias("rain_yesterday"),
        pl.col("temp").shift(1).rolling_mean(5).alias("temp_5d"),
        (pl.col("rain_mm") > 1.0).cast(pl.Int8).alias("wet"),
    )
    .drop_nulls()
)

inputs = ["pressure_yesterday", "rain_yesterday", "temp_5d"]
early = weather.filter(pl.col("day").dt.year() <= 2016)
late = weather.filter(pl.col("day").dt.year() > 2016)

clf = HistGradientBoostingClassifier(max_iter=150)
clf.fit(early.select(inputs).to_numpy(), early["wet"].to_numpy())

wet = late["wet"].to_numpy()
print("balanced accuracy", balanced_accuracy_score(wet, clf.predict(late.select(inputs).to_numpy())))
print("share of wet days", np.mean(wet))
