# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import torch, torch.nn as nn
Xtr, Xte = torch.tensor(X_train.values), torch.tensor(X_test.values)
ytr, yte = torch.tensor(y_train.values), torch.tensor(y_test.values)
model = nn.Sequential(nn.Linear(10, 1)); opt = torch.optim.Adam(model.parameters()); lossf = nn.MSELoss()
best = float("inf")
for epoch in range(100):
    pred = model(Xtr)
    loss = lossf(pred, ytr)
    opt.zero_grad(); loss.backward(); opt.step()
    if loss.item() < best:
        best = loss.item(); torch.save(model.state_dict(), "m.pt")
    if epoch % 10 == 0:
        with torch.no_grad():
            print(epoch, lossf(model(Xte), yte).item())
print(lossf(model(Xte), yte).item())
