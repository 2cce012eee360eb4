"""Strategies that change how inputs are imputed, encoded and scaled by scikit-learn's transformers."""

from __future__ import annotations

import ast

from mlestar.playbook.arguments import keywords, literal, set_keywords
from mlestar.playbook.estimators import COLUMN_WISE, PIPELINES, Family
from mlestar.playbook.examples import BREAST_CANCER, PENGUINS, tabular
from mlestar.playbook.names import dotted_ast
from mlestar.playbook.rewriting import Draft, Form
from mlestar.playbook.scene import Scene
from mlestar.playbook.sites import Site
from mlestar.playbook.transformers import Transformers, columns_seen, families, result_shape_is_free

_NUMERIC = "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.pipeline import make_pipeline\n"
_MIXED = """\
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler"""
_COLUMNS = """\
columns = ColumnTransformer([
    ("number", Pipeline([("fill", SimpleImputer()), ("scale", StandardScaler())]), ["bill", "mass"]),
    ("category", {encoder}, ["island"]),
])
model = Pipeline([("columns", columns), ("model", LogisticRegression())])
model.fit(X_train, y_train)"""


class MissingIndicator(Transformers):
    """Adds a column that says where a value was missing, beside the imputed one.

    That a value is missing is often information itself (a test not ordered, a field left empty). Imputation
    destroys it; an indicator keeps it.
    """

    slug = "missing-indicator"
    title = "Tell the model what was missing"
    reference = "https://scikit-learn.org/stable/modules/impute.html#marking-imputed-values"
    prior = 0.45
    classes = frozenset({"SimpleImputer", "KNNImputer", "IterativeImputer"})
    examples = (
        tabular(
            'number = ["bill", "mass"]\n'
            "model = make_pipeline(ColumnTransformer([\n    ('n', SimpleImputer(strategy='median'), number)\n]), "
            "RandomForestClassifier(random_state=0))\nmodel.fit(X_train, y_train)",
            'number = ["bill", "mass"]\n'
            "model = make_pipeline(ColumnTransformer([\n"
            "    ('n', SimpleImputer(strategy='median', add_indicator=True), number)\n]), "
            "RandomForestClassifier(random_state=0))\nmodel.fit(X_train, y_train)",
            before_imports=_NUMERIC + "from sklearn.impute import SimpleImputer\n"
            "from sklearn.compose import ColumnTransformer",
            after_imports=_NUMERIC + "from sklearn.impute import SimpleImputer\n"
            "from sklearn.compose import ColumnTransformer",
            data=PENGUINS,
        ),
    )

    def edit(self, scene: Scene, draft: Draft, site: Site) -> tuple[str, ...] | str:
        given = keywords(scene, site.call)
        strategy = literal(given.get("strategy", "'mean'"))
        if strategy not in ("mean", "median", ValueError) and not isinstance(
            literal(given.get("fill_value", "''")), (int, float)
        ):
            return "the imputer fills text, which cannot stand beside an indicator"
        if not result_shape_is_free(scene, site):
            return "the script counts on the number of imputed columns"
        seen = columns_seen(scene)
        if seen and not any(c.missing for c in seen) and not any(f.missing for f in scene.ctx.facts.fits):
            return "no value was missing in the data"
        made = set_keywords(scene, draft, site.call, {"add_indicator": "True"})
        return made if isinstance(made, str) else ()

    def likelihood(self, scene: Scene) -> float:
        rows = max((f.rows for f in scene.ctx.facts.fits), default=0)
        missing = max((c.missing for c in columns_seen(scene)), default=0)
        return self.prior + (0.15 if rows and missing / rows > 0.05 else 0.0)

    def reason(self, scene: Scene) -> str:
        seen = max(columns_seen(scene), key=lambda c: c.missing, default=None)
        rows = max((f.rows for f in scene.ctx.facts.fits), default=0)
        if seen is not None and seen.missing and rows:
            return f"{seen.missing / rows:.0%} of `{seen.name}` is missing, and that may itself be information."
        return "That a value is missing may itself be information; imputation alone destroys it."


