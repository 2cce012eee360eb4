"""The same strategies on scripts as people write them: in functions, classes, loops, with aliases, tabs and CRLF."""

from __future__ import annotations

import pytest

from cst_tools.types import Direction, Facts, FitFact, Role
from tests.mlestar.playbook.helpers import context, rewritten, slugs

HEAD = "from sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import f1_score\n\n"
TAIL = "\n\nmodel.fit(X_train, y_train)\nprint(f1_score(y_test, model.predict(X_test)))\n"


def only(text: str, before: str, slug: str, after: str, metric: str = "f1") -> None:
    """The strategy changes ``before`` to ``after`` and, but for imports, not one other character."""
    assert text.count(before) == 1
    result = rewritten(context(text, before.strip().splitlines()[0], metric=metric), slug)
    assert isinstance(result, str), result
    expected = text.replace(before, after)
    assert _code(result) == _code(expected)


def _code(text: str) -> str:
    """The text behind its first paragraph, the imports."""
    return text.partition("\r\n\r\n" if "\r\n" in text else "\n\n")[2]


def test_inside_main_keeps_indentation() -> None:
    text = HEAD + (
        "def main():\n    X_train, y_train = load()\n\n"
        "    # the model\n    model = LogisticRegression()\n    model.fit(X_train, y_train)\n\n"
        "    print(f1_score(y_test, model.predict(X_test)))\n\n\nmain()\n"
    )
    only(
        text,
        "    model = LogisticRegression()",
        "class-weight",
        '    model = LogisticRegression(class_weight="balanced")',
    )


def test_long_call_inside_main_is_broken_by_the_script_s_unit() -> None:
    text = HEAD + (
        "def main():\n  if True:\n\n"
        "    model = LogisticRegression(C=0.5, max_iter=1000, penalty='l2', n_jobs=1, random_state=7)\n"
        "    model.fit(X_train, y_train)\n\n    print(f1_score(y_test, model.predict(X_test)))\n"
    )
    result = rewritten(context(text, "model = ", metric="f1"), "class-weight")
    assert isinstance(result, str)
    assert "    model = LogisticRegression(\n      C=0.5,\n      max_iter=1000,\n" in result
    assert "      class_weight='balanced',\n    )\n    model.fit" in result


def test_function_that_builds_the_model() -> None:
    whole = "def build(seed):\n    return LogisticRegression(random_state=seed)"
    text = HEAD + whole + "\n\n\nmodel = build(3)" + TAIL
    ctx = context(text, "", whole=whole, metric="f1")
    result = rewritten(ctx, "hist-gradient-boosting")
    assert isinstance(result, str)
    assert "def build(seed):\n    return HistGradientBoostingClassifier(random_state=seed)\n\n\nmodel" in result


def test_method_of_a_class() -> None:
    text = HEAD + (
        "class Job:\n    def fit(self, X, y):\n\n"
        "        self.model = LogisticRegression()\n        self.model.fit(X, y)\n\n"
        "    def score(self, X, y):\n        return f1_score(y, self.model.predict(X))\n"
    )
    only(
        text,
        "        self.model = LogisticRegression()",
        "tuned-threshold",
        '        self.model = TunedThresholdClassifierCV(LogisticRegression(), scoring="f1")',
    )


def test_cross_validation_loop() -> None:
    text = HEAD + (
        "scores = []\nfor a, b in folds.split(X, y):\n\n    clf = LogisticRegression()\n    clf.fit(X[a], y[a])\n\n"
        "    scores.append(f1_score(y[b], clf.predict(X[b])))\n"
    )
    only(
        text,
        "    clf = LogisticRegression()",
        "hist-gradient-boosting",
        "    clf = HistGradientBoostingClassifier()",
    )


def test_crlf_and_tabs() -> None:
    text = (
        HEAD
        + "def main():\n\n\tmodel = LogisticRegression(\n\t\tC=1.0\n\t)\n\n\tprint(f1_score(y, model.predict(X)))\n"
    )
    text = text.replace("\n", "\r\n")
    only(
        text,
        "\tmodel = LogisticRegression(\r\n\t\tC=1.0\r\n\t)",
        "class-weight",
        '\tmodel = LogisticRegression(\r\n\t\tC=1.0,\r\n\t\tclass_weight="balanced"\r\n\t)',
    )


def test_comments_in_the_call_stay_where_they_are() -> None:
    text = HEAD + "model = LogisticRegression(\n    C=1.0,  # from the paper\n    max_iter=500,  # enough\n)" + TAIL
    only(
        text,
        "    max_iter=500,  # enough\n)",
        "class-weight",
        '    max_iter=500,  # enough\n    class_weight="balanced",\n)',
    )


def test_single_quotes_stay_single() -> None:
    text = HEAD + "a = 'x', 'y'\n\nmodel = LogisticRegression(solver='lbfgs')" + TAIL
    only(
        text,
        "model = LogisticRegression(solver='lbfgs')",
        "class-weight",
        "model = LogisticRegression(solver='lbfgs', class_weight='balanced')",
    )


