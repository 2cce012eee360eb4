"""What is known of row sets that were cut in different ways, and what scores are called."""

from __future__ import annotations

import ast

import pytest

from cst_tools.flow import follow
from cst_tools.flow.bounds import Bound, written
from cst_tools.flow.claims import Said, claimed
from cst_tools.flow.overlap import Predicted, rows_are_sure
from cst_tools.flow.relations import Common, Relations

HEAD = """\
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
df = pd.read_csv("a.csv")
"""
TAIL = """\
m = LogisticRegression().fit(a[["q"]], a["y"])
print(m.score(b[["q"]], b["y"]))
"""


def common(cut: str) -> Common | None:
    flow = follow(ast.parse(HEAD + cut + "\n" + TAIL))
    assert flow.failures == ()
    (predicted,) = flow.of(Predicted)
    (trained,), (scored,) = predicted.trained, predicted.rows
    return Relations(flow).common(trained, scored)


@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        ("a, b = df[:80], df[80:]", None),
        ("a, b = df.iloc[:80], df.iloc[80:]", None),
        ("a, b = df.loc[:80], df.loc[80:]", Common.INCLUSIVE),
        ("a, b = df.loc[:79], df.loc[80:]", None),
        ("a, b = df.loc[0:80], df.loc[80:99]", Common.INCLUSIVE),
        ("a, b = df[:80], df[70:]", Common.SLICES),
        ("a, b = df[:-30], df[-30:]", None),
        ("a, b = df[:-30], df[-40:]", Common.SLICES),
        ("a, b = df[:80], df[-30:]", None),
        ("a, b = df.head(-30), df.tail(30)", None),
        ("a, b = df[:-30], df.tail(40)", Common.SLICES),
        ("n = len(df)\na, b = df[:int(n * 0.8)], df[int(n * 0.7):]", Common.SLICES),
        ("n = df.shape[0]\na, b = df[:int(0.7 * n)], df[int(0.8 * n):]", None),
        ("a, b = df[::2], df[1::2]", None),
        ("a, b = df.loc[:'2019'], df.loc['2020':]", None),
        ("a, b = df.loc[:'2019-05'], df.loc['2019-02':]", Common.SLICES),
        ("a, b = df[df.t <= 5], df[df.t >= 5]", Common.MASKS),
        ("a, b = df[df.t < 5], df[df.t >= 5]", None),
        ("a, b = df[(df.t > 1) & (df.t < 5)], df[(df.t >= 5) & (df.t < 9)]", None),
        ("a, b = df[(df.t > 1) & (df.t < 5)], df[(df.t >= 4) & (df.t < 9)]", Common.MASKS),
        ("a, b = df[df.t < 5], df[df.u > 2]", None),
        ("a, b = df.sample(80), df.sample(20)", Common.RANDOM),
        ("a = df.sample(80)\nb = df.drop(a.index)", None),
        ("a = df.sample(80)\nb = df", Common.AROUND),
        ("b = df.sample(80)\na = df", Common.WITHIN),
        ("a = df.sample(80)\nb = df[~df.id.isin(a.id)]", None),
        ("a, _ = train_test_split(df, random_state=1)\n_, b = train_test_split(df, random_state=1)", None),
        ("a, _ = train_test_split(df, random_state=1)\n_, b = train_test_split(df, random_state=2)", Common.RANDOM),
        ("a, b = df.query('t < 5'), df.query('t >= 5')", None),
        ("a, b = pd.read_csv('a.csv'), pd.read_csv('b.csv')", None),
        ("a, b = df, pd.read_csv('a.csv')", Common.SAME),
        ("a, b = df[:50], pd.read_csv('a.csv')[50:]", None),
        ("a, b = df[:50], pd.read_csv('a.csv')", Common.AROUND),
    ],
)
def test_what_two_row_sets_have_in_common(cut: str, expected: Common | None) -> None:
    assert common(cut) is expected


def test_a_prediction_remembers_what_the_model_had_seen_by_then() -> None:
    body = (
        "a, b = train_test_split(df)\nm = LogisticRegression().fit(a[['q']], a['y'])\np = m.predict(b[['q']])\n"
        "m.fit(df[['q']], df['y'])\nprint(accuracy_score(b['y'], p))\n"
    )
    (predicted,) = follow(ast.parse(HEAD + body)).of(Predicted)
    ((trained,), (scored,)) = predicted.trained, predicted.rows
    assert not trained.overlaps(scored)


@pytest.mark.parametrize(
    ("body", "sure"),
    [
        ("b = df[:9]", True),
        ("b = df.iloc[choose(df)]", False),
        ("b = choose(df)", False),
        ("b = np.log1p(df)", True),
        ("b = df.my_own_method()", False),
    ],
)
def test_selections_that_cannot_be_followed_are_marked(body: str, sure: bool) -> None:
    text = HEAD + f"m = LogisticRegression().fit(df[['q']], df['y'])\n{body}\nprint(m.predict(b))\n"
    (predicted,) = follow(ast.parse(text)).of(Predicted)
    assert rows_are_sure(predicted.learned) is sure


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (Bound(offset=3), Bound(offset=5), -1),
        (Bound(offset=-3), Bound(offset=-5), 1),
        (Bound(offset=3), Bound(offset=-5), None),
        (Bound(share=0.8), Bound(share=0.7), 1),
        (Bound(share=0.8), Bound(offset=700), None),
        (Bound(base="n", offset=1), Bound(base="n"), 1),
        (Bound(base="n"), Bound(base="k"), None),
        (Bound(label="2019-05-01"), Bound(label="2019-06-01"), -1),
        (Bound(label="2019"), Bound(label="2019-06"), None),
        (Bound(label="b"), Bound(label="c"), None),
    ],
)
def test_bounds_are_compared_where_that_can_be_done(a: Bound, b: Bound, expected: int | None) -> None:
    assert a.compared(b) == expected


def test_bounds_as_written() -> None:
    expressions = [ast.parse(text, mode="eval").body for text in ("7", "-7", "n + 2", "n - 2", "'2020'", "f(x)")]
    assert [written(e) for e in expressions] == [
        Bound(offset=7), Bound(offset=-7), Bound(base="n", offset=2), Bound(base="n", offset=-2),
        Bound(label="2020"), Bound(base="f(x)"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Test accuracy: ", "test"),
        ("accuracy on the test set = ", "test"),
        ("test_acc", "test"),
        ("valLoss", "validation"),
        ("train/mse", "train"),
        ("Training took 3 s. Score: ", None),
        ("train-test gap: ", None),
        ("contest score", None),
        ("Testing hypothesis number", None),
        ("Accuracy: ", None),
    ],
)
def test_words_before_a_number(text: str, role: str | None) -> None:
    assert claimed(text) == role


@pytest.mark.parametrize(
    "line",
    [
        "print('Test score', s)",
        "print(f'Test score {s:.2f}')",
        "print('Test score %.2f' % s)",
        "print('Test score {}'.format(round(s, 2)))",
        "test_score = s",
        "r = {'test_score': s}",
        "r = {}\nr['test_score'] = s",
        "log(test_score=s)",
        "log_metric('test_score', s)",
    ],
)
def test_ways_of_calling_a_score(line: str) -> None:
    text = HEAD + f"m = LogisticRegression().fit(df[['q']], df['y'])\ns = m.score(df[['q']], df['y'])\n{line}\n"
    assert {said.role for said in follow(ast.parse(text)).of(Said)} == {"test"}
