"""Strategies that change which model is fitted."""

from __future__ import annotations

import libcst as cst

from mlestar.playbook.arguments import keywords, spread, with_element
from mlestar.playbook.bases import (
    Replace,
    class_weight_argument,
    data_reason,
    seed_argument,
    sparse_encoder,
    sparse_input,
)
from mlestar.playbook.dense import make_dense
from mlestar.playbook.estimators import DECISION, PROBA, SEARCHES, Family
from mlestar.playbook.examples import BREAST_CANCER, DIABETES, SPAM, tabular, tidy
from mlestar.playbook.rewriting import Draft
from mlestar.playbook.scene import Scene
from mlestar.playbook.sites import Site
from mlestar.playbook.strategy import MODEL_ROLES, Change, Example, Strategy
from mlestar.types import NotApplicable


class HistGradientBoosting(Replace):
    """Replaces a linear model, tree, forest or other classic model by histogram gradient boosting.

    Boosted trees find interactions and thresholds that linear models and single trees miss, are insensitive to
    scaling and take missing values as they are. On tabular data of more than a few hundred rows they are the
    strongest default. Sparse text features stay with linear models, which are better there.
    """

    slug = "hist-gradient-boosting"
    title = "Use histogram gradient boosting"
    reference = "https://scikit-learn.org/stable/modules/ensemble.html#histogram-based-gradient-boosting"
    prior = 0.6
    families = frozenset(Family) - {Family.BOOSTING}
    offers = PROBA | DECISION
    examples = (
        tabular(
            "model = LogisticRegression(max_iter=200)\nmodel.fit(X_train, y_train)",
            "model = HistGradientBoostingClassifier(random_state=0)\nmodel.fit(X_train, y_train)",
            before_imports="from sklearn.linear_model import LogisticRegression",
            after_imports="from sklearn.linear_model import LogisticRegression\n"
            "from sklearn.ensemble import HistGradientBoostingClassifier",
            data=BREAST_CANCER,
        ),
        tabular(
            "reg = trees.RandomForestRegressor(\n    n_estimators=50,\n    random_state=7,\n)\n"
            "reg.fit(X_train, y_train)",
            "reg = trees.HistGradientBoostingRegressor(random_state=7)\nreg.fit(X_train, y_train)",
            before_imports="import sklearn.ensemble as trees",
            after_imports="import sklearn.ensemble as trees",
            data=DIABETES,
            model="reg",
        ),
    )

    def new_class(self, scene: Scene, site: Site) -> tuple[str, str]:
        kind = "Classifier" if site.estimator.classifier else "Regressor"
        return "sklearn.ensemble", f"HistGradientBoosting{kind}"

    def arguments(self, scene: Scene, site: Site) -> list[str]:
        return class_weight_argument(scene, site) + seed_argument(scene, site)

    def refuses(self, scene: Scene, site: Site) -> str | None:
        problem = sparse_input(scene, site)
        # what an encoder of the same pipeline makes sparse, `prepare` makes dense
        return None if site.in_pipeline and problem == sparse_encoder(scene) else problem

    def prepare(self, scene: Scene, draft: Draft, site: Site) -> str | None:
        return make_dense(scene, draft, site) if sparse_input(scene, site) else None

    def reason(self, scene: Scene, site: Site) -> str:
        return data_reason(
            scene.fact(site),
            f"Boosted trees find interactions and thresholds that {site.estimator.family.value} miss.",
        )


