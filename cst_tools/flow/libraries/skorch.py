"""skorch: networks with scikit-learn's interface; a fifth of the rows given to ``fit`` is validated on by default."""

from cst_tools.flow.libraries.spec import Act, Names, Spec, names

PACKAGES = ("skorch",)

NAMES: Names = {
    **names("NeuralNetClassifier NeuralNetBinaryClassifier NeuralNetRegressor NeuralNet",
            Spec(Act.MODEL, evaluation=("train_split",))),
    **names("EarlyStopping Checkpoint", Spec(Act.CALLBACK)),
    **names("EpochScoring LRScheduler ProgressBar PrintLog", Spec(Act.IGNORE)),
    **names("predefined_split Dataset", Spec(Act.BUNDLE)),
}  # fmt: skip
