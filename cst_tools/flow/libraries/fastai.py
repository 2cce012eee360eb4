"""fastai: a learner trains on the first of its loaders and watches the second."""

from cst_tools.flow.libraries.spec import Act, Names, Spec, names

PACKAGES = ("fastai", "fastai2")

NAMES: Names = {
    **names("EarlyStoppingCallback SaveModelCallback", Spec(Act.CALLBACK)),
    **names("DataLoader DataLoaders", Spec(Act.BUNDLE)),
    **names("Learner tabular_learner vision_learner cnn_learner text_classifier_learner", Spec(Act.LEARNER)),
}
