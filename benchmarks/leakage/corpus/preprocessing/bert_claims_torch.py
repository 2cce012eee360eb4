# expect: none
"""Fine-tune a small pretrained encoder on insurance claims; three epochs, no stopping rule."""
import pandas as pd
import torch
from torch.utils.data import DataLoader, TensorDataset, random_split
from transformers import AutoModelForSequenceClassification, AutoTokenizer

NAME = "distilbert-base-uncased"
device = "cuda" if torch.cuda.is_available() else "cpu"


def encode(texts, tokenizer):
    enc = tokenizer(list(texts), padding="max_length", truncation=True, max_length=128, return_tensors="pt")
    return enc["input_ids"], enc["attention_mask"]


def accuracy(model, loader):
    model.eval()
    right = total = 0
    with torch.no_grad():
        for ids, mask, label in loader:
            logits = model(input_ids=ids.to(device), attention_mask=mask.to(device)).logits
            right += (logits.argmax(dim=1).cpu() == label).sum().item()
            total += len(label)
    return right / total


def main():
    claims = pd.read_csv("claims.csv").drop_duplicates("description")
    kinds = {k: i for i, k in enumerate(sorted(claims["kind"].unique()))}
    tokenizer = AutoTokenizer.from_pretrained(NAME)
    ids, mask = encode(claims["description"], tokenizer)
    labels = torch.tensor(claims["kind"].map(kinds).to_numpy())
    data = TensorDataset(ids, mask, labels)

    n_test = len(data) // 5
    learn, test = random_split(data, [len(data) - n_test, n_test], generator=torch.Generator().manual_seed(0))
    model = AutoModelForSequenceClassification.from_pretrained(NAME, num_labels=len(kinds)).to(device)
    opt = torch.optim.AdamW(model.parameters(), lr=3e-5)
    test_loader = DataLoader(test, batch_size=64)
    for epoch in range(3):
        model.train()
        for b_ids, b_mask, b_label in DataLoader(learn, batch_size=32, shuffle=True):
            opt.zero_grad()
            out = model(input_ids=b_ids.to(device), attention_mask=b_mask.to(device), labels=b_label.to(device))
            out.loss.backward()
            opt.step()
        print(f"epoch {epoch}: loss {out.loss.item():.3f}")
    print("accuracy", accuracy(model, test_loader))


if __name__ == "__main__":
    main()
