"""Hugging Face: data sets in named parts, and the trainer that fine-tunes a model and evaluates it on the way."""

from cst_tools.flow.libraries.spec import Act, Names, Spec, names

PACKAGES = ("transformers", "setfit", "sentence_transformers", "trl")

NAMES: Names = {
    **names("Trainer Seq2SeqTrainer SFTTrainer", Spec(Act.FINE_TUNER, evaluation=("eval_dataset",))),
    **names("TrainingArguments Seq2SeqTrainingArguments", Spec(Act.SETTINGS)),
    "EarlyStoppingCallback": Spec(Act.CALLBACK),
}
