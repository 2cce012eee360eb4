# expect: none
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

tf = transforms.ToTensor()
train_loader = DataLoader(datasets.FashionMNIST("d", train=True, transform=tf), batch_size=64, shuffle=True)
test_loader = DataLoader(datasets.FashionMNIST("d", train=False, transform=tf), batch_size=64)
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss_fn = nn.CrossEntropyLoss()
history = {"loss": [], "accuracy": []}
for epoch in range(5):
    for x, y in train_loader:
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    correct = 0
    with torch.no_grad():
        for x, y in test_loader:
            correct += (model(x).argmax(1) == y).sum().item()
    history["accuracy"].append(correct / len(test_loader.dataset))
    torch.save(model.state_dict(), f"epoch{epoch}.pt")
print(history["accuracy"][-1])
