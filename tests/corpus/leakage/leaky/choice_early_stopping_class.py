# expect: L302@22
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import torch, torch.nn as nn
from pytorchtools import EarlyStopping
Xtr, Xte = torch.tensor(X_train.values), torch.tensor(X_test.values)
ytr, yte = torch.tensor(y_train.values), torch.tensor(y_test.values)
model = nn.Sequential(nn.Linear(10, 1))
opt = torch.optim.Adam(model.parameters())
lossf = nn.BCEWithLogitsLoss()
stopper = EarlyStopping(patience=10)
for epoch in range(1000):
    opt.zero_grad()
    loss = lossf(model(Xtr), ytr)
    loss.backward()
    opt.step()
    test_loss = lossf(model(Xte), yte)
    stopper(test_loss.item(), model)
    if stopper.early_stop:
        break
print(accuracy_score(yte, (model(Xte) > 0).float()))
