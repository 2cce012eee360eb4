"""Polish companies bankruptcy, MLP in torch and two sklearn references."""
import argparse
import logging

import numpy as np
import pandas as pd
import torch
from scipy.io import arff
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import f1_score, recall_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from torch import nn

logger = logging.getLogger(__file__)


def get_year(path):
    data, _ = arff.loadarff(path)
    df = pd.DataFrame(data)
    df["class"] = df["class"].astype(int)
    return df.drop_duplicates().reset_index(drop=True)


def rebalance(df, label, ratio=1.0, seed=0):
    minority = df[df[label] == 1]
    majority = df[df[label] == 0]
    wanted = int(len(majority) * ratio)
    extra = minority.sample(n=wanted, replace=True, random_state=seed)  # expect: L108
    out = pd.concat([majority, extra])
    return out.sample(frac=1.0, random_state=seed).reset_index(drop=True)


class Net(nn.Module):
    def __init__(self, n, hidden=(128, 64)):
        super().__init__()
        layers, size = [], n
        for h in hidden:
            layers += [nn.Linear(size, h), nn.ReLU(), nn.Dropout(0.2)]
            size = h
        self.f = nn.Sequential(*layers, nn.Linear(size, 1))

    def forward(self, x):
        return self.f(x).squeeze(1)


class TorchClassifier:
    def __init__(self, epochs=40, lr=1e-3, batch=128):
        self.epochs, self.lr, self.batch = epochs, lr, batch
        self.prep = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())

    def fit(self, x, y):
        x = torch.tensor(self.prep.fit_transform(x), dtype=torch.float32)
        y = torch.tensor(np.asarray(y), dtype=torch.float32)
        self.net = Net(x.shape[1])
        opt = torch.optim.Adam(self.net.parameters(), lr=self.lr)
        for epoch in range(self.epochs):
            perm = torch.randperm(len(x))
            for i in range(0, len(x), self.batch):
                idx = perm[i : i + self.batch]
                loss = nn.functional.binary_cross_entropy_with_logits(self.net(x[idx]), y[idx])
                opt.zero_grad()
                loss.backward()
                opt.step()
            if epoch % 10 == 0:
                logger.debug("epoch %d loss %.4f", epoch, loss.item())
        return self

    def predict_proba(self, x):
        self.net.eval()
        with torch.no_grad():
            p = torch.sigmoid(self.net(torch.tensor(self.prep.transform(x), dtype=torch.float32))).numpy()
        return np.column_stack([1 - p, p])


def holdout(df, seed, test_size=0.25):
    df = rebalance(df, "class", seed=seed)
    y = df["class"]
    x = df.drop(columns="class")
    return train_test_split(x, y, test_size=test_size, random_state=seed)


def run(path, seed):
    df = get_year(path)
    logger.info("%s: %d firms, %.1f%% bankrupt", path, len(df), 100 * df["class"].mean())
    x_tr, x_te, y_tr, y_te = holdout(df, seed)
    out = {}
    for name, model in [
        ("mlp", TorchClassifier()),
        ("rf", make_pipeline(SimpleImputer(), RandomForestClassifier(300, random_state=seed))),
    ]:
        model.fit(x_tr, y_tr)
        p = model.predict_proba(x_te)[:, 1]
        out[name] = (roc_auc_score(y_te, p), f1_score(y_te, p > 0.5), recall_score(y_te, p > 0.5))
    svm = make_pipeline(SimpleImputer(), StandardScaler(), LinearSVC()).fit(x_tr, y_tr)
    out["svm"] = (roc_auc_score(y_te, svm.decision_function(x_te)), f1_score(y_te, svm.predict(x_te)), np.nan)
    return out


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("files", nargs="+")
    ap.add_argument("--seeds", type=int, default=5)
    a = ap.parse_args()
    logging.basicConfig(level=logging.INFO)
    for path in a.files:
        for seed in range(a.seeds):
            for k, v in run(path, seed).items():
                print(path, seed, k, "auc %.3f f1 %.3f rec %.3f" % v)
