# expect: none
"""Document classification by chunks: documents are cut into chunks after they were assigned to a side."""
import argparse
import logging

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GroupShuffleSplit
from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments

logger = logging.getLogger("longdocs")


class ChunkDataset(torch.utils.data.Dataset):
    def __init__(self, encodings, labels):
        self.encodings = encodings
        self.labels = labels

    def __getitem__(self, idx):
        item = {key: torch.tensor(val[idx]) for key, val in self.encodings.items()}
        item["labels"] = torch.tensor(self.labels[idx])
        return item

    def __len__(self):
        return len(self.labels)


def chunk(text, size=200, stride=150):
    words = text.split()
    return [" ".join(words[i : i + size]) for i in range(0, max(1, len(words) - size + stride), stride)]


def to_chunks(documents):
    documents = documents.copy()
    documents["chunk"] = documents["text"].map(chunk)
    return documents.explode("chunk").reset_index(drop=True)


def side(documents, test_size, seed):
    splitter = GroupShuffleSplit(n_splits=1, test_size=test_size, random_state=seed)
    a, b = next(splitter.split(documents, groups=documents["author"]))
    return documents.iloc[a], documents.iloc[b]


def compute_metrics(result):
    guess = result.predictions.argmax(-1)
    return {"accuracy": accuracy_score(result.label_ids, guess), "f1": f1_score(result.label_ids, guess, average="macro")}


def vote(trainer, chunks, dataset):
    logits = trainer.predict(dataset).predictions
    table = pd.DataFrame(logits).assign(doc=chunks["doc_id"].values, label=chunks["label"].values)
    by_doc = table.groupby("doc").mean()
    guess = by_doc.drop(columns="label").to_numpy().argmax(1)
    return accuracy_score(by_doc["label"].astype(int), guess)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--docs", default="documents.parquet")
    parser.add_argument("--checkpoint", default="roberta-base")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)

    docs = pd.read_parquet(args.docs)
    docs["label"] = docs["genre"].astype("category").cat.codes
    dev_docs, test_docs = side(docs, 0.2, args.seed)
    train_docs, val_docs = side(dev_docs, 0.15, args.seed)
    parts = {"train": to_chunks(train_docs), "val": to_chunks(val_docs), "test": to_chunks(test_docs)}
    for name, part in parts.items():
        logger.info("%s: %d chunks of %d documents", name, len(part), part["doc_id"].nunique())

    tokenizer = AutoTokenizer.from_pretrained(args.checkpoint)
    sets = {
        name: ChunkDataset(tokenizer(list(part["chunk"]), truncation=True, padding=True, max_length=256), part["label"].tolist())
        for name, part in parts.items()
    }
    model = AutoModelForSequenceClassification.from_pretrained(args.checkpoint, num_labels=docs["label"].nunique())
    arguments = TrainingArguments(
        output_dir="out",
        num_train_epochs=args.epochs,
        per_device_train_batch_size=16,
        learning_rate=2e-5,
        evaluation_strategy="epoch",
        save_strategy="epoch",
        load_best_model_at_end=True,
        metric_for_best_model="f1",
        seed=args.seed,
    )
    trainer = Trainer(model, arguments, train_dataset=sets["train"], eval_dataset=sets["val"], compute_metrics=compute_metrics)
    trainer.train()
    logger.info("chunks: %s", trainer.evaluate(sets["test"], metric_key_prefix="test"))
    logger.info("documents: %.4f", vote(trainer, parts["test"], sets["test"]))
    np.save("seed.npy", np.array([args.seed]))


if __name__ == "__main__":
    main()
