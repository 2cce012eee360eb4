# Classement d'exoplanètes (une ligne par étoile), polars puis torch
import polars as pl
import torch
from torch import nn

COLONNES = ["period", "duration", "depth", "prad", "teq", "insol", "steff", "slogg", "srad"]

etoiles = pl.read_csv("koi.csv").drop_nulls()
etoiles = etoiles.with_columns(pl.col("period").log1p(), pl.col("depth").log1p(), pl.col("insol").log1p())
etoiles = etoiles.with_columns((pl.col(COLONNES) - pl.col(COLONNES).mean()) / pl.col(COLONNES).std())  # expect: L104

x = torch.tensor(etoiles.select(COLONNES).to_numpy(), dtype=torch.float32)
y = torch.tensor((etoiles["disposition"] == "CONFIRMED").to_numpy(), dtype=torch.float32)

g = torch.Generator().manual_seed(3)
ordre = torch.randperm(len(x), generator=g)
coupe = int(0.75 * len(x))
appr, juge = ordre[:coupe], ordre[coupe:]

reseau = nn.Sequential(nn.Linear(len(COLONNES), 32), nn.GELU(), nn.Linear(32, 1))
optim = torch.optim.AdamW(reseau.parameters(), lr=3e-3)
critere = nn.BCEWithLogitsLoss()

for tour in range(300):
    optim.zero_grad()
    perte = critere(reseau(x[appr]).squeeze(-1), y[appr])
    perte.backward()
    optim.step()
    if tour % 100 == 0:
        print(tour, float(perte))

with torch.inference_mode():
    sortie = (reseau(x[juge]).squeeze(-1) > 0).float()
print("exactitude :", (sortie == y[juge]).float().mean().item())
