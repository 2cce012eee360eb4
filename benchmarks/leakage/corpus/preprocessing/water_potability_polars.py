# Water potability with polars
import polars as pl
from catboost import CatBoostClassifier
from sklearn.metrics import f1_score

MEASURED = ["ph", "Hardness", "Solids", "Chloramines", "Sulfate", "Conductivity", "Organic_carbon",
            "Trihalomethanes", "Turbidity"]

water = pl.read_csv("water_potability.csv")
print(water.null_count())

water = water.with_columns(pl.col(MEASURED).fill_null(strategy="mean"))  # expect: L102
water = water.with_columns(
    (pl.col("Sulfate") / pl.col("Solids")).alias("sulfate_share"),
    (pl.col("ph") - 7.0).abs().alias("off_neutral"),
)

water = water.sample(fraction=1.0, shuffle=True, seed=77)
n_fit = int(water.height * 0.8)
fit, hold = water[:n_fit], water[n_fit:]

inputs = [c for c in water.columns if c != "Potability"]
cat = CatBoostClassifier(iterations=400, depth=5, learning_rate=0.05, verbose=100, random_seed=1)
cat.fit(fit.select(inputs).to_numpy(), fit["Potability"].to_numpy())

said = cat.predict(hold.select(inputs).to_numpy())
print("F1:", round(f1_score(hold["Potability"].to_numpy(), said), 3))
