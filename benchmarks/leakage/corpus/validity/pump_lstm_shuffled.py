"""Remaining load of a pump station with an LSTM on sliding windows."""
import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

LOOKBACK = 48

log = pd.read_csv("pump_station.csv", parse_dates=["ts"]).sort_values("ts")
flow = log["flow"].to_numpy(dtype=np.float32) / 100.0

xs = np.stack([flow[i:i + LOOKBACK] for i in range(len(flow) - LOOKBACK)])
ys = flow[LOOKBACK:]
data = TensorDataset(torch.from_numpy(xs).unsqueeze(-1), torch.from_numpy(ys))

n_test = int(0.2 * len(data))
train_set, test_set = random_split(data, [len(data) - n_test, n_test])  # expect: L501|L203|L503
train_dl = DataLoader(train_set, batch_size=64, shuffle=True)
test_dl = DataLoader(test_set, batch_size=256)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 32, batch_first=True)
        self.head = nn.Linear(32, 1)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.head(out[:, -1]).squeeze(-1)


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(20):
    net.train()
    for x, y in train_dl:
        opt.zero_grad()
        nn.functional.mse_loss(net(x), y).backward()
        opt.step()

net.eval()
with torch.no_grad():
    errors = torch.cat([(net(x) - y).abs() for x, y in test_dl])
print("test MAE: %.3f m3/h" % (100 * errors.mean().item()))
