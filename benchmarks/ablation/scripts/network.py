"""Signals of a detector: quantile transform, PCA, a multilayer perceptron with early stopping."""
import random

import numpy as np
import torch
import torch.nn as nn
from sklearn.decomposition import PCA
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import PolynomialFeatures, QuantileTransformer

random.seed(0)
np.random.seed(0)
torch.manual_seed(0)

EPOCHS = 14
BATCH = 256

raw = np.load("data/signals.npz")
X, y = raw["X"], raw["y"]
print("rows", len(y), "classes", len(set(y)))

# outliers are clipped per channel
low, high = np.quantile(X, [0.001, 0.999], axis=0)
X = np.clip(X, low, high)

# interactions of the strongest channels
strength = np.abs(np.corrcoef(X.T, y)[-1, :-1])
strongest = np.argsort(strength)[-12:]
pairs = PolynomialFeatures(2, interaction_only=True, include_bias=False).fit_transform(X[:, strongest])[:, 12:]
X = np.hstack([X, pairs])

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)
X_train, X_valid, y_train, y_valid = train_test_split(X_train, y_train, test_size=0.15, random_state=0)

quantile = QuantileTransformer(n_quantiles=1000, output_distribution="normal", random_state=0)
X_train = quantile.fit_transform(X_train)
X_valid = quantile.transform(X_valid)
X_test = quantile.transform(X_test)

pca = PCA(64, random_state=0)
X_train = pca.fit_transform(X_train)
X_valid = pca.transform(X_valid)
X_test = pca.transform(X_test)


class Net(nn.Module):
    def __init__(self, inputs, classes, width=256, dropout=0.2):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(inputs, width),
            nn.BatchNorm1d(width),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(width, width),
            nn.BatchNorm1d(width),
            nn.ReLU(),
            nn.Dropout(dropout),
        )
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        return self.head(self.body(x))


def tensor(a, kind=torch.float32):
    return torch.as_tensor(np.ascontiguousarray(a), dtype=kind)


xt, yt = tensor(X_train), tensor(y_train, torch.long)
xv, yv = tensor(X_valid), tensor(y_valid, torch.long)

net = Net(xt.shape[1], int(y.max()) + 1)
optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-3)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=EPOCHS)
loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)

best, best_state, waited = 0.0, None, 0
for epoch in range(EPOCHS):
    net.train()
    order = torch.randperm(len(xt))
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        optimizer.zero_grad()
        loss = loss_of(net(xt[rows] + 0.02 * torch.randn_like(xt[rows])), yt[rows])
        loss.backward()
        optimizer.step()
    schedule.step()
    net.eval()
    with torch.no_grad():
        accuracy = (net(xv).argmax(1) == yv).float().mean().item()
    if accuracy > best:
        best, best_state, waited = accuracy, {k: v.clone() for k, v in net.state_dict().items()}, 0
    else:
        waited += 1
        if waited > 4:
            break
    print(f"epoch {epoch} accuracy {accuracy:.4f}")

net.load_state_dict(best_state)
net.eval()
with torch.no_grad():
    prediction = net(tensor(X_test)).argmax(1).numpy()
accuracy = accuracy_score(y_test, prediction)
print("accuracy", accuracy)
