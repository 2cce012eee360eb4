"""When a strategy must not apply: what later code needs, what the data is, what the metric asks for."""

from __future__ import annotations

import dataclasses

import pytest

from cst_tools.types import ColumnFact, Facts, FitFact, Role
from mlestar.playbook import carry_out, propose
from mlestar.types import NotApplicable, Plan
from tests.mlestar.playbook.helpers import context, rewritten, slugs

HEAD = "from sklearn.linear_model import LogisticRegression\nfrom sklearn.ensemble import RandomForestClassifier\n\n"


def script(model: str, use: str = "print(model.score(X_test, y_test))", imports: str = "") -> str:
    return f"{imports}{HEAD}model = {model}\nmodel.fit(X_train, y_train)\n\n{use}\n"


@pytest.mark.parametrize(
    "use",
    [
        "print(model.coef_)",
        "m = model\nprint(m.coef_)",
        "report(model)\n\ndef report(m):\n    print(m.intercept_)",
        "import shap\nshap.Explainer(model)",
        "from sklearn.model_selection import GridSearchCV\nGridSearchCV(model, {'C': [1]})",
        "model.set_params(C=3)",
        "print(model.predict_log_proba(X_test))",
    ],
)
def test_another_class_would_lack_what_is_used(use: str) -> None:
    outcome = rewritten(context(script("LogisticRegression()", use), "model = "), "hist-gradient-boosting")
    assert isinstance(outcome, NotApplicable)


def test_probabilities_are_offered_by_the_new_class() -> None:
    text = script("LogisticRegression()", "print(model.predict_proba(X_test)[:, 1], model.classes_)")
    assert "hist-gradient-boosting" in slugs(context(text, "model = "))


def test_sparse_text_stays_with_linear_models() -> None:
    imports = "from sklearn.feature_extraction.text import TfidfVectorizer\n"
    use = "v = TfidfVectorizer()\nprint(model.score(X_test, y_test))"
    found = slugs(context(script("LogisticRegression()", use, imports), "model = "))
    assert not {"hist-gradient-boosting", "lightgbm", "blend-with-linear", "scale-inputs"} & set(found)


def test_sparse_input_seen_at_run_time() -> None:
    fact = FitFact(4, "model.fit", "sklearn.linear_model._logistic.LogisticRegression", "sparse", 500, 9000)
    ctx = context(script("LogisticRegression()"), "model = ", facts=Facts((fact,)))
    assert isinstance(rewritten(ctx, "hist-gradient-boosting"), NotApplicable)
    with_lightgbm = dataclasses.replace(ctx, packages={"lightgbm": "4.5.0"})
    assert isinstance(rewritten(with_lightgbm, "lightgbm"), NotApplicable)  # counts may be integers: it crashes


@pytest.mark.parametrize("metric", ["accuracy", "roc_auc", "log_loss", "r2"])
def test_class_weights_only_for_metrics_that_count_rare_classes(metric: str) -> None:
    found = slugs(context(script("LogisticRegression()"), "model = ", metric=metric))
    assert "class-weight" not in found and "tuned-threshold" not in found


def test_balanced_classes_need_no_weights() -> None:
    fact = FitFact(
        4, "model.fit", "x.LogisticRegression", "ndarray", 100, 3, target_kind="binary", class_counts=(49, 51)
    )
    text = script("LogisticRegression()", "print(f1_score(y_test, model.predict(X_test)))")
    found = slugs(context(text, "model = ", metric="f1", facts=Facts((fact,))))
    assert "class-weight" not in found and "tuned-threshold" in found


def test_log_target_needs_a_skewed_non_negative_target() -> None:
    text = "from sklearn.linear_model import Ridge\n\nmodel = Ridge()\nmodel.fit(X, y)\n\nprint(model.score(X, y))\n"

    def with_target(skew: float | None, least: float | None) -> object:
        fact = FitFact(3, "model.fit", "x.Ridge", "ndarray", 90, 3, target_kind="continuous", target_skew=skew,
                       target_min=least)  # fmt: skip
        return rewritten(context(text, "model = ", metric="mae", facts=Facts((fact,))), "log-target")

    assert isinstance(with_target(2.5, 0.0), str)
    assert isinstance(with_target(2.5, -1.0), NotApplicable)
    assert isinstance(with_target(0.2, 1.0), NotApplicable)
    assert isinstance(rewritten(context(text, "model = ", metric="mae"), "log-target"), NotApplicable)


def test_a_target_transformed_by_the_script_is_left_alone() -> None:
    text = (
        "import numpy as np\nfrom sklearn.linear_model import Ridge\n\n"
        "model = Ridge()\nmodel.fit(X, np.log1p(y))\n\nprint(model.score(X, y))\n"
    )
    fact = FitFact(4, "model.fit", "x.Ridge", "ndarray", 90, 3, target_kind="continuous", target_skew=3.0, target_min=0)
    outcome = rewritten(context(text, "model = ", metric="mae", facts=Facts((fact,))), "log-target")
    assert isinstance(outcome, NotApplicable) and "log1p" in outcome.reason


def test_early_stopping_of_the_script_is_left_alone() -> None:
    text = (
        "from xgboost import XGBClassifier\n\nmodel = XGBClassifier()\nmodel.fit(X, y, eval_set=[(A, b)])\n\n"
        "print(model.score(A, b))\n"
    )
    assert "slow-boosting" not in slugs(context(text, "model = "))


