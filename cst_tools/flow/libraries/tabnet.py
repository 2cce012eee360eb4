"""pytorch_tabnet: stops early on the last evaluation set, with a patience of ten epochs unless told otherwise."""

from cst_tools.flow.libraries.spec import Act, Names, Spec, names

PACKAGES = ("pytorch_tabnet",)

_TABNET = Spec(Act.MODEL, evaluation=("eval_set",), keeps_best=True, by_default="patience (10 by default)")

NAMES: Names = {
    **names("TabNetClassifier TabNetRegressor TabNetMultiTaskClassifier", _TABNET),
    "TabNetPretrainer": Spec(Act.IGNORE),
}
