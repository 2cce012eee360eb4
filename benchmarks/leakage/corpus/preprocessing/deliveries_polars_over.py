# Lieferzeiten je Auftrag: mittlere Dauer des Restaurants als Merkmal
import polars as pl
from sklearn.linear_model import ElasticNet
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

MERKMALE = ["km", "artikel", "regen", "restaurant_dauer"]

auftraege = (
    pl.read_csv("auftraege.csv")
    .unique(subset=["auftrag"], maintain_order=True)
    .filter(pl.col("dauer").is_between(5, 120))
    .with_columns(pl.col("regen").fill_null(0), pl.col("artikel").clip(1, 30))
)
auftraege = auftraege.with_columns(pl.col("dauer").mean().over("restaurant").alias("restaurant_dauer"))  # expect: L106

gemischt = auftraege.sample(fraction=1.0, shuffle=True, seed=6)
n = gemischt.height
lernen, pruefen = gemischt.slice(0, int(n * 0.75)), gemischt.slice(int(n * 0.75))

netz = make_pipeline(StandardScaler(), ElasticNet(alpha=0.05))
netz.fit(lernen.select(MERKMALE).to_numpy(), lernen["dauer"].to_numpy())
schaetzung = netz.predict(pruefen.select(MERKMALE).to_numpy())
print("Aufträge:", n)
print("MAE in Minuten:", round(mean_absolute_error(pruefen["dauer"].to_numpy(), schaetzung), 2))
