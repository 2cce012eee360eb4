"""Combined cycle power plant, ANN with PyTorch."""
import numpy as np
import pandas as pd
import torch
from sklearn.preprocessing import MinMaxScaler
from torch import nn

FEATURES = ["AT", "V", "AP", "RH"]


def load_folds(path, seed):
    plant = pd.read_excel(path).drop_duplicates()
    mask = np.random.default_rng(seed).random(len(plant)) < 0.8
    return {"train": plant[mask], "test": plant[~mask]}


class Tensors:
    def __init__(self, folds):
        x_scaler = MinMaxScaler()
        y_scaler = MinMaxScaler()
        test_y_scaler = MinMaxScaler()
        self.x_train = self.tensor(x_scaler.fit_transform(folds["train"][FEATURES]))
        self.y_train = self.tensor(y_scaler.fit_transform(folds["train"][["PE"]]))
        self.x_test = self.tensor(x_scaler.transform(folds["test"][FEATURES]))
        self.y_test = self.tensor(test_y_scaler.fit_transform(folds["test"][["PE"]]))  # expect: L110

    @staticmethod
    def tensor(values):
        return torch.tensor(np.asarray(values), dtype=torch.float32)


def main():
    torch.manual_seed(1)
    data = Tensors(load_folds("Folds5x2_pp.xlsx", seed=1))
    net = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 24), nn.ReLU(), nn.Linear(24, 1))
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    for _ in range(400):
        opt.zero_grad()
        loss = nn.functional.mse_loss(net(data.x_train), data.y_train)
        loss.backward()
        opt.step()
    with torch.no_grad():
        test_loss = nn.functional.mse_loss(net(data.x_test), data.y_test).item()
    print(f"train loss {loss.item():.5f}, test loss {test_loss:.5f}")


if __name__ == "__main__":
    main()
