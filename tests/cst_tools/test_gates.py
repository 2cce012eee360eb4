"""What a variant may not do, each refused in a sentence; and what it may."""

from __future__ import annotations

import pytest

from cst_tools.analysis import Analysis, analyse
from cst_tools.edits import apply_patches, import_patch, make_patch
from cst_tools.gates import check_variant
from cst_tools.gates_evaluation import evaluation_names
from cst_tools.script import Script
from cst_tools.types import ObjectiveKind, Patch, Role

CODE = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def add_features(df, power=2):
    df["x2"] = df["x"] ** power
    return df


df = pd.read_csv("data.csv")
df = add_features(df)

X = df.drop(columns=["target"])
y = df["target"]

X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

model = LogisticRegression(C=2)

model.fit(X_train, y_train)

pred = model.predict(X_test)

print("accuracy", accuracy_score(y_test, pred))
"""


def before() -> Analysis:
    analysis = analyse(Script.parse(CODE))
    assert analysis.objective is not None
    return analysis


def block_with(analysis: Analysis, text: str) -> str:
    return next(b.id for b in analysis.blocks if text in analysis.script.slice(b.span))


def judge(analysis: Analysis, where: str, old: str, new: str, *imports: str) -> object:
    block = analysis.block(block_with(analysis, where))
    assert block is not None
    source = analysis.script.slice(block.span)
    assert old in source
    patches = [make_patch(analysis.script, block, source.replace(old, new))]
    if imports:
        more = import_patch(analysis.script, analysis.blocks, imports)
        assert isinstance(more, Patch)
        patches.append(more)
    applied = apply_patches(analysis.script, analysis.blocks, patches)
    assert not isinstance(applied, str), applied
    return check_variant(analysis, applied.text, patches)


MODEL = "model = LogisticRegression(C=2)"


def test_a_fair_change_passes_and_the_objective_is_found_again() -> None:
    result = judge(before(), MODEL, MODEL, "model = SVC(\n    C=3,\n)", "from sklearn.svm import SVC")
    assert isinstance(result, tuple), result
    analysis, objective = result
    assert objective.span is not None
    assert analysis.script.slice(objective.span) == objective.expression == "accuracy_score(y_test, pred)"
    assert analysis.objective == objective


CHEATS = [
    (MODEL, MODEL + "\naccuracy_score = lambda a, b: 1.0", "accuracy_score"),
    (MODEL, MODEL + "\ny_test[:] = 1", "true values"),
    (MODEL, MODEL + "\ny_test = y_test * 0", "true values"),
    (MODEL, MODEL + "\n__mlestar_report__ = print", "__mlestar_report__"),
    (MODEL, MODEL + "\nimport builtins\nsetattr(builtins, '__mlestar_report__', max)", "builtins"),
    (MODEL, MODEL + "\nimport sklearn.metrics\nsklearn.metrics.accuracy_score = max", "evaluation uses"),
    (MODEL, MODEL + "\nprint = max", "rebinds 'print'"),
    (MODEL, MODEL + "\nsum = max", "builtin 'sum'"),
    (MODEL, MODEL + "\nmodel.fit(X_test, y_test)", "y_test"),
    (MODEL, MODEL + "\ndf['target'] = 0", "true values"),
    (MODEL, MODEL + "\nfrom math import sqrt as accuracy_score", "accuracy_score"),
    (MODEL, MODEL + "\ndef accuracy_score(a, b):\n    return 1", "accuracy_score"),
    (MODEL, MODEL + "\nfor y_test in [1]: pass", "true values"),
    (MODEL, "other = LogisticRegression()", "no longer defines 'model'"),
    (MODEL, "model = Undefined()", "'Undefined'"),
    ("    return df", "    df.head()", "no longer returns"),
    ("def add_features(df, power=2)", "def add_features(df)", "parameters"),
    ("def add_features(df, power=2)", "def better(df, power=2)", "no longer defines 'add_features'"),
    ("accuracy_score(y_test, pred)", "accuracy_score(pred, pred)", "protected"),
    ("random_state=0", "random_state=1", "protected"),
]


@pytest.mark.parametrize(("old", "new", "words"), CHEATS, ids=[c[1][-40:] for c in CHEATS])
def test_refused(old: str, new: str, words: str) -> None:
    result = judge(before(), old, old, new)
    assert isinstance(result, str), "passed"
    assert words in result and result.endswith((".", "\n")) and len(result) < 400


def test_what_does_not_parse_is_refused() -> None:
    analysis = before()
    result = check_variant(analysis, CODE + "x = (\n", ())
    assert isinstance(result, str) and "parsed" in result


def test_an_edit_of_protected_lines_without_a_patch_is_refused() -> None:
    analysis = before()
    result = check_variant(analysis, CODE.replace("accuracy_score(y_test, pred)", "1.0"), ())
    assert isinstance(result, str) and "protected" in result


def test_a_new_finding_is_refused_and_an_old_one_is_not() -> None:
    analysis = before()
    result = judge(
        analysis,
        'X = df.drop(columns=["target"])',
        'X = df.drop(columns=["target"])',
        'X = df.drop(columns=["target"])\nX = StandardScaler().fit_transform(X)',
    )
    assert isinstance(result, str) and "finding" in result
    leaky = CODE.replace("\nX_train, X_test", "\nX = StandardScaler().fit_transform(X)\nX_train, X_test")
    again = analyse(Script.parse(leaky))
    kept = judge(again, MODEL, MODEL, "model = LogisticRegression(C=5)")
    assert isinstance(kept, tuple), kept


def test_a_proposed_objective_is_proposed_again() -> None:
    code = CODE.replace('print("accuracy", accuracy_score(y_test, pred))\n', "")
    analysis = analyse(Script.parse(code))
    assert analysis.objective is not None and analysis.objective.kind is ObjectiveKind.PROPOSED
    result = judge(analysis, MODEL, MODEL, "model = LogisticRegression(\n    C=5\n)")
    assert isinstance(result, tuple), result
    objective = result[1]
    assert objective.metric == analysis.objective.metric
    assert objective.span is not None and analysis.objective.span is not None
    assert objective.span.start > analysis.objective.span.start


def test_no_objective_no_judgement() -> None:
    analysis = analyse(Script.parse("x = 1\n"))
    result = check_variant(analysis, "x = 2\n", ())
    assert isinstance(result, str) and "objective" in result


def test_what_the_evaluation_stands_on() -> None:
    names = evaluation_names(before())
    assert names.truth >= {"y_test"} and "pred" not in names.truth
    assert names.held_out == {"y_test"}
    assert "accuracy_score" in names.callables
    assert names.target_columns == {"target"}


def test_the_protected_blocks_of_the_script_are_what_the_test_assumes() -> None:
    roles = {b.role for b in before().blocks if b.protected}
    assert {Role.SPLIT, Role.EVALUATE} <= roles


def test_imports_may_be_added_and_not_exchanged() -> None:
    analysis = before()
    same = "from sklearn.metrics import accuracy_score"
    added = judge(analysis, same, same, same + "\nfrom sklearn.svm import SVC")
    assert isinstance(added, tuple), added
    for other, words in (
        ("from sklearn.metrics import f1_score as accuracy_score", "import"),
        (same + "\nfrom elsewhere import accuracy_score", "another 'accuracy_score'"),
        (same + "\nprint(1)", "only imports"),
    ):
        result = judge(analysis, same, same, other)
        assert isinstance(result, str) and words in result, result


def test_a_hand_written_metric_function_stays() -> None:
    function = "def add_features"
    code = CODE.replace("accuracy_score(y_test, pred)", "share(y_test, pred)").replace(
        function, "def share(a, b):\n    return (a == b).mean()\n\n\n" + function
    )
    analysis = analyse(Script.parse(code))
    result = judge(analysis, "def share", "(a == b).mean()", "(a == a).mean()")
    assert isinstance(result, str) and ("protected" in result or "objective" in result)
