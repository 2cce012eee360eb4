"""keras_tuner: builds networks with other settings and keeps those that score best on the validation rows."""

from cst_tools.flow.libraries.spec import Act, Names, Spec, names

PACKAGES = ("keras_tuner", "kerastuner")

NAMES: Names = {
    **names("RandomSearch Hyperband BayesianOptimization GridSearch", Spec(Act.TUNER, evaluation=("validation_data",))),
    **names("Objective HyperParameters HyperModel", Spec(Act.IGNORE)),
}
