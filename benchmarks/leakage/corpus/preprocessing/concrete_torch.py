# Betonfestigkeit mit einem kleinen MLP (PyTorch)
import numpy as np
import pandas as pd
import torch
from sklearn.preprocessing import scale
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
rng = np.random.default_rng(0)

tab = pd.read_excel("Concrete_Data.xls")
tab.columns = ["zement", "schlacke", "flugasche", "wasser", "zusatz", "grob", "fein", "alter", "festigkeit"]
tab = tab.drop_duplicates()
tab["wz_wert"] = tab["wasser"] / tab["zement"]

ziel = tab.pop("festigkeit").to_numpy(dtype="float32")
merkmale = scale(tab.to_numpy(dtype="float32"))  # expect: L101

# 80/20, zufällig gemischt
reihenfolge = rng.permutation(len(ziel))
grenze = int(0.8 * len(ziel))
idx_lern, idx_pruef = reihenfolge[:grenze], reihenfolge[grenze:]

lern = TensorDataset(torch.tensor(merkmale[idx_lern]).float(), torch.tensor(ziel[idx_lern]))
pruef_x = torch.tensor(merkmale[idx_pruef]).float()
pruef_y = torch.tensor(ziel[idx_pruef])

netz = nn.Sequential(nn.Linear(merkmale.shape[1], 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(netz.parameters(), lr=1e-3, weight_decay=1e-5)
verlust = nn.MSELoss()

for epoche in range(200):
    netz.train()
    for xb, yb in DataLoader(lern, batch_size=32, shuffle=True):
        opt.zero_grad()
        loss = verlust(netz(xb).squeeze(1), yb)
        loss.backward()
        opt.step()

netz.eval()
with torch.no_grad():
    fehler = torch.sqrt(verlust(netz(pruef_x).squeeze(1), pruef_y)).item()
print(f"RMSE auf den Prüfdaten: {fehler:.2f} MPa")