@pytest.mark.parametrize(
    ("imports", "written", "expected"),
    [
        ("import sklearn.ensemble as se", "se.RandomForestClassifier", "se.HistGradientBoostingClassifier"),
        ("from sklearn import ensemble", "ensemble.RandomForestClassifier", "ensemble.HistGradientBoostingClassifier"),
        (
            "import sklearn.ensemble",
            "sklearn.ensemble.RandomForestClassifier",
            "sklearn.ensemble.HistGradientBoostingClassifier",
        ),
        ("from sklearn.ensemble import RandomForestClassifier as RF", "RF", "HistGradientBoostingClassifier"),
        ("from sklearn.ensemble import *", "RandomForestClassifier", "HistGradientBoostingClassifier"),
        (
            "from sklearn.ensemble import HistGradientBoostingClassifier as HGB, RandomForestClassifier",
            "RandomForestClassifier",
            "HGB",
        ),
    ],
)  # fmt: skip
def test_import_styles(imports: str, written: str, expected: str) -> None:
    text = f"{imports}\n\nmodel = {written}(random_state=1)\nmodel.fit(X, y)\n\nprint(model.score(X, y))\n"
    result = rewritten(context(text, "model = "), "hist-gradient-boosting")
    assert isinstance(result, str), result
    assert f"model = {expected}(random_state=1)\n" in result
    added = expected == "HistGradientBoostingClassifier"
    assert ("from sklearn.ensemble import HistGradientBoostingClassifier\n" in result) == added


def test_import_inside_another_function_is_not_used() -> None:
    text = (
        "from sklearn.linear_model import Ridge\n\n"
        "def other():\n    from sklearn import ensemble\n    return ensemble\n\n"
        "model = Ridge()\nmodel.fit(X, y)\n\nprint(model.score(X, y))\n"
    )
    result = rewritten(context(text, "model = Ridge", metric="r2"), "hist-gradient-boosting")
    assert isinstance(result, str)
    assert "model = HistGradientBoostingRegressor()" in result
    assert result.startswith("from sklearn.ensemble import HistGradientBoostingRegressor\n\ndef other")


def test_parameters_in_a_dictionary_block_of_their_own() -> None:
    text = (
        "import lightgbm as lgb\n\nparams = {\n    'num_leaves': 63,  # wide\n}\n\n"
        "model = lgb.LGBMRegressor(**params)\nmodel.fit(X, y)\n\nprint(model.score(X, y))\n"
    )
    result = rewritten(context(text, "params = ", metric="r2"), "smaller-boosted-trees")
    assert isinstance(result, str), result
    assert "params = {\n    'num_leaves': 8,  # wide\n    'reg_lambda': 1.0,\n}\n" in result


def test_values_from_outside_are_left_alone() -> None:
    text = (
        "from sklearn.ensemble import RandomForestClassifier\n\n"
        "model = RandomForestClassifier(n_estimators=args.trees)\nmodel.fit(X, y)\n\nprint(model.score(X, y))\n"
    )
    result = rewritten(context(text, "model = "), "larger-forest")
    assert isinstance(result, str)
    assert "RandomForestClassifier(n_estimators=args.trees, min_samples_leaf=2)" in result


def test_optuna_uses_free_names_and_knows_the_data() -> None:
    text = (
        "from sklearn.linear_model import Ridge\n\ndef objective(x):\n    return x\n\n"
        "def run(A, b):\n\n    m = Ridge(alpha=2.0)\n    m.fit(A, b)\n\n    return m\n"
    )
    ctx = context(text, "m = Ridge", metric="rmse", direction=Direction.MINIMIZE, packages={"optuna": "4.1.0"})
    result = rewritten(ctx, "optuna-search")
    assert isinstance(result, str), result
    assert "    def objective_2(trial):\n        candidate = Ridge(\n" in result
    assert 'return cross_val_score(candidate, A, b, cv=3, scoring="neg_root_mean_squared_error").mean()' in result
    assert "    m = Ridge(**study.best_params)\n    m.fit(A, b)\n" in result


def test_plans_are_sorted_and_carry_a_reason() -> None:
    from mlestar.playbook import propose

    text = HEAD + "model = LogisticRegression()" + TAIL
    plans = propose(context(text, "model = ", metric="f1"))
    assert len(plans) >= 4
    assert [p.prior for p in plans] == sorted((p.prior for p in plans), reverse=True)
    assert all(p.why.endswith(".") and p.source == "playbook" and p.id.startswith("playbook/") for p in plans)


def test_role_decides_which_strategies_are_asked() -> None:
    text = HEAD + "model = LogisticRegression()" + TAIL
    assert "hist-gradient-boosting" not in slugs(context(text, "model = ", role=Role.CLEAN))


