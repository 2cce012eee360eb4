import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split

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
print(weather.head())

inputs = ["pressure_yesterday", "rain_yesterday", "temp_5d"]
X = weather.select(inputs).to_numpy()
wet = weather["wet"].to_numpy()
X_a, X_b, wet_a, wet_b = train_test_split(X, wet, test_size=0.25, stratify=wet, random_state=1)  # expect: L501

clf = HistGradientBoostingClassifier(max_iter=150)
clf.fit(X_a, wet_a)
print("balanced accuracy", balanced_accuracy_score(wet_b, clf.predict(X_b)))
print("share of wet days", np.mean(wet_b))
