"""Strategies on the side of the target: its scale, the probabilities, the threshold."""

from __future__ import annotations

from cst_tools.types import Facts, FitFact
from mlestar.playbook.bases import Wrap, sparse_input
from mlestar.playbook.estimators import DECISION, PROBA, SCALERS, Family
from mlestar.playbook.examples import BREAST_CANCER, CANCER_F1, CANCER_LOG_LOSS, DIABETES, tabular
from mlestar.playbook.names import dotted_ast
from mlestar.playbook.rewriting import Form
from mlestar.playbook.scene import Scene
from mlestar.playbook.sites import Site


class LogTarget(Wrap):
    """Fits the logarithm of a skewed, non-negative target and predicts on the original scale.

    Prices, counts and durations have long right tails; a model of their logarithm is not pulled about by the few
    largest values. Predictions are transformed back, so the metric is computed as before.
    """

    slug = "log-target"
    title = "Fit the logarithm of the target"
    reference = "https://scikit-learn.org/stable/modules/compose.html#transforming-target-in-regression"
    prior = 0.5
    fit_keywords = frozenset({"sample_weight"})
    examples = (
        tabular(
            "model = Ridge(alpha=0.1)\nmodel.fit(X_train, y_train)",
            "model = TransformedTargetRegressor(\n    Ridge(alpha=0.1),\n    func=np.log1p,\n"
            "    inverse_func=np.expm1,\n)\n"
            "model.fit(X_train, y_train)",
            before_imports="from sklearn.linear_model import Ridge",
            after_imports="from sklearn.linear_model import Ridge\n"
            "from sklearn.compose import TransformedTargetRegressor\nimport numpy as np",
            data=DIABETES,
            facts=Facts((FitFact(9, "model.fit", "sklearn.linear_model._ridge.Ridge", "ndarray", 331, 10,
                                 target_kind="continuous", target_skew=1.9, target_min=25.0),)),
        ),
    )  # fmt: skip

    def refuses(self, scene: Scene, site: Site) -> str | None:
        if site.estimator.classifier or not scene.regression:
            return "the model is not a regressor"
        if site.name in ("PoissonRegressor", "TweedieRegressor"):
            return "the model has a logarithmic link already"
        for call in scene.names.calls:
            name = (scene.names.qualified(dotted_ast(call.func) or "") or "").rsplit(".", 1)[-1]
            if name in ("log", "log1p", "exp", "expm1", "log10", "boxcox"):
                return f"the script uses `{name}` already"
        if scene.called({"TransformedTargetRegressor"}):
            return "the script transforms its target already"
        fact = scene.fact(site) or scene.target_fact
        if fact is None or fact.target_min is None or fact.target_skew is None:
            return "nothing is known about the target's values"
        if fact.target_min < 0:
            return "the target has negative values"
        if fact.target_skew < 1:
            return f"the target is not skewed to the right (skewness {fact.target_skew:.1f})"
        return None

    def offers(self, scene: Scene, site: Site) -> frozenset[str]:
        return frozenset()

    def form(self, scene: Scene, site: Site, inner: str) -> tuple[Form, tuple[str, ...]]:
        name, imports = scene.refer("sklearn.compose", "TransformedTargetRegressor")
        np, more = scene.module("numpy", "np")
        return Form(f"{name}(", (inner, f"func={np}.log1p", f"inverse_func={np}.expm1")), imports + more

    def likelihood(self, scene: Scene, site: Site) -> float:
        fact = scene.fact(site) or scene.target_fact
        skewed = fact is not None and (fact.target_skew or 0.0) > 2
        return self.prior + (0.15 if skewed and scene.metric not in ("rmse", "mse", "r2") else 0.0)

    def reason(self, scene: Scene, site: Site) -> str:
        fact = scene.fact(site) or scene.target_fact
        skew = fact.target_skew if fact is not None and fact.target_skew is not None else 0.0
        return f"The target is non-negative with skewness {skew:.1f}; its logarithm is easier to fit."


class TunedThreshold(Wrap):
    """Chooses the decision threshold that is best for the metric, by cross-validation on the training data.

    ``predict`` cuts probabilities at one half, which is right for accuracy with equal costs only. F1 and its kin are
    best at another threshold, mostly a lower one. The test set plays no part in choosing it.
    """

    slug = "tuned-threshold"
    title = "Tune the decision threshold"
    reference = "https://scikit-learn.org/stable/modules/classification_threshold.html"
    prior = 0.5
    metrics = frozenset({"f1", "balanced_accuracy", "mcc", "f1_macro"})
    examples = (
        tabular(
            "model = LogisticRegression(max_iter=5000)\nmodel.fit(X_train, y_train)",
            'model = TunedThresholdClassifierCV(LogisticRegression(max_iter=5000), scoring="f1")\n'
            "model.fit(X_train, y_train)",
            before_imports="from sklearn.linear_model import LogisticRegression",
            after_imports="from sklearn.linear_model import LogisticRegression\n"
            "from sklearn.model_selection import TunedThresholdClassifierCV",
            data=CANCER_F1,
        ),
    )

    def refuses(self, scene: Scene, site: Site) -> str | None:
        if not site.estimator.classifier or not site.estimator.offers & {"predict_proba", "decision_function"}:
            return "the model has no score to cut at a threshold"
        if not scene.sklearn(1, 5):
            return "tuned thresholds need scikit-learn 1.5"
        if scene.metric not in self.metrics or scene.scorer is None:
            return f"`{scene.metric}` does not depend on the threshold in a way that can be tuned"
        fact = scene.fact(site) or scene.target_fact
        if fact is not None and fact.target_kind not in (None, "binary"):
            return "the target has more than two classes"
        if fact is None and scene.scorer != "f1":
            return "nothing is known about the number of classes"
        if "predict" not in scene.names.all_attributes():
            return "the script does not use predicted labels"
        return None

    def offers(self, scene: Scene, site: Site) -> frozenset[str]:
        return frozenset({"classes_"}) | (site.estimator.offers & (PROBA | DECISION))

    def form(self, scene: Scene, site: Site, inner: str) -> tuple[Form, tuple[str, ...]]:
        name, imports = scene.refer("sklearn.model_selection", "TunedThresholdClassifierCV")
        return Form(f"{name}(", (inner, scene.q(f'scoring="{scene.scorer}"'))), imports

    def reason(self, scene: Scene, site: Site) -> str:
        return f"`predict` cuts at one half; `{scene.metric}` is usually best at another threshold."


