# expect: L303@44
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split


class Texts(Dataset):
    def __init__(self, tokens, labels):
        self.tokens, self.labels = tokens, labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return torch.tensor(self.tokens[i]), torch.tensor(self.labels[i])


tokens, labels = np.load("tokens.npy"), np.load("labels.npy")
train_x, test_x, train_y, test_y = train_test_split(tokens, labels, test_size=0.1)
train_loader = DataLoader(Texts(train_x, train_y), batch_size=32, shuffle=True)
test_loader = DataLoader(Texts(test_x, test_y), batch_size=32)
model = nn.Sequential(nn.Embedding(30000, 64), nn.Flatten(), nn.LazyLinear(2))
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5)
criterion = nn.CrossEntropyLoss()
best_f1 = 0.0
for epoch in range(10):
    model.train()
    for batch, target in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(batch), target)
        loss.backward()
        optimizer.step()
    model.eval()
    preds, golds = [], []
    with torch.no_grad():
        for batch, target in test_loader:
            preds.extend(model(batch).argmax(dim=1).cpu().numpy())
            golds.extend(target.cpu().numpy())
    f1 = f1_score(golds, preds, average="macro")
    print(f"epoch {epoch}: {f1:.4f}")
    if f1 > best_f1:
        best_f1 = f1
        torch.save(model.state_dict(), "best_model.bin")
print("Best macro F1 on test:", best_f1)
