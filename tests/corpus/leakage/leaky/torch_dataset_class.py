# expect: L101@14
import torch, numpy as np, pandas as pd
from torch.utils.data import Dataset, DataLoader, random_split
from sklearn.preprocessing import StandardScaler
class DS(Dataset):
    def __init__(self, X, y):
        self.X = torch.tensor(X, dtype=torch.float32)
        self.y = torch.tensor(y, dtype=torch.float32)
    def __len__(self):
        return len(self.X)
    def __getitem__(self, i):
        return self.X[i], self.y[i]
df = pd.read_csv("a.csv")
X = StandardScaler().fit_transform(df.drop(columns=["y"]))
y = df["y"].values
ds = DS(X, y)
train_set, test_set = random_split(ds, [800, 200])
train_dl = DataLoader(train_set, batch_size=32, shuffle=True)
test_dl = DataLoader(test_set, batch_size=32)
model = torch.nn.Sequential(torch.nn.Linear(5, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
crit = torch.nn.BCEWithLogitsLoss()
for ep in range(5):
    for xb, yb in train_dl:
        opt.zero_grad()
        out = model(xb)
        loss = crit(out.squeeze(), yb)
        loss.backward()
        opt.step()
correct = 0
with torch.no_grad():
    for xb, yb in test_dl:
        pred = (torch.sigmoid(model(xb)) > 0.5).float()
        correct += (pred.squeeze() == yb).sum().item()
print(correct)
