# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
tr = DataLoader(TensorDataset(torch.tensor(X_train.values), torch.tensor(y_train.values)))
te = DataLoader(TensorDataset(torch.tensor(X_test.values), torch.tensor(y_test.values)))
net = nn.Sequential(nn.Linear(4, 2)); opt = torch.optim.SGD(net.parameters(), lr=1e-2); ce = nn.CrossEntropyLoss()
sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt)
for e in range(5):
    tot = 0
    for a, b in tr:
        opt.zero_grad(); l = ce(net(a), b); l.backward(); opt.step(); tot += l.item()
    net.eval(); ok = 0
    with torch.no_grad():
        for a, b in te:
            ok += (net(a).argmax(1) == b).sum().item()
    acc = ok / len(te.dataset)
    sched.step(acc)
    print(f"{e} {tot:.3f} {acc:.3f}")
    if acc > 0.99:
        print("great")
torch.save(net.state_dict(), "net.pt")
