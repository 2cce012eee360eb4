"""Names bound, mutated and needed, with Python's scoping rules."""

from __future__ import annotations

import ast

import pytest

from cst_tools.names import names_of


@pytest.mark.parametrize(
    ("code", "defines", "reads"),
    [
        ("x = y", "x", "y"),
        ("x += y", "x", "y x"),
        ("x = 1; z = x", "x z", ""),
        ("df['a'] = df['b']", "df", "df"),
        ("a.b.c = d", "a", "d a"),
        ("self.m = LR(); self.m.fit(X)", "self.m", "LR self X"),
        ("y = self.m.predict(X)", "y", "self.m self X"),
        ("(n := f(k))", "n", "f k"),
        ("z = [i * k for i in rows if i > t]", "z", "rows t k"),
        ("z = [(w := i) for i in rows]", "z w", "rows"),
        ("z = {k: v for k, v in d.items()}", "z", "d"),
        ("for i in rows: total = i", "i total", "rows"),
        ("with open(p) as f: data = f.read()", "f data", "p"),
        ("import a.b, c as d\nfrom e import f as g, h", "a d g h", ""),
        ("from m import *", "", ""),
        ("f = lambda a, b=c: a + b + e", "f", "c e"),
        ("del x, d['k']", "d", "x d"),
        ("df.dropna(inplace=True)", "df", "df"),
        ("rows.append(x)", "rows", "rows x"),
        ("model.fit(X, y)", "model", "model X y"),
        ("a, (b, *c) = d", "a b c", "d"),
        ("x: int = y", "x", "y"),
        ("print(len(x))", "", "x"),
        ("def f(a, b=c):\n    global g\n    g = a + h\n    k = 1\n    return k", "f", "c h g"),
        ("def f():\n    return inner\n", "f", "inner"),
        ("def f():\n    def g(): return o + p\n    p = 1\n    return g", "f", "o"),
        ("class A(B):\n    x = y\n    def m(self): return self.q + z", "A", "B y z"),
        ("try:\n    x = 1\nexcept E as e:\n    x = str(e)\ny = x", "x y", "E"),
        ("if c:\n    x = 1\ny = x", "x y", "c x"),
        ("if c:\n    x = 1\nelse:\n    x = 2\ny = x", "x y", "c"),
        ("match v:\n    case [a, *rest] if a > t: b = a", "a rest b", "v t"),
        ("while n: n = n - 1", "n", "n"),
        ("x = max\nmax = 3", "x max", "max"),
        ("async def f(): await g()", "f", "g"),
    ],
)
def test_names(code: str, defines: str, reads: str) -> None:
    names = names_of(ast.parse(code).body)
    assert set(names.defines) == set(defines.split())
    assert set(names.reads) == set(reads.split())
