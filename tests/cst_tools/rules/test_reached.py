"""A finding about a number also shows where the number reaches the rows."""

from __future__ import annotations

import pytest

from cst_tools.rules import check
from cst_tools.rules.examples import split_program
from cst_tools.script import Script

PROGRAMS = {
    "a filter by quartiles": (
        (
            "q = df['a'].quantile(0.25)\nr = df['a'].quantile(0.75)\nw = r - q\n"
            "df = df[(df['a'] > q - w) & (df['a'] < r + w)]\nX, y = df.drop(columns='y'), df['y']\n"
        ),
        "df = df[(df['a'] > q - w)",
    ),
    "a group mean": (
        (
            "g = df.groupby('c')['y'].agg(['sum', 'count'])\ns = g['sum'] / g['count']\n"
            "df['c'] = df['c'].map(s)\nX, y = df.drop(columns='y'), df['y']\n"
        ),
        "df['c'] = df['c'].map(s)",
    ),
    "a helper": (
        "def scaled(v):\n    mu = v.mean(axis=0)\n    sd = v.std(axis=0)\n    return (v - mu) / sd\n\nX = scaled(X)\n",
        "return (v - mu) / sd",
    ),
    "correlations": (
        "c = df.corr()\ns = c['y'].abs()\nk = s[s > 0.1].index.tolist()\nprint(k)\nX, y = df[k], df['y']\n",
        "k = s[s > 0.1].index",
    ),
}


@pytest.mark.parametrize(("before", "use"), PROGRAMS.values(), ids=PROGRAMS)
def test_shows_where_a_number_is_put_to_use(before: str, use: str) -> None:
    script = Script.parse(split_program(before))
    (finding,) = check(script)
    assert script.slice(finding.related[0].span).startswith(use)


def test_names_no_second_place_where_one_statement_does_both() -> None:
    (finding,) = check(Script.parse(split_program("X = X - X.mean()\n")))
    assert [r.message for r in finding.related] == [
        "The rows are split here, afterwards.",
        "The score is computed here.",
    ]


def test_does_not_follow_a_name_that_was_given_another_value() -> None:
    text = (
        "m = df.a.mean()\ndf['b'] = df['b'] - m\nm = 3\ndf['a'] = df['a'] - m\nX, y = df.drop(columns='y'), df['y']\n"
    )
    script = Script.parse(split_program(text))
    (finding,) = check(script)
    assert script.slice(finding.related[0].span) == "df['b'] = df['b'] - m"
