# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import torch
from torch import nn
Xtr, Xte = torch.tensor(X_train.values), torch.tensor(X_test.values)
ytr, yte = torch.tensor(y_train.values), torch.tensor(y_test.values)
model = nn.Linear(10, 1); opt = torch.optim.Adam(model.parameters()); lossf = nn.MSELoss()
losses, test_losses = [], []
for epoch in range(100):
    opt.zero_grad()
    loss = lossf(model(Xtr), ytr); loss.backward(); opt.step()
    losses.append(loss.item())
    with torch.no_grad():
        test_losses.append(lossf(model(Xte), yte).item())
    if epoch % 10 == 0:
        print(epoch, losses[-1], test_losses[-1])
print("final test loss", test_losses[-1])