def test_parameters_from_elsewhere_are_not_guessed() -> None:
    text = (
        "from xgboost import XGBClassifier\n\nmodel = XGBClassifier(**load('p.json'))\nmodel.fit(X, y)\n\n"
        "print(model.score(X, y))\n"
    )
    assert slugs(context(text, "model = ")) == []


def test_search_over_the_parameter_is_left_alone() -> None:
    text = (
        "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import GridSearchCV\n\n"
        'model = GridSearchCV(RandomForestClassifier(), {"n_estimators": [10, 50], "min_samples_leaf": [1, 5]})\n\n'
        "model.fit(X, y)\nprint(model.score(X, y))\n"
    )
    assert not {"larger-forest", "hist-gradient-boosting", "random-search"} & set(slugs(context(text, "model = ")))


def test_target_encoding_needs_the_target() -> None:
    text = (
        "from sklearn.compose import ColumnTransformer\nfrom sklearn.preprocessing import OneHotEncoder\n\n"
        'columns = ColumnTransformer([("c", OneHotEncoder(), ["a"])])\nX = columns.fit_transform(X)\n\nprint(X)\n'
    )
    outcome = rewritten(context(text, "columns = ", role=Role.PREPROCESS), "target-encoding")
    assert isinstance(outcome, NotApplicable) and "target" in outcome.reason


def test_indicator_not_where_columns_are_named_again() -> None:
    text = (
        "import pandas as pd\nfrom sklearn.impute import SimpleImputer\n\nimputer = SimpleImputer()\n"
        "X = pd.DataFrame(imputer.fit_transform(X), columns=X.columns)\n\nprint(X)\n"
    )
    assert "missing-indicator" not in slugs(context(text, "imputer = ", role=Role.PREPROCESS))


def test_dropped_columns_do_not_bring_the_target_back() -> None:
    text = 'import pandas as pd\n\nX = df.select_dtypes("number")\n\ny = df["species"]\nprint(X, y)\n'
    assert "keep-categories" not in slugs(context(text, "X = ", role=Role.FEATURES))


def test_missing_values_stay_filled_for_models_that_need_it() -> None:
    text = (
        "from sklearn.linear_model import Ridge\n\nX = X.fillna(X.mean())\nX = X.clip(0, 1)\n\n"
        "model = Ridge()\nmodel.fit(X, y)\nprint(model.score(X, y))\n"
    )
    assert "keep-missing" not in slugs(context(text, "X = X.fillna", role=Role.CLEAN, metric="r2"))


def test_old_packages_are_respected() -> None:
    text = script("LogisticRegression()")
    old = {"scikit-learn": "1.4.2"}
    assert "tuned-threshold" not in slugs(context(text, "model = ", metric="f1", packages=old))
    assert "lightgbm" not in slugs(context(text, "model = ", packages=old))
    assert "lightgbm" in slugs(context(text, "model = ", packages=old | {"lightgbm": "4.1.0"}))


def test_protected_blocks_get_no_plan() -> None:
    ctx = context(script("LogisticRegression()"), "model = ")
    protected = dataclasses.replace(ctx, block=dataclasses.replace(ctx.block, protected=True))
    assert propose(protected) == ()
    plan = Plan("playbook/hist-gradient-boosting", "target", "", "", "playbook")
    outcome = carry_out(protected, plan)
    assert isinstance(outcome, NotApplicable) and "protected" in outcome.reason


def test_what_splits_or_scores_is_never_rewritten() -> None:
    text = (
        "from sklearn.linear_model import LogisticRegression\nfrom sklearn.model_selection import cross_val_score\n\n"
        "score = cross_val_score(LogisticRegression(), X, y).mean()\n\nprint(score)\n"
    )
    assert propose(context(text, "score = ")) == ()


def test_unknown_plan_is_a_value() -> None:
    ctx = context(script("LogisticRegression()"), "model = ")
    assert isinstance(carry_out(ctx, Plan("playbook/none", "target", "", "", "playbook")), NotApplicable)


def test_names_of_the_script_that_look_like_estimators() -> None:
    text = "class LogisticRegression:\n    pass\n\nmodel = LogisticRegression()\nmodel.fit(X, y)\n"
    assert propose(context(text, "model = ")) == ()


def test_missing_share_is_told() -> None:
    text = (
        "from sklearn.impute import SimpleImputer\nfrom sklearn.pipeline import make_pipeline\n"
        "from sklearn.linear_model import Ridge\n\nmodel = make_pipeline(SimpleImputer(), Ridge())\n\n"
        "model.fit(X, y)\nprint(model.score(X, y))\n"
    )
    columns = (ColumnFact("age", "number", 0, 40), ColumnFact("TotalCharges", "number", 11, 90, skew=0.2))
    fact = FitFact(5, "model.fit", "sklearn.pipeline.Pipeline", "dataframe", 100, 2, columns, missing=11)
    plans = propose(context(text, "model = ", metric="r2", facts=Facts((fact,))))
    why = {p.id: p.why for p in plans}["playbook/missing-indicator"]
    assert "11%" in why and "`TotalCharges`" in why


def test_rare_classes_raise_the_prior() -> None:
    def prior(counts: tuple[int, ...]) -> float:
        fact = FitFact(4, "model.fit", "x.LogisticRegression", "ndarray", 100, 3, target_kind="binary",
                       class_counts=counts)  # fmt: skip
        ctx = context(script("LogisticRegression()"), "model = ", metric="f1", facts=Facts((fact,)))
        return {p.id: p.prior for p in propose(ctx)}["playbook/class-weight"]

    assert prior((5, 95)) > prior((30, 70))
