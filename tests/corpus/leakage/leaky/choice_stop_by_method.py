# expect: L302@33
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import torch, torch.nn as nn
class EarlyStopper:
    def __init__(self, patience=1, min_delta=0):
        self.patience, self.min_delta, self.counter = patience, min_delta, 0
        self.min_validation_loss = float("inf")
    def early_stop(self, validation_loss):
        if validation_loss < self.min_validation_loss:
            self.min_validation_loss = validation_loss
            self.counter = 0
        elif validation_loss > (self.min_validation_loss + self.min_delta):
            self.counter += 1
            if self.counter >= self.patience:
                return True
        return False
Xtr, Xte = torch.tensor(X_train.values), torch.tensor(X_test.values)
ytr, yte = torch.tensor(y_train.values), torch.tensor(y_test.values)
model = nn.Sequential(nn.Linear(10, 1))
opt = torch.optim.Adam(model.parameters())
lossf = nn.BCEWithLogitsLoss()
stopper = EarlyStopper(patience=10)
for epoch in range(1000):
    opt.zero_grad()
    loss = lossf(model(Xtr), ytr)
    loss.backward()
    opt.step()
    if stopper.early_stop(lossf(model(Xte), yte).item()):
        break
print(accuracy_score(yte, (model(Xte) > 0).float()))
