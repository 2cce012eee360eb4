# Clickbait or not: embedding bag with a vocabulary of our own
from collections import Counter

import numpy as np
import pandas as pd
import torch
from sklearn.model_selection import train_test_split
from torch import nn

PAD, UNKNOWN, SIZE, LENGTH = 0, 1, 8000, 20


def words(headline):
    return headline.lower().replace("'", "").split()


def vocabulary(headlines):
    counts = Counter(w for h in headlines for w in words(h))  # expect: L103
    return {w: i for i, (w, _) in enumerate(counts.most_common(SIZE), start=2)}


def numbers(headline, vocab):
    ids = [vocab.get(w, UNKNOWN) for w in words(headline)][:LENGTH]
    return ids + [PAD] * (LENGTH - len(ids))


table = pd.read_csv("clickbait.csv").drop_duplicates("headline")
vocab = vocabulary(table["headline"])
ids = np.array([numbers(h, vocab) for h in table["headline"]])

i_tr, i_te, b_tr, b_te = train_test_split(ids, table["clickbait"].to_numpy(), test_size=0.2, random_state=8)
i_tr, i_te = torch.tensor(i_tr), torch.tensor(i_te)
b_tr, b_te = torch.tensor(b_tr).float(), torch.tensor(b_te).float()

torch.manual_seed(8)
net = nn.Sequential(nn.EmbeddingBag(SIZE + 2, 48, padding_idx=PAD), nn.Linear(48, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for _ in range(8):
    for rows in torch.randperm(len(i_tr)).split(256):
        opt.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(net(i_tr[rows]).squeeze(1), b_tr[rows]).backward()
        opt.step()

with torch.no_grad():
    said = (net(i_te).squeeze(1) > 0).float()
print("accuracy", (said == b_te).float().mean().item())
