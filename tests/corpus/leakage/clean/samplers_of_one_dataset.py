# expect: none
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, SubsetRandomSampler, TensorDataset

X, y = np.load("x.npy"), np.load("y.npy")
dataset = TensorDataset(torch.tensor(X), torch.tensor(y))
order = np.random.permutation(len(X))
cut = int(0.8 * len(X))
train_loader = DataLoader(dataset, batch_size=16, sampler=SubsetRandomSampler(order[:cut]))
test_loader = DataLoader(dataset, batch_size=16, sampler=SubsetRandomSampler(order[cut:]))
net = nn.Linear(8, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(20):
    for xb, yb in train_loader:
        loss = nn.functional.mse_loss(net(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
errors = []
with torch.no_grad():
    for xb, yb in test_loader:
        errors.append(nn.functional.mse_loss(net(xb), yb).item())
print("test mse", np.mean(errors))
