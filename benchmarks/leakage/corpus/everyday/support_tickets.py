# expect: none
"""Routes support tickets to a team. TF-IDF baseline and a small transformer."""
import logging
import re
from dataclasses import dataclass
from typing import Dict, List, Sequence

import numpy as np
import pandas as pd
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import classification_report, f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder
from torch.utils.data import DataLoader, Dataset
from transformers import AutoModelForSequenceClassification, AutoTokenizer, get_linear_schedule_with_warmup

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("tickets")
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@dataclass
class Hparams:
    checkpoint: str = "distilbert-base-german-cased"
    epochs: int = 3
    lr: float = 3e-5
    batch: int = 32
    max_len: int = 128
    seed: int = 0


class Tickets(Dataset):
    def __init__(self, texts: Sequence[str], labels: Sequence[int], tokenizer, max_len: int):
        self.enc = tokenizer(list(texts), truncation=True, padding="max_length", max_length=max_len)
        self.labels = list(labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> Dict[str, torch.Tensor]:
        item = {k: torch.tensor(v[i]) for k, v in self.enc.items()}
        item["labels"] = torch.tensor(self.labels[i])
        return item


def tidy(text: str) -> str:
    text = re.sub(r"(?i)mit freundlichen gr(ü|ue)(ß|ss)en.*", "", text, flags=re.S)
    return re.sub(r"\d{6,}", "<nr>", text).strip()


def read_tickets(path: str) -> pd.DataFrame:
    df = pd.read_json(path, lines=True)
    df["text"] = (df["subject"].fillna("") + " . " + df["body"].fillna("")).map(tidy)
    df = df[df["text"].str.len() > 20].drop_duplicates("text")
    counts = df["team"].value_counts()
    return df[df["team"].isin(counts[counts >= 50].index)]


def baseline(tr: pd.DataFrame, te: pd.DataFrame, names: List[str]) -> float:
    vec = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), max_features=200_000)
    clf = SGDClassifier(loss="log_loss", alpha=1e-6, random_state=0)
    clf.fit(vec.fit_transform(tr["text"]), tr["y"])
    pred = clf.predict(vec.transform(te["text"]))
    log.info("\n%s", classification_report(te["y"], pred, target_names=names))
    return f1_score(te["y"], pred, average="macro")


def finetune(tr: pd.DataFrame, te: pd.DataFrame, n_labels: int, hp: Hparams) -> float:
    torch.manual_seed(hp.seed)
    tokenizer = AutoTokenizer.from_pretrained(hp.checkpoint)
    model = AutoModelForSequenceClassification.from_pretrained(hp.checkpoint, num_labels=n_labels).to(DEVICE)
    loader = DataLoader(Tickets(tr["text"], tr["y"], tokenizer, hp.max_len), hp.batch, shuffle=True)
    test_loader = DataLoader(Tickets(te["text"], te["y"], tokenizer, hp.max_len), 4 * hp.batch)
    optimiser = torch.optim.AdamW(model.parameters(), lr=hp.lr)
    schedule = get_linear_schedule_with_warmup(optimiser, 100, len(loader) * hp.epochs)
    for epoch in range(hp.epochs):
        model.train()
        total = 0.0
        for batch in loader:
            batch = {k: v.to(DEVICE) for k, v in batch.items()}
            loss = model(**batch).loss
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        log.info("epoch %d loss %.4f", epoch, total / len(loader))
    model.eval()
    preds = []
    with torch.no_grad():
        for batch in test_loader:
            labels = batch.pop("labels")
            logits = model(**{k: v.to(DEVICE) for k, v in batch.items()}).logits
            preds.append(logits.argmax(-1).cpu().numpy())
    model.save_pretrained("tickets-bert")
    return f1_score(te["y"], np.concatenate(preds), average="macro")


if __name__ == "__main__":
    tickets = read_tickets("tickets.jsonl")
    encoder = LabelEncoder()
    tickets["y"] = encoder.fit_transform(tickets["team"])
    train_part, test_part = train_test_split(tickets, test_size=0.2, stratify=tickets["y"], random_state=1)
    log.info("%d train %d test", len(train_part), len(test_part))
    log.info("baseline macro F1 %.3f", baseline(train_part, test_part, list(encoder.classes_)))
    log.info("bert macro F1 %.3f", finetune(train_part, test_part, len(encoder.classes_), Hparams()))
