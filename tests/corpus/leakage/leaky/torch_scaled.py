# expect: L101@12
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

frame = pd.read_csv("power.csv")
features = frame.drop(columns=["watt"]).values
labels = frame["watt"].values
features = StandardScaler().fit_transform(features)
X_tr, X_te, y_tr, y_te = train_test_split(features, labels, test_size=0.2)
train_ds = TensorDataset(torch.tensor(X_tr).float(), torch.tensor(y_tr).float())
test_ds = TensorDataset(torch.tensor(X_te).float(), torch.tensor(y_te).float())
train_loader = DataLoader(train_ds, batch_size=64, shuffle=True)
test_loader = DataLoader(test_ds, batch_size=64)


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(n, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x):
        return self.layers(x).squeeze(-1)


net = Net(features.shape[1])
opt = torch.optim.Adam(net.parameters())
loss_fn = nn.MSELoss()
for epoch in range(20):
    for xb, yb in train_loader:
        opt.zero_grad()
        loss = loss_fn(net(xb), yb)
        loss.backward()
        opt.step()
net.eval()
total = 0.0
with torch.no_grad():
    for xb, yb in test_loader:
        total += loss_fn(net(xb), yb).item() * len(xb)
print("test mse", total / len(test_ds))
