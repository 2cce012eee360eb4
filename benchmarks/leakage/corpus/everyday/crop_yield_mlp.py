"""Sugar content of beets from leaf measurements. Plots were randomised, one measurement a plot."""
import argparse
import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import StandardScaler

BANDS = [f"b{i}" for i in range(1, 13)]
SOIL = ["ph", "clay", "n_min", "organic"]


def load(path):
    df = pd.read_excel(path, sheet_name="plots").dropna(subset=BANDS + SOIL + ["sugar"])
    df["ndvi"] = (df["b8"] - df["b4"]) / (df["b8"] + df["b4"])
    df["ndre"] = (df["b8"] - df["b5"]) / (df["b8"] + df["b5"])
    df["moisture"] = (df["b8"] - df["b11"]) / (df["b8"] + df["b11"])
    return df


def columns():
    return BANDS + SOIL + ["ndvi", "ndre", "moisture"]


class Torch:
    def __init__(self, epochs=400, lr=3e-3, hidden=48, weight_decay=1e-3):
        self.epochs, self.lr, self.hidden, self.weight_decay = epochs, lr, hidden, weight_decay

    def fit(self, x, y):
        x = torch.tensor(x, dtype=torch.float32)
        y = torch.tensor(np.asarray(y), dtype=torch.float32).reshape(-1, 1)
        self.centre = y.mean()
        self.net = torch.nn.Sequential(
            torch.nn.Linear(x.shape[1], self.hidden),
            torch.nn.Tanh(),
            torch.nn.Linear(self.hidden, self.hidden),
            torch.nn.Tanh(),
            torch.nn.Linear(self.hidden, 1),
        )
        opt = torch.optim.AdamW(self.net.parameters(), lr=self.lr, weight_decay=self.weight_decay)
        self.losses = []
        for _ in range(self.epochs):
            loss = torch.nn.functional.mse_loss(self.net(x), y - self.centre)
            opt.zero_grad()
            loss.backward()
            opt.step()
            self.losses.append(loss.item())
        return self

    def predict(self, x):
        with torch.no_grad():
            return (self.net(torch.tensor(np.asarray(x), dtype=torch.float32)) + self.centre).numpy().ravel()


def show(y, predictions, path):
    fig, axes = plt.subplots(1, len(predictions), figsize=(4 * len(predictions), 4), sharey=True)
    for ax, (name, p) in zip(axes, predictions.items()):
        ax.plot(y, p, ".")
        ax.axline((17, 17), slope=1, c="k")
        ax.set_title(name)
    fig.savefig(path)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("xlsx")
    ap.add_argument("--seed", type=int, default=13)
    args = ap.parse_args()
    torch.manual_seed(args.seed)
    df = load(args.xlsx)
    print(df[columns()].describe().T[["mean", "std", "min", "max"]].round(3))
    train, test = train_test_split(df, test_size=0.3, random_state=args.seed)
    y_train, y_test = train["sugar"].to_numpy(), test["sugar"].to_numpy()

    scaler = StandardScaler()
    X_train = scaler.fit_transform(train[columns()].to_numpy())
    X_test = test[columns()].to_numpy()

    models = {
        "ridge": Ridge(3.0),
        "knn": KNeighborsRegressor(8),
        "forest": RandomForestRegressor(400, random_state=args.seed),
        "mlp": Torch(),
    }
    predictions = {}
    for name, model in models.items():
        model.fit(X_train, y_train)
        predictions[name] = model.predict(X_test)  # expect: L701
    for name, p in predictions.items():
        print("%-7s MAE %.3f R2 %.3f" % (name, mean_absolute_error(y_test, p), r2_score(y_test, p)))
    show(y_test, predictions, "beets.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
