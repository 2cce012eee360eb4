# expect: none
"""Fine-tune a small BERT on tweets: validation for the choice of the epoch, test for the table."""
import numpy as np
from datasets import load_dataset
from sklearn.metrics import accuracy_score, f1_score
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    EarlyStoppingCallback,
    Trainer,
    TrainingArguments,
)

CHECKPOINT = "distilbert-base-uncased"
emotion = load_dataset("emotion")
tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)
encoded = emotion.map(lambda batch: tokenizer(batch["text"], truncation=True), batched=True)


def compute_metrics(pred):
    guess = np.argmax(pred.predictions, axis=-1)
    return {"accuracy": accuracy_score(pred.label_ids, guess), "f1": f1_score(pred.label_ids, guess, average="macro")}


args = TrainingArguments(
    output_dir="emotion-distilbert",
    num_train_epochs=8,
    eval_strategy="epoch",
    save_strategy="epoch",
    load_best_model_at_end=True,
    metric_for_best_model="f1",
)
trainer = Trainer(
    model=AutoModelForSequenceClassification.from_pretrained(CHECKPOINT, num_labels=6),
    args=args,
    train_dataset=encoded["train"],
    eval_dataset=encoded["validation"],
    data_collator=DataCollatorWithPadding(tokenizer),
    compute_metrics=compute_metrics,
    callbacks=[EarlyStoppingCallback(early_stopping_patience=2)],
)
trainer.train()
print("test F1:", trainer.predict(encoded["test"]).metrics["test_f1"])
