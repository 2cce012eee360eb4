# expect: L201@41
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def load(path):
    table = pd.read_csv(path)
    features = torch.tensor(table.drop(columns=["defect"]).values, dtype=torch.float32)
    labels = torch.tensor(table["defect"].values)
    return DataLoader(TensorDataset(features, labels), batch_size=64, shuffle=True)


def train(net, batches, epochs):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(epochs):
        total = 0.0
        for features, labels in batches:
            optimizer.zero_grad()
            loss = criterion(net(features), labels)
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(epoch, total)


batches = load("welds.csv")
net = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, 2))
train(net, batches, 40)

net.eval()
right = 0
count = 0
with torch.no_grad():
    for features, labels in batches:
        scores = net(features)
        _, guess = torch.max(scores, 1)
        count += labels.size(0)
        right += (guess == labels).sum().item()
print("accuracy", right / count)
