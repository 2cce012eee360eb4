"""Biomass of kelp from drone bands: a Dataset, a random split, a small net."""
import pandas as pd
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split


class KelpDataset(Dataset):
    def __init__(self, path):
        plots = pd.read_csv(path).dropna()
        bands = plots.filter(like="band_").to_numpy("float32")
        self.x = torch.from_numpy(StandardScaler().fit_transform(bands))  # expect: L101
        self.y = torch.from_numpy(plots["biomass"].to_numpy("float32"))

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


def epoch(net, loader, optimiser=None):
    total, n = 0.0, 0
    for x, y in loader:
        loss = nn.functional.mse_loss(net(x).squeeze(1), y)
        if optimiser is not None:
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        total += loss.item() * len(y)
        n += len(y)
    return total / n


def main():
    torch.manual_seed(11)
    kelp = KelpDataset("kelp.csv")
    n_train = int(0.8 * len(kelp))
    train, test = random_split(kelp, [n_train, len(kelp) - n_train])
    net = nn.Sequential(nn.Linear(kelp.x.shape[1], 32), nn.SiLU(), nn.Linear(32, 1))
    adam = torch.optim.Adam(net.parameters(), lr=2e-3)
    for i in range(120):
        loss = epoch(net, DataLoader(train, batch_size=32, shuffle=True), adam)
        if i % 20 == 0:
            print(f"{i:3d} train {loss:.4f}")
    net.eval()
    with torch.no_grad():
        print(f"test RMSE {epoch(net, DataLoader(test, batch_size=256)) ** 0.5:.4f}")


if __name__ == "__main__":
    main()
