# expect: none
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

X, y = torch.load("x.pt"), torch.load("y.pt")
train_set, test_set = random_split(TensorDataset(X, y), [800, 200])
train_loader, test_loader = DataLoader(train_set, batch_size=32, shuffle=True), DataLoader(test_set, batch_size=64)
model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 2))
criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters())

# sanity check: one batch must be learned by heart
xb, yb = next(iter(train_loader))
for _ in range(100):
    loss = criterion(model(xb), yb)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("one batch:", (model(xb).argmax(1) == yb).float().mean().item())

for epoch in range(10):
    for xb, yb in train_loader:
        loss = criterion(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
hits = total = 0
with torch.no_grad():
    for xb, yb in test_loader:
        hits += (model(xb).argmax(1) == yb).sum().item()
        total += len(yb)
print("test accuracy", hits / total)
