"""Edits of the preprocessing family: what they leave alone, and where they are not offered as safe."""

from __future__ import annotations

import io
import json
import tokenize
from collections import Counter
from pathlib import Path

import pytest

from cst_tools.edits import apply_edits
from cst_tools.rules import RULES, check
from cst_tools.rules.examples import SPLIT, program, split_program
from cst_tools.rules.fixing import fix_all
from cst_tools.script import Script
from cst_tools.types import Finding, Fix, FixClass, Severity

LEAKY = sorted((Path(__file__).resolve().parents[2] / "corpus" / "leakage" / "leaky").glob("*.py"))
FAMILY = tuple(f"L1{number:02}" for number in range(1, 12))
EXAMPLES = [
    *(pytest.param(path.read_text(encoding="utf-8"), id=path.stem) for path in LEAKY),
    *(
        pytest.param(text, id=f"{rule.code}-{number}")
        for rule in RULES
        if rule.code in FAMILY
        for number, text in enumerate(rule.INVALID)
    ),
]


def family(text: str) -> list[Finding]:
    findings = check(Script.parse(text))
    return [f for f in findings if f.code in FAMILY and f.severity is not Severity.INFORMATION]


def fixes(text: str) -> list[Fix]:
    return [f.fix for f in family(text) if f.fix is not None and f.fix.edits]


def with_comments(text: str) -> str:
    """A comment of its own behind every statement that has none."""
    lines = text.splitlines()
    ends = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.NEWLINE]
    for token in ends:
        line = lines[token.start[0] - 1]
        if "#" not in line and not line.endswith("\\"):
            lines[token.start[0] - 1] = f"{line}  # note {token.start[0]}"
    return "\n".join(lines) + "\n"