class LightGBM(Replace):
    """Replaces a model by LightGBM, when the script's interpreter has it.

    LightGBM grows trees leaf by leaf, takes sparse input and missing values, and samples rows and columns for each
    tree, which regularises. A low learning rate with a few hundred trees is a robust start.
    """

    slug = "lightgbm"
    title = "Use LightGBM"
    reference = "https://lightgbm.readthedocs.io/en/stable/Parameters-Tuning.html"
    prior = 0.55
    families = frozenset(Family) - {Family.BOOSTING, Family.BAYES}
    offers = PROBA | {"feature_importances_"}
    examples = (
        tabular(
            "model = RandomForestClassifier(n_estimators=100, random_state=0)\nmodel.fit(X_train, y_train)",
            "model = LGBMClassifier(\n"
            "    n_estimators=300,\n    learning_rate=0.05,\n    subsample=0.8,\n    subsample_freq=1,\n"
            "    colsample_bytree=0.8,\n    verbose=-1,\n    random_state=0,\n)\nmodel.fit(X_train, y_train)",
            before_imports="from sklearn.ensemble import RandomForestClassifier",
            after_imports="from sklearn.ensemble import RandomForestClassifier\nfrom lightgbm import LGBMClassifier",
            data=BREAST_CANCER,
            packages={"lightgbm": "4.0.0"},
        ),
    )

    def new_class(self, scene: Scene, site: Site) -> tuple[str, str]:
        return "lightgbm", "LGBMClassifier" if site.estimator.classifier else "LGBMRegressor"

    def arguments(self, scene: Scene, site: Site) -> list[str]:
        settings = ["n_estimators=300", "learning_rate=0.05", "subsample=0.8", "subsample_freq=1"]
        settings += ["colsample_bytree=0.8", "verbose=-1"]
        return settings + class_weight_argument(scene, site) + seed_argument(scene, site)

    def refuses(self, scene: Scene, site: Site) -> str | None:
        if not scene.has("lightgbm"):
            return "LightGBM is not installed in the script's interpreter"
        if scene.has_text and not scene.called({"TruncatedSVD"}):
            return "the model is fitted on sparse text features"
        fact = scene.fact(site)
        if fact is not None and fact.x_kind == "sparse" and not scene.called({"OneHotEncoder"}):
            return "the model is fitted on a sparse matrix, perhaps of counts, which LightGBM does not take"
        names = [c.name for c in fact.column_facts] if fact is not None else []
        odd = next((n for n in names if set(n) & set('[]{}",:')), None)
        if odd is not None and not site.in_pipeline:
            return f"LightGBM does not take the column name `{odd}`"
        return None

    def reason(self, scene: Scene, site: Site) -> str:
        return data_reason(
            scene.fact(site), "LightGBM is installed, and slowly boosted trees with sampling are a strong default."
        )


class LinearTextModel(Replace):
    """Puts a regularised linear model on text features, where naive Bayes, trees or neighbours were used.

    On sparse word counts linear models are hard to beat. ``LinearSVC`` is used where only labels are needed,
    logistic regression with weak regularisation where probabilities are.
    """

    slug = "linear-text-model"
    title = "Use a linear model on the text features"
    reference = "https://aclanthology.org/P12-2018/"
    prior = 0.6
    families = frozenset({Family.BAYES, Family.FOREST, Family.TREE, Family.NEIGHBOURS, Family.SVM, Family.BOOSTING})
    offers = PROBA | {"decision_function", "coef_"}
    examples = (
        Example(
            before=tidy(
                SPAM.format(
                    imports="from sklearn.naive_bayes import MultinomialNB",
                    vectoriser="TfidfVectorizer()",
                    model="MultinomialNB()",
                )
            ),
            after=tidy(
                SPAM.format(
                    imports="from sklearn.naive_bayes import MultinomialNB\nfrom sklearn.svm import LinearSVC",
                    vectoriser="TfidfVectorizer()",
                    model="LinearSVC(C=1.0, random_state=0)",
                )
            ),
            at="model = ",
        ),
    )

    def _probabilities(self, scene: Scene, site: Site) -> bool:
        return bool(scene.used_on(site) & {"predict_proba", "predict_log_proba"})

    def new_class(self, scene: Scene, site: Site) -> tuple[str, str]:
        return ("sklearn.linear_model", "LogisticRegression") if self._soft else ("sklearn.svm", "LinearSVC")

    def arguments(self, scene: Scene, site: Site) -> list[str]:
        own = ["C=10.0", "max_iter=1000"] if self._soft else ["C=1.0"]
        return own + class_weight_argument(scene, site) + seed_argument(scene, site)

    def refuses(self, scene: Scene, site: Site) -> str | None:
        self._soft = self._probabilities(scene, site) or scene.metric in ("log_loss", "brier", "roc_auc")
        if not site.estimator.classifier:
            return "the model is not a classifier"
        if not scene.has_text:
            return "the script has no text features"
        fact = scene.fact(site)
        if fact is not None and not site.in_pipeline and fact.x_kind != "sparse":
            return "the model is fitted on dense features"
        return None

    def reason(self, scene: Scene, site: Site) -> str:
        family = site.estimator.family.value
        return f"On sparse word features a regularised linear model is usually stronger than {family}."


