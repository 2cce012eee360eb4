"""Mechanical ablation: each role's block weakened, before and after, with the rest of the script untouched."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from cst_tools.ablation import MAX_VARIANTS, Variant, ablation_variants
from cst_tools.analysis import Analysis, analyse
from cst_tools.edits import apply_patches
from cst_tools.gates import structural
from cst_tools.script import Script

CORPUS = Path(__file__).parent.parent / "corpus" / "scripts"

HEAD = """\
import numpy as np
import pandas as pd
from sklearn.ensemble import *
from sklearn.linear_model import *
from sklearn.metrics import accuracy_score
from sklearn.model_selection import *
from sklearn.pipeline import *
from sklearn.preprocessing import *

df = pd.read_csv("data.csv")
"""
SPLIT = """
X = df.drop(columns=["target"])
y = df["target"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
"""
MODEL = """
model = LogisticRegression(C=0.05, max_iter=300, random_state=1)
"""
TAIL = """
model.fit(X_train, y_train)
p = model.predict(X_test)
print("accuracy", accuracy_score(y_test, p))
"""


def variants(code: str) -> tuple[Analysis, tuple[Variant, ...]]:
    analysis = analyse(Script.parse(code))
    assert analysis.objective is not None, analysis.no_objective_reason
    return analysis, ablation_variants(analysis)


def changed_lines(analysis: Analysis, variant: Variant) -> tuple[set[str], set[str]]:
    applied = apply_patches(analysis.script, analysis.blocks, variant.patches)
    assert not isinstance(applied, str), applied
    before, after = analysis.script.text.splitlines(), applied.text.splitlines()
    return {line.strip() for line in before if line not in after}, {
        line.strip() for line in after if line not in before
    }


def only(code: str, kind: str) -> tuple[set[str], set[str], str]:
    analysis, found = variants(code)
    chosen = [v for v in found if v.kind == kind]
    assert chosen, [(v.kind, v.description) for v in found]
    return (*changed_lines(analysis, chosen[0]), chosen[0].description)


def test_new_columns_are_left_out_and_the_target_stays() -> None:
    features = (
        'df["age_group"] = pd.cut(df["age"], bins=3, labels=False)\ndf["ratio"] = df["a"] / df["b"]\n'
        'df["target"] = (df["income"] > 5).astype(int)\n'
    )
    gone, new, words = only(HEAD + features + SPLIT + MODEL + TAIL, "removed")
    assert 'df["ratio"] = df["a"] / df["b"]' in gone and new <= {"pass"}
    assert not any("target" in line for line in gone)
    assert "age_group" in words and "ratio" in words


def test_a_column_that_is_read_later_stays() -> None:
    code = (
        HEAD
        + 'df["ratio"] = df["a"] / df["b"]\ndf["other"] = df["a"] * 2\n'
        + SPLIT
        + 'X_train = X_train[["ratio", "a"]]\n'
    )
    analysis, found = variants(code + MODEL + TAIL)
    for variant in found:
        assert 'df["ratio"] = df["a"] / df["b"]' not in changed_lines(analysis, variant)[0]


def test_row_filters_go_and_column_drops_stay() -> None:
    clean = 'df = df[df["age"] > 0]\ndf = df.drop_duplicates()\ndf = df.drop(columns=["id"])\n'
    gone, _, _ = only(HEAD + clean + SPLIT + MODEL + TAIL, "removed")
    assert 'df = df[df["age"] > 0]' in gone and 'df = df.drop(columns=["id"])' not in gone


def test_rows_without_a_target_are_dropped_in_every_variant() -> None:
    clean = 'df = df[df["target"].notna()]\ndf["age"] = df["age"].fillna(df["age"].mean())\n'
    analysis, found = variants(HEAD + clean + SPLIT + MODEL + TAIL)
    for variant in found:
        assert 'df = df[df["target"].notna()]' not in changed_lines(analysis, variant)[0]


def test_a_scaler_passes_through_for_train_and_test_alike() -> None:
    scale = "scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)\n"
    gone, new, words = only(HEAD + SPLIT + scale + MODEL + TAIL, "passthrough")
    assert gone == {"scaler = StandardScaler()"}
    assert "scaler = FunctionTransformer()" in new and "StandardScaler" in words


def test_pipeline_steps_pass_through() -> None:
    model = 'model = Pipeline([("scale", StandardScaler()), ("clf", LogisticRegression(C=9))])\n'
    _, new, _ = only(HEAD + SPLIT + model + TAIL, "passthrough")
    assert new == {'model = Pipeline([("scale", "passthrough"), ("clf", LogisticRegression(C=9))])'}
    made = "model = make_pipeline(StandardScaler(), LogisticRegression(C=9))\n"
    _, new, _ = only(HEAD + SPLIT + made + TAIL, "passthrough")
    assert 'model = make_pipeline("passthrough", LogisticRegression(C=9))' in new


def test_a_feature_function_returns_its_input() -> None:
    function = (
        'def add_features(df):\n    """Doc."""\n    df = df.copy()\n    df["r"] = df["a"] / df["b"]\n    return df\n\n'
        "df = add_features(df)\n"
    )
    gone, new, words = only(HEAD + function + SPLIT + MODEL + TAIL, "identity")
    assert 'df["r"] = df["a"] / df["b"]' in gone and new <= {"return df"} and "add_features" in words


def test_a_function_that_builds_something_else_is_not_cut_short() -> None:
    function = (
        "def make_features(df):\n    out = pd.DataFrame(index=df.index)\n"
        '    out["r"] = df["a"] / df["b"]\n    out["a"] = df["a"]\n    return out\n\nX = make_features(df)\n'
    )
    split = 'y = df["target"]\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\n'
    analysis, found = variants(HEAD + function + split + MODEL + TAIL)
    assert not any(v.kind == "identity" for v in found)
    for variant in found:
        assert 'out["a"] = df["a"]' not in changed_lines(analysis, variant)[0]


MODELS = [
    (
        "model = LogisticRegression(C=0.05, max_iter=300, random_state=1)",
        "model = LogisticRegression(max_iter=300, random_state=1)",
        "model = DummyClassifier()",
    ),
    (
        "model = RandomForestClassifier(500, max_depth=3, n_jobs=2, random_state=1)",
        "model = RandomForestClassifier(n_jobs=2, random_state=1)",
        "model = DecisionTreeClassifier(max_depth=4, random_state=0)",
    ),
    (
        "model = GradientBoostingRegressor(learning_rate=0.01)",
        "model = GradientBoostingRegressor()",
        "model = DecisionTreeRegressor(max_depth=4, random_state=0)",
    ),
    ("model = Ridge(alpha=30)", "model = Ridge()", "model = DummyRegressor()"),
]


@pytest.mark.parametrize(("model", "defaulted", "simpler"), MODELS)
def test_models(model: str, defaulted: str, simpler: str) -> None:
    code = HEAD + SPLIT + model + "\n" + TAIL
    assert defaulted in only(code, "defaults")[1]
    _, new, words = only(code, "reference")
    assert simpler in new and any(line.startswith("from sklearn.") and "import D" in line for line in new)
    assert "replaced by" in words


def test_arguments_at_their_defaults_measure_nothing() -> None:
    _, found = variants(HEAD + SPLIT + "model = LogisticRegression(C=1.0, max_iter=500)\n" + TAIL)
    assert not any(v.kind == "defaults" for v in found)


def test_a_parameter_dictionary_loses_its_hyper_parameters() -> None:
    model = 'params = {"max_depth": 3, "random_state": 1}\nmodel = RandomForestClassifier(**params)\n'
    _, new, words = only(HEAD + SPLIT + model + TAIL, "defaults")
    assert 'params = {"random_state": 1}' in new and "max_depth" in words


def test_weights_and_resampling_and_epochs_go() -> None:
    weighted = "model = LogisticRegression(class_weight='balanced')\n"
    assert "model = LogisticRegression()" in only(HEAD + SPLIT + weighted + TAIL, "unweighted")[1]


def test_a_search_searches_nothing() -> None:
    tune = "model = GridSearchCV(LogisticRegression(), {'C': [1, 10]}, cv=3)\n"
    assert "model = GridSearchCV(LogisticRegression(), {}, cv=3)" in only(HEAD + SPLIT + tune + TAIL, "untuned")[1]


def test_an_ensemble_of_one() -> None:
    vote = 'model = VotingClassifier([("a", LogisticRegression()), ("b", RandomForestClassifier())], weights=[1, 2])\n'
    _, new, _ = only(HEAD + SPLIT + vote + TAIL, "first-member")
    assert 'model = VotingClassifier([("a", LogisticRegression())])' in new


def test_averaged_predictions_become_the_first() -> None:
    tail = (
        "a = LogisticRegression().fit(X_train, y_train)\nb = RandomForestClassifier().fit(X_train, y_train)\n"
        "pa = a.predict_proba(X_test)[:, 1]\npb = b.predict_proba(X_test)[:, 1]\nblend = 0.3 * pa + 0.7 * pb\n"
        'print("accuracy", accuracy_score(y_test, blend > 0.5))\n'
    )
    _, new, _ = only(HEAD + SPLIT + tail, "first-member")
    assert "blend = pa" in new


def all_scripts() -> list[Path]:
    return sorted([*CORPUS.rglob("*.py"), *CORPUS.rglob("*.ipynb"), *(CORPUS.parents[2] / "examples").glob("*.py")])


@pytest.mark.parametrize("path", all_scripts(), ids=lambda p: p.name)
def test_variants_of_real_scripts_hold_the_gates(path: Path) -> None:
    analysis = analyse(Script.parse(path.read_text("utf-8"), path.name))
    found = ablation_variants(analysis)
    protected = {b.id for b in analysis.blocks if b.protected} - {"imports"}
    texts = set()
    for variant in found:
        assert not {p.block_id for p in variant.patches} & protected
        applied = apply_patches(analysis.script, analysis.blocks, variant.patches)
        assert not isinstance(applied, str), applied
        assert applied.text != analysis.script.text
        assert structural(analysis, applied.text, variant.patches) is None
        assert variant.description and "\n" not in variant.description
        texts.add((variant.block_id, applied.text))
    assert len(texts) == len(found)
    for block in analysis.blocks:
        assert sum(v.block_id == block.id for v in found) <= MAX_VARIANTS


def test_no_objective_or_no_tree_gives_no_variants() -> None:
    assert ablation_variants(analyse(Script.parse("x = 1\n"))) == ()
    assert ablation_variants(analyse(Script.parse("x = (\n"))) == ()


RUNNABLE = """\
import pandas as pd
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = load_wine(as_frame=True).frame
df = df[df["alcohol"] > 11.2]
df["ratio"] = df["alcohol"] / df["ash"]
X = df.drop(columns=["target"])
y = df["target"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
model = RandomForestClassifier(n_estimators=7, max_depth=3, class_weight="balanced", random_state=0)
model.fit(X_train, y_train)
pred = model.predict(X_test)
print("f1", f1_score(y_test, pred, average="macro"))
"""


def test_variants_run() -> None:
    analysis, found = variants(RUNNABLE)
    assert {v.kind for v in found} >= {"removed", "passthrough", "defaults", "reference", "unweighted"}
    programs = []
    for variant in found:
        applied = apply_patches(analysis.script, analysis.blocks, variant.patches)
        assert not isinstance(applied, str)
        ast.parse(applied.text)
        programs.append(applied.text)
    runner = (
        "import ast, sys\nfor code in ast.literal_eval(sys.stdin.read()):\n    exec(code, {'__name__': '__main__'})\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", runner],
        input=repr(programs),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("f1 ") == len(found)


def test_what_is_done_to_both_halves_goes_from_both_or_from_neither() -> None:
    code = (
        HEAD
        + "def more(t):\n    t['ratio'] = t['a'] / t['b']\n    return t\n\n\n"
        + "lern, rest = train_test_split(df)\nlern = more(lern)\nrest = more(rest)\n"
        + "model = SVC()\nmodel.fit(lern[['a', 'b']], lern['target'])\n"
        + "print(accuracy_score(rest['target'], model.predict(rest[['a', 'b']])))\n"
    )
    analysis, found = variants(code)
    for variant in found:
        gone, _ = changed_lines(analysis, variant)
        assert ("lern = more(lern)" in gone) == ("rest = more(rest)" in gone), variant


def test_a_part_of_a_date_is_a_column_of_its_own() -> None:
    code = HEAD + "df['month'] = df.date.dt.month\nfeats = ['month', 'a']\n" + SPLIT + MODEL
    code += "model.fit(X_train[feats], y_train)\nprint(accuracy_score(y_test, model.predict(X_test[feats])))\n"
    analysis, found = variants(code)
    assert not [v for v in found if "df['month'] = df.date.dt.month" in changed_lines(analysis, v)[0]]
