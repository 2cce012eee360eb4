"""Scripts of every kind of text: parsed, masked, or refused with a reason; never an exception."""

from __future__ import annotations

import ast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cst_tools.analysis import analyse
from cst_tools.script import Script, hash_text
from cst_tools.types import ProblemKind, Span

FRAGMENTS = st.lists(
    st.sampled_from(
        ["x = 1", "\r\n", "\r", "\n", "\t", "    ", "\x0c", "\ufeff", "😀", "\0", "\ud800", "(", ")",
         "'''", '"', "\\", "print 1",
         "%time x", "!ls", "?",
         "if x:", "def f():", "# é", "%%bash", "[", "]", "`x`", "\u2028", ";", ":", "lambda", "0777"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@settings(max_examples=400)
@given(FRAGMENTS)
@example("\ufeffx = 1")
def test_no_text_raises(text: str) -> None:
    script = Script.parse(text)
    assert script.text == text
    assert len(script.masked) == len(text)
    assert (script.tree is None) == (script.problem is not None)
    analyse(script)


@settings(max_examples=150)
@given(st.text(max_size=80))
def test_no_notebook_raises(text: str) -> None:
    assert Script.parse(text, "x.ipynb").problem is not None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_nodes_are_found_whatever_the_line_ends(end: str) -> None:
    script = Script.parse(end.join(["s = '😀é'", "if s:", "\tvalue = s + '\x0c'", ""]))
    assert script.tree is not None
    names = [script.slice(script.span_of(n)) for n in ast.walk(script.tree) if isinstance(n, ast.Name)]
    assert sorted(names) == ["s", "s", "s", "value"]


def test_byte_order_mark_and_form_feed() -> None:
    script = Script.parse("\ufeffé = 1\n\x0c\nb = 2\n")
    assert script.tree is not None
    assert [script.slice(script.span_of(n)) for n in script.tree.body] == ["é = 1", "b = 2"]
    assert script.cst is None  # libcst would not give this text back


def test_cst_is_given_only_when_it_round_trips() -> None:
    script = Script.parse("x = 1  # keep\n")
    assert script.cst is not None
    assert script.cst.code == script.text
    assert Script.parse("x = (\n").cst is None


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("x = (1,\ny = 2\n", ProblemKind.SYNTAX_ERROR, "("),
        ("x = 1\nfor\n", ProblemKind.SYNTAX_ERROR, ""),
        ("x = 1\n  y = 2\n", ProblemKind.SYNTAX_ERROR, ""),
        ("print 'a'\n", ProblemKind.PYTHON_2, "print"),
        ("x = 1\nprint x\n", ProblemKind.PYTHON_2, "print"),
        ("try:\n    x\nexcept ValueError, e:\n    pass\n", ProblemKind.PYTHON_2, "except ValueError, e"),
        ("raise ValueError, 'no'\n", ProblemKind.PYTHON_2, "raise"),
        ("x = `y`\n", ProblemKind.PYTHON_2, "`y`"),
        ("exec 'x = 1'\n", ProblemKind.PYTHON_2, "exec"),
        ("if a <> b:\n    pass\n", ProblemKind.PYTHON_2, "<>"),
        ("x = ur'a'\n", ProblemKind.PYTHON_2, "ur"),
        ("os.chmod(p, 0755)\n", ProblemKind.PYTHON_2, "0755"),
        ("print >>sys.stderr, 'a'\n", ProblemKind.PYTHON_2, "print"),
        ("a = 1\0\n", ProblemKind.BAD_ENCODING, "\0"),
        ("a = '\ud800'\n", ProblemKind.BAD_ENCODING, "\ud800"),
        ("x = " + "(" * 300 + ")" * 300, ProblemKind.TOO_DEEP, ""),
        ("x = " + "+".join(["1"] * 5000), ProblemKind.TOO_DEEP, ""),
        ("-" * 100_000 + "1", ProblemKind.TOO_DEEP, ""),
        ("x" + ".y" * 400, ProblemKind.TOO_DEEP, ""),
    ],
)
def test_problems_say_what_and_where(text: str, kind: ProblemKind, place: str) -> None:
    script = Script.parse(text)
    assert script.tree is None
    assert script.problem is not None
    assert script.problem.kind is kind
    assert script.problem.message.endswith(".")
    assert place in script.slice(script.problem.span)
    assert analyse(script).blocks == ()


@pytest.mark.parametrize("text", ["print('a'\n", "x = 'print 1'\ny = (\n", "# print 'a'\nfor\n", "def f(:\n    pass\n"])
def test_slips_in_python_3_are_not_called_python_2(text: str) -> None:
    problem = Script.parse(text).problem
    assert problem is not None
    assert problem.kind is ProblemKind.SYNTAX_ERROR


def test_hash_ignores_line_ends_and_trailing_blanks_only() -> None:
    assert hash_text("a = 1\nb") == hash_text("a = 1  \r\nb\n") == hash_text("a = 1\rb")
    assert hash_text("a = 1\n  b") != hash_text("a = 1\nb")
    assert len(hash_text("")) == 16


def test_span_of_a_point() -> None:
    script = Script.parse("x = 1")
    assert script.tree is not None
    assert script.span_of(script.tree) == Span(0, 0)
