# expect: L501@18
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

prices = pd.read_csv("prices.csv", index_col="Date", parse_dates=True)
prices["ret"] = prices["Close"].pct_change()
prices["vol"] = prices["ret"].shift(1).rolling(10).std()
prices["label"] = (prices["Close"].shift(-1) > prices["Close"]).astype(int)
prices = prices.dropna()

X = torch.tensor(prices[["ret", "vol"]].values, dtype=torch.float32)
y = torch.tensor(prices["label"].values)
dataset = TensorDataset(X, y)
n_train = int(0.8 * len(dataset))

train_set, test_set = random_split(dataset, [n_train, len(dataset) - n_train])
train_loader = DataLoader(train_set, batch_size=64, shuffle=True)
test_loader = DataLoader(test_set, batch_size=64)

net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters())
loss_fn = nn.CrossEntropyLoss()
for epoch in range(10):
    for xb, yb in train_loader:
        optimizer.zero_grad()
        loss = loss_fn(net(xb), yb)
        loss.backward()
        optimizer.step()

correct = 0
with torch.no_grad():
    for xb, yb in test_loader:
        correct += (net(xb).argmax(1) == yb).sum().item()
print(correct / len(test_set))
