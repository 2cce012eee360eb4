import numpy as np
import pandas as pd
import torch
from imblearn.over_sampling import ADASYN
from sklearn.metrics import average_precision_score
from torch import nn

CFG = dict(csv="bankruptcy.csv", target="bankrupt", epochs=40, lr=1e-3, share=0.75, seed=9)


def load(cfg):
    firms = pd.read_csv(cfg["csv"])
    y = firms.pop(cfg["target"]).to_numpy()
    x = np.arctan(firms.to_numpy(dtype="float64"))
    return x, y


def more_positives(x, y, seed):
    sampler = ADASYN(sampling_strategy=0.5, random_state=seed)
    x_new, y_new = sampler.fit_resample(x, y)  # expect: L108
    print(f"{len(y)} -> {len(y_new)} rows, {y_new.mean():.2f} positive")
    return x_new, y_new


def cut(x, y, share, seed):
    order = np.random.default_rng(seed).permutation(len(y))
    k = int(share * len(y))
    pick = lambda idx: (torch.tensor(x[idx], dtype=torch.float32), torch.tensor(y[idx], dtype=torch.float32))
    return pick(order[:k]), pick(order[k:])


def train(net, x, y, cfg):
    opt = torch.optim.Adam(net.parameters(), lr=cfg["lr"])
    for _ in range(cfg["epochs"]):
        for chunk in torch.randperm(len(x)).split(128):
            opt.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(net(x[chunk]).squeeze(1), y[chunk]).backward()
            opt.step()


if __name__ == "__main__":
    torch.manual_seed(CFG["seed"])
    x, y = load(CFG)
    x, y = more_positives(x, y, CFG["seed"])
    (x_in, y_in), (x_out, y_out) = cut(x, y, CFG["share"], CFG["seed"])
    net = nn.Sequential(nn.Linear(x.shape[1], 48), nn.ReLU(), nn.Linear(48, 1))
    train(net, x_in, y_in, CFG)
    with torch.no_grad():
        score = torch.sigmoid(net(x_out).squeeze(1)).numpy()
    print("average precision:", round(average_precision_score(y_out.numpy(), score), 3))
