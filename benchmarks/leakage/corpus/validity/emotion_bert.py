"""Fine-tune a small BERT on tweets."""
import numpy as np
from datasets import load_dataset
from sklearn.metrics import accuracy_score, f1_score
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    Trainer,
    TrainingArguments,
)

CHECKPOINT = "distilbert-base-uncased"

emotion = load_dataset("emotion")
tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)
encoded = emotion.map(lambda batch: tokenizer(batch["text"], truncation=True), batched=True)


def compute_metrics(pred):
    guess = pred.predictions.argmax(-1)
    return {"accuracy": accuracy_score(pred.label_ids, guess), "f1": f1_score(pred.label_ids, guess, average="macro")}


args = TrainingArguments(
    output_dir="emotion-distilbert",
    num_train_epochs=8,
    per_device_train_batch_size=64,
    learning_rate=2e-5,
    eval_strategy="epoch",
    save_strategy="epoch",
    load_best_model_at_end=True,
    metric_for_best_model="f1",
)
trainer = Trainer(  # expect: L302|L303
    model=AutoModelForSequenceClassification.from_pretrained(CHECKPOINT, num_labels=6),
    args=args,
    train_dataset=encoded["train"],
    eval_dataset=encoded["test"],
    data_collator=DataCollatorWithPadding(tokenizer),
    compute_metrics=compute_metrics,
)
trainer.train()
result = trainer.predict(encoded["test"])
print("test F1:", result.metrics["test_f1"])
print("test accuracy:", result.metrics["test_accuracy"])