def test_a_name_that_means_something_else_is_not_taken() -> None:
    text = (
        "from sklearn.neighbors import KNeighborsRegressor\nfrom mylib import make_pipeline\n\n"
        "model = KNeighborsRegressor()\nmodel.fit(X, y)\n\nprint(model.score(X, y))\n"
    )
    result = rewritten(context(text, "model = ", metric="r2"), "scale-inputs")
    assert isinstance(result, str), result
    assert "from sklearn.pipeline import make_pipeline as sklearn_make_pipeline\n" in result
    assert "model = sklearn_make_pipeline(StandardScaler(), KNeighborsRegressor())\n" in result


def test_attributes_of_other_objects_do_not_count() -> None:
    whole = "def build():\n    return LogisticRegression()"
    text = HEAD + whole + "\n\n\nX = X.apply(args.alpha).transform(scaler)\nmodel = build()" + TAIL
    assert "hist-gradient-boosting" in slugs(context(text, "", whole=whole, metric="f1"))
    inspected = text + "print(model.coef_)\n"
    assert "hist-gradient-boosting" not in slugs(context(inspected, "", whole=whole, metric="f1"))


def test_of_alternatives_the_one_that_was_fitted_is_rewritten() -> None:
    whole = "def build(kind):\n    if kind:\n        return LogisticRegression()\n    return Perceptron()"
    text = (
        HEAD.replace("LogisticRegression", "LogisticRegression, Perceptron") + whole + "\n\n\nmodel = build(1)" + TAIL
    )
    fact = FitFact(9, "model.fit", "sklearn.linear_model._logistic.LogisticRegression", "ndarray", 900, 4)
    result = rewritten(context(text, "", whole=whole, facts=Facts((fact,))), "hist-gradient-boosting")
    assert isinstance(result, str), result
    assert "return HistGradientBoostingClassifier()\n    return Perceptron()\n" in result


def test_asking_again_is_answered_from_memory_until_something_changes() -> None:
    from mlestar.playbook import propose

    text = HEAD + "model = LogisticRegression()" + TAIL
    plans = propose(context(text, "model = ", metric="f1"))
    assert propose(context(text, "model = ", metric="f1")) is plans
    assert propose(context(text, "model = ", metric="accuracy")) != plans
    fact = FitFact(4, "model.fit", "x.LogisticRegression", "sparse", 900, 4000)
    watched = propose(context(text, "model = ", metric="f1", facts=Facts((fact,))))
    assert "playbook/hist-gradient-boosting" not in {plan.id for plan in watched}


def test_a_name_that_the_rewrite_leaves_without_use_goes() -> None:
    text = HEAD + "model = LogisticRegression()" + TAIL
    result = rewritten(context(text, "model = ", metric="f1"), "hist-gradient-boosting")
    assert isinstance(result, str)
    assert result.startswith(
        "from sklearn.ensemble import HistGradientBoostingClassifier\nfrom sklearn.metrics import f1_score\n\nmodel"
    )
    module = HEAD + "def build():\n    model = LogisticRegression()\n    return model\n"
    whole = module[module.index("def") :].rstrip()
    kept = rewritten(context(module, "", whole=whole, metric="f1"), "hist-gradient-boosting")
    assert isinstance(kept, str) and HEAD.strip() in kept


COLUMNS = (
    "from sklearn.compose import ColumnTransformer\nfrom sklearn.linear_model import Ridge\n"
    "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import OneHotEncoder\n\n"
)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (
            "pre = ColumnTransformer([('c', OneHotEncoder(), ['a'])])\n\nmodel = make_pipeline(pre, Ridge())\n",
            "model = make_pipeline(pre.set_params(sparse_threshold=0), HistGradientBoostingRegressor())\n",
        ),
        (
            "pre = ColumnTransformer([('c', OneHotEncoder(), ['a'])])\nmodel = make_pipeline(pre, Ridge())\n",
            (
                "pre = ColumnTransformer([('c', OneHotEncoder(), ['a'])], sparse_threshold=0)\n"
                "model = make_pipeline(pre, HistGradientBoostingRegressor())\n"
            ),
        ),
        (
            "model = make_pipeline(ColumnTransformer([('c', OneHotEncoder(), ['a'])]), Ridge())\n",
            "ColumnTransformer([('c', OneHotEncoder(), ['a'])], sparse_threshold=0)",
        ),
        ("model = make_pipeline(load_columns(), Ridge())\nprint(OneHotEncoder())\n", None),
        ("model = make_pipeline(OneHotEncoder(), Ridge())\n", None),
    ],
)
def test_columns_of_the_same_pipeline_are_kept_dense_for_boosting(model: str, expected: str | None) -> None:
    text = COLUMNS + model + "\nmodel.fit(X, y)\nprint(model.score(X, y))\n"
    result = rewritten(context(text, "model = ", metric="r2"), "hist-gradient-boosting")
    if expected is None:
        assert not isinstance(result, str)
    else:
        assert isinstance(result, str), result
        assert expected in result