def comments(text: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return Counter(t.string for t in tokens if t.type == tokenize.COMMENT)


@pytest.mark.parametrize("text", EXAMPLES)
def test_a_fixed_program_compiles_and_keeps_every_comment(text: str) -> None:
    noted = with_comments(text)
    for fix in fixes(noted):
        after = apply_edits(noted, fix.edits)
        compile(after, "program", "exec")
        assert comments(after) == comments(noted)
        assert max(map(len, after.splitlines())) <= max(120, *map(len, noted.splitlines()))


@pytest.mark.parametrize("text", EXAMPLES)
def test_line_ends_stay_what_they_are(text: str) -> None:
    plain, windows = fixes(text), fixes(text.replace("\n", "\r\n"))
    assert [f.title for f in plain] == [f.title for f in windows]
    for one, other in zip(plain, windows, strict=True):
        expected = apply_edits(text, one.edits).replace("\n", "\r\n")
        assert apply_edits(text.replace("\n", "\r\n"), other.edits) == expected


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_finding_says_what_to_do(text: str) -> None:
    for finding in family(text):
        assert finding.fix is not None
        assert finding.fix.title
        assert bool(finding.fix.edits) is (finding.fix.safety is not FixClass.EXPLAIN)


def test_inside_a_function_edits_keep_its_indentation() -> None:
    body = split_program("X = (X - X.mean()) / X.std()\n")
    head, _, rest = body.partition("df = ")
    text = head + "def main():\n" + "".join(f"    {line}\n" for line in f"df = {rest}".splitlines()) + "\n\nmain()\n"
    (fix,) = fixes(text)
    assert fix.safety is FixClass.SAFE
    after = apply_edits(text, fix.edits)
    assert "    X_test = (X_test - X_train.mean()) / X_train.std()\n" in after
    assert "    X_train = (X_train - X_train.mean()) / X_train.std()\n" in after


def cells(*sources: str) -> str:
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
                for source in sources
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


LOAD, FIT = program("").rstrip("\n"), "model = LogisticRegression()\nmodel.fit(X_train, y_train)"
SCORE = "print(accuracy_score(y_test, model.predict(X_test)))"


@pytest.mark.parametrize(
    ("sources", "safety"),
    [
        ((LOAD, f"X = StandardScaler().fit_transform(X)\n{SPLIT.strip()}", FIT, SCORE), FixClass.SAFE),
        ((LOAD, f"# scaled\nX = StandardScaler().fit_transform(X)\n{SPLIT}", FIT, SCORE), FixClass.SAFE),
        ((LOAD, "y.head()\nX = StandardScaler().fit_transform(X)", SPLIT.strip(), FIT, SCORE), FixClass.REVIEW),
        ((LOAD, "X = (X - X.mean()) / X.std()\ny.head()", "%time\n" + SPLIT.strip(), FIT, SCORE), FixClass.REVIEW),
    ],
)
def test_in_notebooks_edits_stay_inside_cells(sources: tuple[str, ...], safety: FixClass) -> None:
    script = Script.parse(cells(*sources), "study.ipynb")
    (finding,) = [f for f in check(script) if f.severity is not Severity.INFORMATION]
    assert finding.fix is not None
    assert finding.fix.safety is safety
    assert all(script.cell_of(edit.span) is not None for edit in finding.fix.edits)
    fixed = fix_all(script, classes={FixClass.SAFE, FixClass.REVIEW}).script
    assert len(fixed.cells) == len(sources)
    assert [f.code for f in check(fixed) if f.severity is not Severity.INFORMATION] == []
    untouched = [s for s in sources if "X = " not in s and "train_test_split(" not in s]
    assert [fixed.slice(c) for c in fixed.cells if fixed.slice(c) in untouched] == untouched


NOT_SAFE = {
    "the scaled table is used once more": split_program("X = StandardScaler().fit_transform(X)\n")
    + "print(model.predict(X))\n",
    "the scaled table is kept under another name": split_program(
        "Z = StandardScaler().fit_transform(X)\nkept = Z\nX = Z\n"
    )
    + "print(kept)\n",
    "what is scaled is another table by then": split_program(
        "Z = StandardScaler().fit_transform(X)\nX = X.drop(columns=['a'])\nX = Z\n"
    ),
    "rows are dropped in between": split_program("X = StandardScaler().fit_transform(X)\nX = X[10:]\ny = y[10:]\n"),
    "an unknown function in between": split_program("X = StandardScaler().fit_transform(X)\nX = improve(X)\n"),
    "in a loop": program(
        "for seed in range(3):\n    X = StandardScaler().fit_transform(X)\n"
        "    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=seed)\n"
        "    model = LogisticRegression().fit(X_train, y_train)\n    print(model.score(X_test, y_test))\n"
    ),
    "one of two branches": split_program("if len(X) > 3:\n    X = StandardScaler().fit_transform(X)\n"),
    "columns nobody can name": program(
        "df[names] = StandardScaler().fit_transform(df[names])\nX = df.drop(columns=['y'])\ny = df['y']\n"
    )
    + SPLIT
    + f"{FIT}\n{SCORE}\n",
    "no transform without fitting": split_program("from sklearn.manifold import TSNE\nX = TSNE(2).fit_transform(X)\n"),
    "inside a function without a name": split_program("X = X.apply(lambda c: (c - c.mean()) / c.std())\n"),
    "next to columns of another table": split_program(
        "num = StandardScaler().fit_transform(X[['a']])\ncat = pd.get_dummies(X['b'])\nX = np.hstack([num, cat])\n"
    ),
    "kept in a dictionary": split_program("X = StandardScaler().fit_transform(X)\nstore = {'X': X}\n"),
    "by the numbers of another table": split_program("m = df['a'].mean()\nX['a'] = X['a'] - m\n"),
    "shown in between": split_program("X = StandardScaler().fit_transform(X)\nprint(X)\n"),
}


@pytest.mark.parametrize("text", NOT_SAFE.values(), ids=NOT_SAFE.keys())
def test_what_is_not_provably_the_same_is_not_safe(text: str) -> None:
    for finding in family(text):
        assert finding.fix is None or finding.fix.safety is not FixClass.SAFE


SAFE = {
    "an estimator that is used later": split_program("sc = StandardScaler()\nX = sc.fit_transform(X)\n")
    + "print(sc.inverse_transform(X_test))\n",
    "its size is asked later": split_program("X = StandardScaler().fit_transform(X)\n") + "print(X.shape, len(X))\n",
    "other statements in between": split_program(
        "X = StandardScaler().fit_transform(X)\nprint('split')\ny = y.astype(int)\nseed = 3\n"
    ),
    "a column of a table that is then taken apart": program(
        "df['a'] = df['a'].fillna(df['a'].median())\nX, y = df[['a', 'b']], df['y']\n"
    )
    + SPLIT
    + f"{FIT}\n{SCORE}\n",
    "years": program(
        "df['a'] = (df['a'] - df['a'].mean()) / df['a'].std()\n"
        "train = df[df['year'] < 2020]\ntest = df[df['year'] >= 2020]\n"
        "model = LogisticRegression().fit(train[['a']], train['y'])\nprint(model.score(test[['a']], test['y']))\n"
    ),
    "arrays parted twice": program(
        "X, y = X.values, y.values\nX = (X - X.mean(axis=0)) / X.std(axis=0)\n"
        "X_tr, X_te, y_tr, y_te = train_test_split(X, y)\nX_tr, X_va, y_tr, y_va = train_test_split(X_tr, y_tr)\n"
        "model = LogisticRegression().fit(X_tr, y_tr)\nprint(model.score(X_va, y_va), model.score(X_te, y_te))\n"
    ),
    "an array of a table": program("X = (X - X.mean()) / X.std()\n")
    + SPLIT.replace("(X, y", "(X.values, y.values")
    + f"{FIT}\n{SCORE}\n",
}


@pytest.mark.parametrize("text", SAFE.values(), ids=SAFE.keys())
def test_what_is_provably_the_same_is_safe(text: str) -> None:
    (finding,) = family(text)
    assert finding.fix is not None
    assert finding.fix.safety is FixClass.SAFE
    assert family(apply_edits(text, finding.fix.edits)) == []


def test_a_table_that_is_used_all_over_costs_no_time() -> None:
    uses = "".join(f"v{number} = X + {number}\n" for number in range(1500))
    (finding,) = family(split_program(f"X = StandardScaler().fit_transform(X)\n{uses}"))
    assert finding.fix is not None
    assert finding.fix.safety is FixClass.EXPLAIN
