"""IPython syntax is neutralised; everything else keeps its offsets."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cst_tools.magics import mask_magics
from cst_tools.script import Script

LINES = [
    *(
        "%matplotlib inline",
        "!pip install -q x",
        "files = !ls",
        "df.head?",
        "?df",
        "df??",
        "x = %sql select 1",
        "!ls \\",
    ),
    *(
        "  y",
        "%time z = f(1)",
        "a = (1 +",
        "% 3)",
        "s = '''",
        "!no magic",
        "'''",
        "%%time",
        "%%bash",
        "# %%",
        "b = 5 % 3",
    ),
]


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("%matplotlib inline", "pass"),
        ("    !pip install x", "    pass"),
        ("files = !ls data", "files = []"),
        ("x, y = !ls", "x, y = []"),
        ("n = %sql select 1", "n = []"),
        ("df.head?", "pass"),
        ("??df", "pass"),
        ("!l", "0"),
        ("%time model.fit(X, y)", "if 1: model.fit(X, y)"),
        ("%timeit -n 3 f(x)", "if 1:        f(x)"),
    ],
)
def test_one_line(line: str, masked: str) -> None:
    out = mask_magics(line, cell=True)
    assert out.rstrip() == masked
    assert len(out) == len(line)
    ast.parse(out.lstrip())


def test_foreign_cell_is_blank_to_the_next_mark() -> None:
    text = "%%bash\nls | wc\n# %%\nx = 1\n"
    assert mask_magics(text, cell=False).split() == ["pass", "#", "%%", "x", "=", "1"]
    assert mask_magics(text, cell=True).split() == ["pass"]
    assert mask_magics("%%time\nx = 1", cell=True).endswith("\nx = 1")


def test_strings_brackets_and_continuations_are_left_alone() -> None:
    text = "s = '''\n!ls\n%x\n'''\na = (7\n% 3)\nb = 7 \\\n% 3\n"
    assert mask_magics(text, cell=True) == text


def test_shell_line_that_continues_is_masked_whole() -> None:
    out = mask_magics("!pip install a \\\n  b\nx = 1\n", cell=True)
    assert out.split() == ["pass", "x", "=", "1"]


def test_valid_python_is_never_masked() -> None:
    text = "x = a \\\n  % b\nprint(x)\n'''\n!ls\n'''\n"
    assert Script.parse(text).masked == text


@given(st.lists(st.sampled_from(LINES)), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_length_and_lines_stay(lines: list[str], end: str, cell: bool) -> None:
    text = end.join(lines)
    masked = mask_magics(text, cell=cell)
    assert len(masked) == len(text)
    assert [i for i, c in enumerate(masked) if c in "\r\n"] == [i for i, c in enumerate(text) if c in "\r\n"]
