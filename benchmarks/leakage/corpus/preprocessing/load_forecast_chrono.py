# expect: none
"""Day-ahead electricity load: GRU on windows of a week; 2021 and before to learn, 2022 to judge."""
import numpy as np
import pandas as pd
import torch
from sklearn.preprocessing import MinMaxScaler
from torch import nn

WEEK = 7


def windows(series):
    x = np.stack([series[i:i + WEEK] for i in range(len(series) - WEEK)])
    return torch.tensor(x, dtype=torch.float32).unsqueeze(-1), torch.tensor(series[WEEK:], dtype=torch.float32)


class GRU(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.gru = nn.GRU(1, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        h, _ = self.gru(x)
        return self.out(h[:, -1]).squeeze(-1)


daily = pd.read_csv("load_daily.csv", parse_dates=["day"], index_col="day").sort_index()["gwh"]
learn = daily[:"2021-12-31"].to_numpy().reshape(-1, 1)
judge = daily["2022-01-01":].to_numpy().reshape(-1, 1)

scaler = MinMaxScaler()
learn_s = scaler.fit_transform(learn).ravel()
judge_s = scaler.transform(judge).ravel()

torch.manual_seed(0)
x_learn, y_learn = windows(learn_s)
x_judge, y_judge = windows(judge_s)
net = GRU()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for _ in range(150):
    opt.zero_grad()
    loss = nn.functional.l1_loss(net(x_learn), y_learn)
    loss.backward()
    opt.step()

with torch.no_grad():
    forecast = scaler.inverse_transform(net(x_judge).numpy().reshape(-1, 1))
truth = scaler.inverse_transform(y_judge.numpy().reshape(-1, 1))
print("MAE 2022:", np.abs(forecast - truth).mean().round(2), "GWh")
