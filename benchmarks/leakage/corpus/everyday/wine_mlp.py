import pandas as pd
import torch
from torch import nn
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.metrics import accuracy_score

torch.manual_seed(0)


def standardise(a):
    s = StandardScaler()
    return s.fit_transform(a)


def to_t(a, kind=torch.float32):
    return torch.as_tensor(a, dtype=kind)


class MLP(nn.Module):
    def __init__(self, d, h, k):
        super().__init__()
        self.seq = nn.Sequential(nn.Linear(d, h), nn.ReLU(), nn.Dropout(0.3), nn.Linear(h, k))

    def forward(self, x):
        return self.seq(x)


def train_one(X, y, h, lr, epochs=200):
    net = MLP(X.shape[1], h, 3)
    opt = torch.optim.Adam(net.parameters(), lr=lr)
    lossf = nn.CrossEntropyLoss()
    for _ in range(epochs):
        net.train()
        opt.zero_grad()
        loss = lossf(net(X), y)
        loss.backward()
        opt.step()
    net.eval()
    return net


wine = pd.read_csv("winequality.csv", sep=";").drop_duplicates()
lab = pd.cut(wine.pop("quality"), [0, 5, 6, 10], labels=False).values
X_train, X_test, y_train, y_test = train_test_split(wine.values, lab, test_size=0.2, random_state=8)
X_train = to_t(standardise(X_train))
X_test = to_t(standardise(X_test))  # expect: L110
y_train = to_t(y_train, torch.long)

best, best_cfg = 0, None
for h in (16, 64, 128):
    for lr in (1e-2, 3e-3, 1e-3):
        net = train_one(X_train, y_train, h, lr)
        with torch.no_grad():
            acc = accuracy_score(y_test, net(X_test).argmax(1).numpy())
        if acc > best:  # expect: L301
            best, best_cfg = acc, (h, lr)
print("best", best_cfg, "accuracy", round(best, 4))