class MedianImputer(Transformers):
    """Fills gaps by the median instead of the mean.

    The mean of a skewed column is pulled towards its outliers; the median is a typical value.
    """

    slug = "median-imputer"
    title = "Impute the median"
    reference = "https://scikit-learn.org/stable/modules/impute.html#univariate-feature-imputation"
    prior = 0.3
    classes = frozenset({"SimpleImputer"})
    examples = (
        tabular(
            _COLUMNS.format(encoder="OneHotEncoder()"),
            _COLUMNS.format(encoder="OneHotEncoder()").replace("SimpleImputer()", 'SimpleImputer(strategy="median")'),
            before_imports=_MIXED,
            after_imports=_MIXED,
            data=PENGUINS,
        ),
    )

    def edit(self, scene: Scene, draft: Draft, site: Site) -> tuple[str, ...] | str:
        if literal(keywords(scene, site.call).get("strategy", "'mean'")) != "mean":
            return "the imputer does not fill in means"
        made = set_keywords(scene, draft, site.call, {"strategy": scene.q('"median"')})
        return made if isinstance(made, str) else ()

    def reason(self, scene: Scene) -> str:
        skewed = max(
            (c for c in columns_seen(scene) if c.skew is not None), key=lambda c: abs(c.skew or 0), default=None
        )
        if skewed is not None and abs(skewed.skew or 0) > 1:
            return f"`{skewed.name}` has skewness {skewed.skew:.1f}, so its mean is not a typical value."
        return "The mean of a skewed column is pulled towards its outliers; the median is a typical value."


class RareCategories(Transformers):
    """Groups rare categories into one column, and lets unknown ones fall into it.

    A one-hot column with a handful of ones teaches noise. Grouped, rare values share their strength, and a
    value never seen in training is treated like the rare ones.
    """

    slug = "group-rare-categories"
    title = "Group rare categories"
    reference = "https://scikit-learn.org/stable/modules/preprocessing.html#infrequent-categories"
    prior = 0.35
    classes = frozenset({"OneHotEncoder"})
    examples = (
        tabular(
            _COLUMNS.format(encoder='OneHotEncoder(handle_unknown="ignore")'),
            _COLUMNS.format(encoder='OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10)'),
            before_imports=_MIXED,
            after_imports=_MIXED,
            data=PENGUINS,
        ),
    )

    def edit(self, scene: Scene, draft: Draft, site: Site) -> tuple[str, ...] | str:
        given = keywords(scene, site.call)
        if {"min_frequency", "max_categories", "categories", "drop"} & set(given):
            return "the encoder's categories are chosen already"
        if not scene.sklearn(1, 1):
            return "grouping rare categories needs scikit-learn 1.1"
        if not result_shape_is_free(scene, site):
            return "the script counts on the encoder's columns"
        seen = [c for c in columns_seen(scene) if c.kind in ("category", "text")]
        if seen and max(c.unique for c in seen) <= 4:
            return "no column has more than four categories"
        settings = {"handle_unknown": scene.q('"infrequent_if_exist"'), "min_frequency": "10"}
        made = set_keywords(scene, draft, site.call, settings)
        return made if isinstance(made, str) else ()

    def reason(self, scene: Scene) -> str:
        seen = [c for c in columns_seen(scene) if c.kind in ("category", "text")]
        if seen:
            widest = max(seen, key=lambda c: c.unique)
            return f"`{widest.name}` has {widest.unique} categories; one-hot columns of the rare ones teach noise."
        return "One-hot columns of rare categories teach noise; grouped they share their strength."


