"""Changed copies of rows: flips, noise, paraphrases, and tables that hold them beside the originals."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from cst_tools.flow import lineage
from cst_tools.flow.values import NO_ROWS, Kind, Learned, Learns, Value, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_WORDS = re.compile(
    r"(?:^|_)(?:flip\w*|fliplr|flipud|rot90|rotat\w*|noise|noisy|augment\w*|aug|jitter\w*|mixup|cutmix|cutout|perturb\w*|"
    r"synonym\w*|paraphrase\w*|back_?translat\w*|random_(?:crop|swap|delet\w*|insert\w*|erasing|brightness|contrast\w*|"
    r"zoom|rotation|flip\w*)|elastic\w*|distort\w*|time_stretch|pitch_shift|time_warp|adjust_brightness|color_jitter|"
    r"gaussian_blur|shear\w*|eda)(?:_|$)",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=2048)
def says_so(name: str) -> bool:
    """Whether a function of this name makes changed copies of rows.

    >>> says_so("add_noise"), says_so("fliplr"), says_so("randomFlip"), says_so("august"), says_so("rotation_axis")
    (True, True, True, False, True)
    """
    return _WORDS.search(_CAMEL.sub("_", name)) is not None


def called(m: Interpreter, node: ast.Call, value: Value) -> Value:
    """The result of a call, marked where the function's name says that it changes rows."""
    function = node.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    if not says_so(name):
        return value
    if value.kind is Kind.SEQUENCE:
        return replace(value, items=tuple(called(m, node, item) for item in value.items))
    return changed(m, node, value, name) if value.kind is Kind.DATA and value.rows else value


def changed(m: Interpreter, node: ast.AST, value: Value, what: str) -> Value:
    return replace(value, learned=value.learned | {Learned(m.place(node), NO_ROWS, Learns.CHANGED, what)})


def mixed(m: Interpreter, node: ast.AST, left: Value, right: Value) -> Value | None:
    """``X + np.random.normal(...)``: X with noise. None when neither is noise."""
    for data, noise in ((left, right), (right, left)):
        if data.kind is Kind.DATA and _is_noise(noise) and data.rows and not noise.models:
            return changed(m, node, data, "noise")
    return None


def _is_noise(value: Value) -> bool:
    return value.kind is Kind.DATA and lineage.any_of(value.learned, Learns.RANDOM) and len(value.rows) <= 1


FLOW = "flow"
"""What rows are called that a generator changes anew each time they are drawn."""


def drawn(m: Interpreter, node: ast.AST, value: Value) -> Value:
    """``generator.flow(X, y)``"""
    items = tuple(changed(m, node, item, FLOW) for item in value.items)
    return replace(changed(m, node, value, FLOW), items=items)


def joined(m: Interpreter, node: ast.AST, leaves: list[Value], result: Value, *, at_copies: bool = False) -> Value:
    """``np.concatenate([X, noisy])``: rows and changed copies of them in one table.

    ``at_copies``: they came together one by one, so that the place that counts is where a copy is made.
    """
    tables = [v for v in leaves if v.kind is Kind.DATA and v.rows and not v.models]
    flows = [one for v in tables for one in v.learned if one.kind is Learns.CHANGED and one.what == FLOW]
    if flows and result.rows:
        place = min((one.place for one in flows), key=lambda found: found.position)
        learned = m.record_learned(Learned(place, result.rows, Learns.AUGMENT, FLOW))
        kept = frozenset(one for one in result.learned if one.kind is not Learns.CHANGED)
        return replace(result, learned=kept | {learned})
    if len(tables) < 2:
        return result
    sources = [v.keys[0] for v in tables if v.keys]
    if len(sources) > len(set(sources)) and len({v.ref for v in tables}) > 1:
        learned = m.record_learned(Learned(m.place(node), result.rows, Learns.AUGMENT, "transform"))
        return replace(result, learned=result.learned | {learned}, keys=())
    copies = [v for v in tables if lineage.any_of(v.learned, Learns.CHANGED)]
    if not any(one is not other and _same_rows(one, other) for one in copies for other in tables):
        return result
    copy = max(
        (one for one in copies[0].learned if one.kind is Learns.CHANGED), key=lambda c: (c.place.position, c.what)
    )
    place = copy.place if at_copies else m.place(node)
    learned = m.record_learned(Learned(place, result.rows, Learns.AUGMENT, copy.what))
    kept = frozenset(one for one in result.learned if one.kind is not Learns.CHANGED)
    return replace(result, learned=kept | {learned})


def _same_rows(one: Value, other: Value) -> bool:
    return any(a.contains(b) or b.contains(a) for a in one.rows for b in other.rows)