class Calibrated(Wrap):
    """Calibrates the predicted probabilities by cross-validation on the training data.

    Forests shy away from 0 and 1, naive Bayes and support vector machines crowd there. Log loss and the Brier score
    punish both. Five calibrated copies are averaged, which also lowers the variance.
    """

    slug = "calibrate"
    title = "Calibrate the probabilities"
    reference = "https://scikit-learn.org/stable/modules/calibration.html"
    prior = 0.5
    families = frozenset({Family.FOREST, Family.TREE, Family.BAYES, Family.SVM, Family.NEIGHBOURS, Family.BOOSTING})
    examples = (
        tabular(
            "model = GaussianNB()\nmodel.fit(X_train, y_train)",
            'model = CalibratedClassifierCV(GaussianNB(), method="isotonic", cv=5)\nmodel.fit(X_train, y_train)',
            before_imports="from sklearn.naive_bayes import GaussianNB",
            after_imports="from sklearn.naive_bayes import GaussianNB\n"
            "from sklearn.calibration import CalibratedClassifierCV",
            data=CANCER_LOG_LOSS,
        ),
    )

    def refuses(self, scene: Scene, site: Site) -> str | None:
        if scene.metric not in ("log_loss", "brier", "ece"):
            return f"`{scene.metric}` does not depend on calibration"
        if not site.estimator.classifier or site.estimator.family not in self.families:
            return f"{site.estimator.family.value} are well calibrated as they are"
        fact = scene.fact(site)
        if fact is not None and fact.class_counts and min(fact.class_counts) < 10:
            return "a class has too few rows for five folds"
        return None

    def offers(self, scene: Scene, site: Site) -> frozenset[str]:
        return PROBA

    def form(self, scene: Scene, site: Site, inner: str) -> tuple[Form, tuple[str, ...]]:
        name, imports = scene.refer("sklearn.calibration", "CalibratedClassifierCV")
        fact = scene.fact(site)
        few = fact is not None and fact.rows < 400
        method = "sigmoid" if few or site.estimator.family is Family.SVM else "isotonic"
        return Form(f"{name}(", (inner, scene.q(f'method="{method}"'), "cv=5")), imports

    def reason(self, scene: Scene, site: Site) -> str:
        family = site.estimator.family.value
        return f"`{scene.metric}` punishes probabilities that are too sure or too timid, as those of {family} are."


class ScaleInputs(Wrap):
    """Standardises the inputs of a model that depends on their scale, in a pipeline.

    Distances, margins, penalties and gradient steps are dominated by the columns with the largest numbers. In a
    pipeline the scaler is fitted on training rows only, also inside cross-validation.
    """

    slug = "scale-inputs"
    title = "Standardise the inputs in a pipeline"
    reference = "https://scikit-learn.org/stable/modules/preprocessing.html#standardization-or-mean-removal-and-variance-scaling"
    prior = 0.6
    families = frozenset({Family.LINEAR, Family.SVM, Family.NEIGHBOURS, Family.NETWORK})
    scale_free = frozenset({"LinearRegression"})
    examples = (
        tabular(
            "model = KNeighborsClassifier()\nmodel.fit(X_train, y_train)",
            "model = make_pipeline(StandardScaler(), KNeighborsClassifier())\nmodel.fit(X_train, y_train)",
            before_imports="from sklearn.neighbors import KNeighborsClassifier",
            after_imports="from sklearn.neighbors import KNeighborsClassifier\n"
            "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler",
            data=BREAST_CANCER,
        ),
    )

    def refuses(self, scene: Scene, site: Site) -> str | None:
        if site.estimator.family not in self.families or site.name in self.scale_free:
            return f"{site.name} does not depend on the scale of its inputs"
        if scene.called(SCALERS):
            return "the script scales its inputs already"
        if site.in_pipeline:
            return "the model is in a pipeline of its own"
        return sparse_input(scene, site)

    def offers(self, scene: Scene, site: Site) -> frozenset[str]:
        return site.estimator.offers & (PROBA | DECISION)

    def form(self, scene: Scene, site: Site, inner: str) -> tuple[Form, tuple[str, ...]]:
        pipeline, imports = scene.refer("sklearn.pipeline", "make_pipeline")
        scaler, more = scene.refer("sklearn.preprocessing", "StandardScaler")
        return Form(f"{pipeline}(", (f"{scaler}()", inner)), imports + more

    def reason(self, scene: Scene, site: Site) -> str:
        return f"{site.name} depends on the scale of its inputs, and nothing in the script scales them."


STRATEGIES = (LogTarget, TunedThreshold, Calibrated, ScaleInputs)