class TargetEncoding(Transformers):
    """Encodes each category by the mean of the target, cross-fitted inside the pipeline.

    One column per feature instead of one per category: compact for many categories, and directly informative.
    scikit-learn's encoder fits on other folds than those it encodes, so the training target does not leak into
    the feature.
    """

    slug = "target-encoding"
    title = "Encode categories by their target mean"
    reference = "https://scikit-learn.org/stable/modules/preprocessing.html#target-encoder"
    prior = 0.5
    classes = frozenset({"OneHotEncoder", "OrdinalEncoder"})
    examples = (
        tabular(
            _COLUMNS.format(encoder='OneHotEncoder(handle_unknown="ignore")'),
            _COLUMNS.format(encoder="TargetEncoder()"),
            before_imports=_MIXED,
            after_imports=_MIXED + "\nfrom sklearn.preprocessing import TargetEncoder",
            data=PENGUINS,
        ),
    )

    def edit(self, scene: Scene, draft: Draft, site: Site) -> tuple[str, ...] | str:
        if not scene.sklearn(1, 3):
            return "scikit-learn's target encoder needs version 1.3"
        if not self._sees_target(scene, site):
            return "the target does not reach this encoder: it is not part of a pipeline that is fitted as a whole"
        if not result_shape_is_free(scene, site):
            return "the script counts on the encoder's columns"
        seen = [c for c in columns_seen(scene) if c.kind in ("category", "text")]
        if columns_seen(scene) and not seen:
            return "no column of text or categories reaches the pipeline"
        name, imports = scene.refer("sklearn.preprocessing", "TargetEncoder")
        seed = scene.names.seed()
        items: list[str] = []
        if scene.regression:
            # Whole-numbered targets would count as classes.
            items.append(scene.q('target_type="continuous"'))
        if seed is not None and scene.has("scikit-learn", 1, 9):
            folds, more = scene.refer("sklearn.model_selection", "KFold" if scene.regression else "StratifiedKFold")
            items.append(f"cv={folds}(5, shuffle=True, random_state={seed})")
            imports += more
        elif seed is not None and scene.has("scikit-learn"):
            items.append(f"random_state={seed}")
        draft.replace(site.call, scene.text(Form(f"{name}(", tuple(items)), site.call))
        return imports

    def _sees_target(self, scene: Scene, site: Site) -> bool:
        if not any(w in COLUMN_WISE for w in site.wrappers):
            return False
        outermost = max(i for i, w in enumerate(site.wrappers) if w in COLUMN_WISE)
        if any(w in PIPELINES for w in site.wrappers[outermost + 1 :]):
            return True
        if site.target is None:
            return False
        fitted = [
            *scene.names.method_calls("fit_transform", site.target),
            *scene.names.method_calls("fit", site.target),
        ]
        if any(len(c.args) + len(c.keywords) < 2 for c in fitted):
            return False
        piped = any(
            scene.names.canonical(dotted_ast(c.func)) in PIPELINES
            and any(dotted_ast(n) == site.target for n in ast.walk(c))
            for c in scene.names.calls
        )
        return piped or bool(fitted)

    def likelihood(self, scene: Scene) -> float:
        widest = max((c.unique for c in columns_seen(scene) if c.kind in ("category", "text")), default=None)
        if widest is None:
            return self.prior
        return self.prior + (0.15 if widest > 20 else -0.15 if widest < 5 else 0.0)

    def reason(self, scene: Scene) -> str:
        seen = [c for c in columns_seen(scene) if c.kind in ("category", "text")]
        if seen:
            widest = max(seen, key=lambda c: c.unique)
            return f"`{widest.name}` has {widest.unique} categories; their target means say as much in one column."
        return "Target means say in one column what many one-hot columns say."


