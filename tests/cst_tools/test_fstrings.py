"""Expressions of f-strings by place, as Python itself reads them."""

import ast

import pytest

from cst_tools.fstrings import fields


@pytest.mark.parametrize(
    ("source", "expressions"),
    [
        ('f"a {x} b {y:.3f}"', ["x", "y"]),
        ("f'{x!r:>{w}}'", ["x"]),
        ('f"{{no}} {yes}"', ["yes"]),
        ("f\"{d['k']} {f(a, b)[1:2]}\"", ["d['k']", "f(a, b)[1:2]"]),
        ('f"{x=} {y = :.2f} {a == b} {a != b!r} {a <= b}"', ["x", "y", "a == b", "a != b", "a <= b"]),
        ('f"{ {1: 2}[1] } {(lambda z: z)(1)}"', ["{1: 2}[1]", "(lambda z: z)(1)"]),
        ('"plain {no}" f"{x}" rf\'\\d{y}\'', ["x", "y"]),
        ('f"""\n{x}\n  {y:\n}"""', ["x", "y"]),
        ('("a"  # f"{no}"\n f"{x}")', ["x"]),
        (r'f"\\{x}"', ["x"]),
    ],
)
def test_fields(source: str, expressions: list[str]) -> None:
    found = fields(source)
    assert [source[f.span.start : f.span.end] for f in found] == expressions
    tree = ast.parse(source, mode="eval").body
    assert isinstance(tree, ast.JoinedStr)
    assert len([v for v in tree.values if isinstance(v, ast.FormattedValue)]) == len(expressions)
