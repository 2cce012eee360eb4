"""Folds cut by hand: ``pieces = np.array_split(order, 5)``, one piece held out, the others joined for training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cst_tools.flow.arguments import Arguments
from cst_tools.flow.values import HELD_OUT_SIDE, TRAIN_SIDE, Kind, Value, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

PIECES = "pieces"
PIECE = "piece"
_KEY = "piece of "


def cut(m: Interpreter, a: Arguments) -> Value | None:
    """``np.array_split(rows, k)``; None when rows are cut at given places instead, or are none."""
    first, number = a.get(0, "ary", "arr"), a.get(1, "indices_or_sections", "sections")
    if first is None or first.kind not in (Kind.DATA, Kind.ROWS) or not first.rows or first.models:
        return None
    if number is None or number.kind not in (Kind.CONST, Kind.UNKNOWN) or a.constant("axis", 2) in (1, -1):
        return None
    key = m.record_split(a.node, _KEY + m.place(a.node).key, folds=True)
    rows = frozenset(p.child(key, HELD_OUT_SIDE) for p in first.rows)
    return replace(first, rows=rows, name=PIECES, items=())


def piece(pieces: Value) -> Value:
    """``pieces[i]``"""
    return replace(pieces, name=PIECE)


def chunk(pieces: Value) -> Value:
    """What a loop over the pieces yields: of a table, in the end, all of it."""
    if pieces.kind is Kind.ROWS:
        return piece(pieces)
    rows = frozenset(
        replace(p, path=p.path[:-1]) if p.path and p.path[-1][0].startswith(_KEY) else p for p in pieces.rows
    )
    return replace(pieces, rows=rows, name="")


def joined(values: list[Value]) -> Value | None:
    """``np.concatenate(pieces[:i] + pieces[i + 1:])``: what the piece held out leaves. None for others."""
    if not values or any(v.name != PIECES for v in values):
        return None
    first = values[0]
    rows = frozenset(
        replace(p, path=(*p.path[:-1], (p.path[-1][0], TRAIN_SIDE))) if p.path and p.path[-1][0].startswith(_KEY) else p
        for p in first.rows
    )
    return replace(first, rows=rows, name="")