class OneHotForLinear(Transformers):
    """Gives linear models, networks and distances one column per category instead of an arbitrary number.

    An ordinal code says that the third category lies between the second and the fourth; a linear model believes it.
    """

    slug = "one-hot-for-linear"
    title = "One-hot encode for the linear model"
    reference = "https://scikit-learn.org/stable/modules/preprocessing.html#encoding-categorical-features"
    prior = 0.55
    classes = frozenset({"OrdinalEncoder"})
    examples = (
        tabular(
            _COLUMNS.format(encoder="OrdinalEncoder()"),
            _COLUMNS.format(encoder='OneHotEncoder(handle_unknown="ignore")'),
            before_imports=_MIXED.replace("OneHotEncoder", "OrdinalEncoder"),
            after_imports=_MIXED.replace("OneHotEncoder", "OrdinalEncoder")
            + "\nfrom sklearn.preprocessing import OneHotEncoder",
            data=PENGUINS,
        ),
    )

    def edit(self, scene: Scene, draft: Draft, site: Site) -> tuple[str, ...] | str:
        models = families(scene)
        if not models or models - {Family.LINEAR, Family.SVM, Family.NEIGHBOURS, Family.NETWORK}:
            return "the script has models that take ordinal codes well"
        if "categories" in keywords(scene, site.call):
            return "the order of the categories is given"
        if not result_shape_is_free(scene, site) or not site.wrappers:
            return "the script counts on the encoder's columns"
        name, imports = scene.refer("sklearn.preprocessing", "OneHotEncoder")
        draft.replace(site.call, scene.q(f'{name}(handle_unknown="ignore")'))
        return imports

    def reason(self, scene: Scene) -> str:
        return "The model takes the codes for quantities; one column per category says nothing about order."


class PowerTransform(Transformers):
    """Makes skewed columns bell-shaped before a model that depends on their scale.

    A standardised column with a long tail is still dominated by it. A power transform (Yeo-Johnson) pulls the
    tail in; it is fitted where the scaler was.
    """

    slug = "power-transform"
    title = "Transform skewed columns, not only scale them"
    reference = "https://scikit-learn.org/stable/modules/preprocessing.html#mapping-to-a-gaussian-distribution"
    prior = 0.4
    classes = frozenset({"StandardScaler", "MinMaxScaler", "RobustScaler"})
    examples = (
        tabular(
            "model = make_pipeline(StandardScaler(), LogisticRegression())\nmodel.fit(X_train, y_train)",
            "model = make_pipeline(PowerTransformer(), LogisticRegression())\nmodel.fit(X_train, y_train)",
            before_imports="from sklearn.linear_model import LogisticRegression\n"
            "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler",
            after_imports="from sklearn.linear_model import LogisticRegression\n"
            "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler\n"
            "from sklearn.preprocessing import PowerTransformer",
            data=BREAST_CANCER,
        ),
    )

    def edit(self, scene: Scene, draft: Draft, site: Site) -> tuple[str, ...] | str:
        if site.call.args:
            return "the scaler is set up in its own way"
        models = families(scene)
        if not models & {Family.LINEAR, Family.SVM, Family.NEIGHBOURS, Family.NETWORK}:
            return "the script's models do not depend on the shape of the columns"
        used = {"mean_", "scale_", "var_", "data_min_", "data_max_", "data_range_", "center_", "partial_fit"}
        if used & scene.names.all_attributes():
            return "the script uses what the scaler learned"
        if scene.has_text:
            return "the script scales sparse features"
        skews = [abs(c.skew) for c in columns_seen(scene) if c.skew is not None]
        if skews and max(skews) < 1:
            return "no column is skewed"
        name, imports = scene.refer("sklearn.preprocessing", "PowerTransformer")
        draft.replace(site.call, f"{name}()")
        return imports

    def reason(self, scene: Scene) -> str:
        skewed = [c for c in columns_seen(scene) if c.skew is not None and abs(c.skew) >= 1]
        if skewed:
            worst = max(skewed, key=lambda c: abs(c.skew or 0))
            return (
                f"{len(skewed)} columns are skewed, `{worst.name}` most ({worst.skew:.1f}); scaling keeps their tails."
            )
        return "Scaling keeps the long tails of skewed columns; a power transform pulls them in."


STRATEGIES = (
    MissingIndicator,
    MedianImputer,
    RareCategories,
    TargetEncoding,
    OneHotForLinear,
    PowerTransform,
)
