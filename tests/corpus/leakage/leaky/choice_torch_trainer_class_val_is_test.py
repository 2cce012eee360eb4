# expect: L303@41
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import torch
from torch import nn
from torch.utils.data import TensorDataset, DataLoader
train_loader = DataLoader(TensorDataset(torch.tensor(X_train.values), torch.tensor(y_train.values)))
test_loader = DataLoader(TensorDataset(torch.tensor(X_test.values), torch.tensor(y_test.values)))
class Trainer:
    def __init__(self, model, train_loader, val_loader):
        self.model = model
        self.train_loader = train_loader
        self.val_loader = val_loader
        self.opt = torch.optim.Adam(model.parameters())
        self.crit = nn.CrossEntropyLoss()
        self.best_acc = 0.0
    def train_epoch(self):
        self.model.train()
        for xb, yb in self.train_loader:
            self.opt.zero_grad()
            loss = self.crit(self.model(xb), yb)
            loss.backward()
            self.opt.step()
    def validate(self):
        self.model.eval()
        correct, total = 0, 0
        with torch.no_grad():
            for xb, yb in self.val_loader:
                pred = self.model(xb).argmax(dim=1)
                correct += (pred == yb).sum().item()
                total += yb.size(0)
        return correct / total
    def fit(self, epochs):
        for epoch in range(epochs):
            self.train_epoch()
            acc = self.validate()
            if acc > self.best_acc:
                self.best_acc = acc
                torch.save(self.model.state_dict(), "best.pth")
        return self.best_acc
t = Trainer(nn.Sequential(nn.Linear(10, 2)), train_loader, test_loader)
print("best test acc", t.fit(20))
