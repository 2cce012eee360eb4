"""Offsets, lines and columns, in every encoding and with every line end."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cst_tools.positions import LineIndex
from cst_tools.types import Span

TEXT = st.text(st.sampled_from("ab é😀\u2028\x85\x0c\t\r\n\u0800"), max_size=60)
ENCODINGS = ("utf-8", "utf-16", "utf-32")


def test_only_three_line_ends_count() -> None:
    index = LineIndex("a\r\nb\rc\nd\x0ce\x85f\u2028g")
    assert index.count == 4
    assert [index.line_text(n) for n in range(4)] == ["a", "b", "c", "d\x0ce\x85f\u2028g"]
    assert LineIndex("a\n").count == 2
    assert LineIndex("").count == 1


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 6), ("utf-16", 4), ("utf-32", 3)])
def test_columns_count_in_units(encoding: str, column: int) -> None:
    index = LineIndex("x\n1😀a = 2")
    assert index.to_position(5, encoding) == (1, column)
    assert index.from_position(1, column, encoding) == 5


def test_unit_inside_a_character_is_its_start() -> None:
    assert LineIndex("😀b").from_position(0, 1, "utf-16") == 0
    assert LineIndex("😀b").from_position(0, 3, "utf-8") == 0


def test_positions_outside_are_clamped() -> None:
    index = LineIndex("ab\ncd")
    assert index.from_position(0, 99) == 2
    assert index.from_position(9, 0) == 5
    assert index.from_position(-1, 5) == 0
    assert index.to_position(99) == (1, 2)
    assert index.line_span(7) == Span(3, 5)


def test_unknown_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match="utf-16"):
        LineIndex("é").to_position(1, "latin-1")


@given(TEXT, st.sampled_from(ENCODINGS))
def test_every_offset_survives_the_round_trip(text: str, encoding: str) -> None:
    index = LineIndex(text)
    for offset in range(len(text) + 1):
        line, column = index.to_position(offset, encoding)
        span = index.line_span(line)
        assert index.from_position(line, column, encoding) == min(offset, span.end)


@given(TEXT)
def test_columns_agree_with_the_codec(text: str) -> None:
    index = LineIndex(text)
    for offset in range(len(text) + 1):
        line, _ = index.to_position(offset)
        span = index.line_span(line)
        before = text[span.start : min(offset, span.end)]
        assert index.to_position(offset, "utf-8")[1] == len(before.encode("utf-8"))
        assert index.to_position(offset, "utf-16")[1] == len(before.encode("utf-16-le")) // 2
        assert index.to_position(offset, "utf-32")[1] == len(before)


@given(
    st.lists(st.sampled_from(["é = '😀'; b", "x", "'\u2028'; y", "\tz".strip(), "name = 'ü'"]), min_size=1),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_ast_columns_lead_to_the_source(lines: list[str], end: str) -> None:
    text = end.join(lines)
    index = LineIndex(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name):
            start = index.offset_from_utf8(node.lineno - 1, node.col_offset)
            assert text[start : start + len(node.id)] == node.id
