"""The suppression that a quick fix writes is one that the rules obey, wherever the finding lies."""

from __future__ import annotations

import ast

import pytest

from cst_tools.edits import apply_edits
from cst_tools.rules import check
from cst_tools.script import Script
from mlestar.lsp.suppress import suppression

BEFORE = """\
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

def main(X, y):
    scaler = StandardScaler()
    {statement}
    A, B, a, b = train_test_split(X, y, random_state=0)
    model = LogisticRegression().fit(A, a)
    print(model.score(B, b))

import sklearn.datasets
main(*sklearn.datasets.load_iris(return_X_y=True))
"""

STATEMENTS = {
    "plain": "X = scaler.fit_transform(X)",
    "trailing blanks": "X = scaler.fit_transform(X)   ",
    "another comment": "X = scaler.fit_transform(X)  # scale",
    "a comment with a bracket": "X = scaler.fit_transform(X)  # see [1]",
    "a directive": "X = scaler.fit_transform(X)  # mlestar: ignore[L999]",
    "a string like a directive": "t = '# mlestar: ignore[x]'; X = scaler.fit_transform(X)",
    "several lines": "X = scaler.fit_transform(\n        X,\n    )",
    "a backslash": "X = scaler \\\n        .fit_transform(X)",
    "a backslash before": "X = \\\n        scaler.fit_transform(X)",
    "a string of several lines": "X, t = scaler.fit_transform(X), '''a\n    b'''",
    "an f-string of several lines": "X, t = scaler.fit_transform(X), f'''a{1}\n    b'''",
    "two statements": "X = scaler.fit_transform(X); t = 1",
    "a tab": "X = scaler.fit_transform(X)\t",
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", STATEMENTS)
def test_the_rules_obey_the_comment_and_the_program_stays(name: str, end: str) -> None:
    text = BEFORE.format(statement=STATEMENTS[name]).replace("\n", end)
    script = Script.parse(text)
    findings = check(script)
    assert findings, "there is something to suppress"
    for finding in findings:
        edit = suppression(script, finding.code, finding.span)
        assert edit is not None
        after = Script.parse(apply_edits(text, [edit]))
        assert after.tree is not None
        assert ast.dump(after.tree) == ast.dump(script.tree)
        assert finding.code not in [f.code for f in check(after)]


def test_two_codes_share_a_directive() -> None:
    text = "x = 1  # mlestar: ignore[L101]\n"
    script = Script.parse(text)
    edit = suppression(script, "L205", script.index.line_span(0))
    assert edit is not None
    assert apply_edits(text, [edit]) == "x = 1  # mlestar: ignore[L101, L205]\n"