class AddCandidate(Strategy):
    """Adds histogram gradient boosting to the models that the script compares.

    Scripts that choose the best of several models gain from a strong one that is missing. The others stay, so
    the comparison goes on as before.
    """

    slug = "add-candidate"
    title = "Add gradient boosting to the models compared"
    roles = MODEL_ROLES
    reference = "https://scikit-learn.org/stable/modules/ensemble.html#histogram-based-gradient-boosting"
    prior = 0.5
    examples = (
        tabular(
            'models = {\n    "linear": LogisticRegression(max_iter=5000),\n    "near": KNeighborsClassifier(),\n}\n'
            "scores = {k: cross_val_score(m, X_train, y_train).mean() for k, m in models.items()}\n"
            "model = models[max(scores, key=scores.get)].fit(X_train, y_train)",
            'models = {\n    "linear": LogisticRegression(max_iter=5000),\n    "near": KNeighborsClassifier(),\n'
            '    "boosting": HistGradientBoostingClassifier(random_state=0),\n}\n'
            "scores = {k: cross_val_score(m, X_train, y_train).mean() for k, m in models.items()}\n"
            "model = models[max(scores, key=scores.get)].fit(X_train, y_train)",
            before_imports="from sklearn.linear_model import LogisticRegression\n"
            "from sklearn.model_selection import cross_val_score\nfrom sklearn.neighbors import KNeighborsClassifier",
            after_imports="from sklearn.linear_model import LogisticRegression\n"
            "from sklearn.model_selection import cross_val_score\nfrom sklearn.neighbors import KNeighborsClassifier\n"
            "from sklearn.ensemble import HistGradientBoostingClassifier",
            data=BREAST_CANCER,
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        for node in scene.code.walk():
            if not isinstance(node, cst.Dict) or len(node.elements) < 2:
                continue
            sites = [s for s in scene.sites if any(e.value is s.call for e in node.elements)]
            if len(sites) != len(node.elements):
                continue
            if any(s.name.startswith("HistGradient") for s in sites):
                return NotApplicable("the script compares gradient boosting already")
            problem = sparse_input(scene, sites[0])
            if problem or scene.called(SEARCHES):
                return NotApplicable(problem or "the script searches over each model's own parameters")
            kind = "Classifier" if sites[0].estimator.classifier else "Regressor"
            name, imports = scene.refer("sklearn.ensemble", f"HistGradientBoosting{kind}")
            seed = scene.names.seed()
            made = f"{name}({f'random_state={seed}' if seed is not None else ''})"
            draft = scene.draft()
            draft.replace(node, with_element(scene, node, "boosting", made))
            why = "The script takes the best of several models, and gradient boosting is not among them."
            return self.change(draft, why, f"{name} joins the comparison", imports)
        return NotApplicable("the block has no dictionary of models to compare")


class ExtraTrees(Strategy):
    """Replaces a random forest by extremely randomised trees with the same settings.

    Random thresholds decorrelate the trees further; on noisy data with many features that lowers the variance.
    """

    slug = "extra-trees"
    title = "Use extremely randomised trees"
    roles = MODEL_ROLES
    reference = "https://doi.org/10.1007/s10994-006-6226-1"
    prior = 0.35
    examples = (
        tabular(
            "model = RandomForestClassifier(n_estimators=60, random_state=0)\nmodel.fit(X_train, y_train)",
            "model = ExtraTreesClassifier(n_estimators=60, random_state=0)\nmodel.fit(X_train, y_train)",
            before_imports="from sklearn.ensemble import RandomForestClassifier",
            after_imports="from sklearn.ensemble import RandomForestClassifier\n"
            "from sklearn.ensemble import ExtraTreesClassifier",
            data=BREAST_CANCER,
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        for site in scene.sites:
            if not site.name.startswith("RandomForest"):
                continue
            given = keywords(scene, site.call)
            if {"oob_score", "bootstrap", "max_samples"} & set(given) or spread(site.call):
                return NotApplicable("the forest is set up to sample rows")
            if any(site.name in (w, "isinstance") for w in site.wrappers):
                return NotApplicable("the script checks the model's class")
            new = site.name.replace("RandomForest", "ExtraTrees")
            written, imports = scene.refer("sklearn.ensemble", new)
            draft = scene.draft()
            draft.replace(site.call, site.call.with_changes(func=cst.parse_expression(written)))
            why = "Random thresholds decorrelate the trees, which lowers the variance of the forest."
            return self.change(draft, why, f"{site.name} becomes {new}", imports)
        return NotApplicable("the block constructs no random forest")


STRATEGIES = (HistGradientBoosting, LightGBM, LinearTextModel, AddCandidate, ExtraTrees)
