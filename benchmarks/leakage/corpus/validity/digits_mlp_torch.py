import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

BATCH = 128
device = "cuda" if torch.cuda.is_available() else "cpu"

tf = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
digits = datasets.MNIST("data", train=True, download=True, transform=tf)
loader = DataLoader(digits, batch_size=BATCH, shuffle=True)

net = nn.Sequential(
    nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 10)
).to(device)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(5):
    net.train()
    running = 0.0
    for xb, yb in loader:
        xb, yb = xb.to(device), yb.to(device)
        opt.zero_grad()
        loss = loss_fn(net(xb), yb)
        loss.backward()
        opt.step()
        running += loss.item() * len(xb)
    print(f"epoch {epoch + 1} loss {running / len(digits):.4f}")

net.eval()
hits = 0
with torch.no_grad():
    for xb, yb in loader:
        out = net(xb.to(device)).argmax(1).cpu()
        hits += (out == yb).sum().item()
print(f"Final accuracy of the network: {100 * hits / len(digits):.2f}%")  # expect: L201
