# expect: none
"""Load of a pump station with an LSTM: the last months are kept for the test, training batches are shuffled."""
import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

LOOKBACK = 48


def windows(series):
    xs = np.stack([series[i:i + LOOKBACK] for i in range(len(series) - LOOKBACK)])
    return TensorDataset(torch.from_numpy(xs).unsqueeze(-1), torch.from_numpy(series[LOOKBACK:]))


log = pd.read_csv("pump_station.csv", parse_dates=["ts"]).sort_values("ts")
flow = log["flow"].to_numpy(dtype=np.float32) / 100.0
border = int(0.8 * len(flow))
train_dl = DataLoader(windows(flow[:border]), batch_size=64, shuffle=True)
test_dl = DataLoader(windows(flow[border:]), batch_size=256)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 32, batch_first=True)
        self.head = nn.Linear(32, 1)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1]).squeeze(-1)


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
