"""Comments read statement by statement are those that the tokenizer finds in the whole file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cst_tools import comments
from cst_tools.comments import Comment, comments_of, comments_with, region
from cst_tools.script import Script

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "cst_tools").rglob("*.py"), *(ROOT / "tests" / "corpus").rglob("*.py")])[::6]


def everywhere(script: Script) -> set[Comment]:
    return set(comments_of(script, (0, script.index.count - 1)))


def statement_by_statement(script: Script) -> set[Comment]:
    return {c for line in range(script.index.count) for c in comments_of(script, region(script, line))}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_of_real_files(path: Path) -> None:
    script = Script.parse(path.read_text("utf-8"), str(path))
    if script.tree is not None:
        assert statement_by_statement(script) == everywhere(script)


STATEMENTS = (
    "a = 1  # one",
    "a = 1; b = '''x # no\n# no'''; c = 2  # yes",
    "f(\n    1,  # in a call\n    '# no',\n)  # behind",
    "if a:  # head\n    b = 1\n    # between\n    c = 2\nelse:  # other\n    d = 3  # end\n# below",
    "if (a and  # one\n    b): c = '''\n# no'''  # two",
    "for a in (1,\n    2): b = 1  # x",
    "@d  # deco\n@e(\n  1  # in\n)\ndef f(\n    a,  # arg\n    b='#no',\n):  # head\n    # first\n    return a  # r",
    "def f():\n    '''doc\n    # no'''\n    # yes\n    return 1",
    "class A:\n    # c\n    x = 1\n\n    def f(self):\n        pass  # p\n    # tail",
    "try:\n    a = 1  # t\nexcept (\n    ValueError,  # v\n):\n    # e\n    b = 1\nfinally:\n    c = 1  # f",
    "match a:\n    # m\n    case 1:  # one\n        b = 1\n    case (\n        2  # two\n    ): c = 1  # three",
    "with open('x') as f, open(  # w\n    'y'\n) as g:\n    pass",
    "a = f'''{1\n}# no\n{2}'''  # y",
    "a = 1 \\\n  + 2  # behind",
    "\n\n# alone\n",
    "",
)


@given(st.lists(st.sampled_from(STATEMENTS), max_size=6), st.sampled_from(["\n", "\r\n", "\r"]))
def test_of_any_program(statements: list[str], end: str) -> None:
    script = Script.parse("\n".join(statements).replace("\n", end))
    assert script.tree is not None
    assert statement_by_statement(script) == everywhere(script)


def test_only_comments_with_the_word_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(f"x{n} = {n}  # note" for n in range(3000)) + "\ny = 1  # MLESTAR: İ word\nz = 'mlestar'\n"
    script = Script.parse(text)
    read: list[tuple[int, int]] = []
    tokens = comments.tokens
    monkeypatch.setattr(comments, "tokens", lambda script, lines: read.append(lines) or tokens(script, lines))
    assert [c.text for c in comments_with(script, "mlestar")] == ["# MLESTAR: İ word"]
    assert read == [(3000, 3000), (3001, 3001)]
