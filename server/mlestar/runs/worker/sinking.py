"""A constant or function that a version changes, moved down to where somebody first reads it.

The program means the same: a plain definition has no effect of its own, and nothing in between mentions its name, nor
the name of a function or class that does. What stands in between is then still common to all versions.
"""

from __future__ import annotations

import ast
from typing import Sequence

from . import scopes
from .alike import Shapes, opcodes
from .quiet import Quiet


def sunk(first: "list[ast.stmt]", own: "list[ast.stmt]", number: int, quiet: Quiet, shapes: Shapes) -> "list[ast.stmt]":
    """``own``, the statements of program ``number``: the first program's definitions kept, its own moved down."""
    result = list(own)
    for start, end, own_start, own_end in reversed(_changed(first, own, quiet, shapes)):
        removed, added = first[start:end], own[own_start:own_end]
        if not removed or not quiet.redefines(number, removed, added):
            continue
        stop = _first_reader(result, own_end, {quiet.name(s) for s in added})
        if stop > own_end:
            result[own_start:stop] = [*removed, *result[own_end:stop], *added]
    return result


def _changed(
    first: "list[ast.stmt]", own: "list[ast.stmt]", quiet: Quiet, shapes: Shapes
) -> "list[tuple[int, int, int, int]]":
    """Regions that differ, as places in both lists; a definition whose two bodies cannot be one is such a region."""
    found = []
    for tag, a, b, c, d in opcodes([shapes.whole(s) for s in first], [shapes.whole(s) for s in own]):
        if tag == "equal":
            continue
        heads = [shapes.head(s) for s in first[a:b]], [shapes.head(s) for s in own[c:d]]
        for inner, e, f, g, h in opcodes(*heads):
            if inner != "equal":
                found.append((a + e, a + f, c + g, c + h))
                continue
            for k in range(f - e):
                if not quiet.shareable([first[a + e + k], own[c + g + k]]):
                    found.append((a + e + k, a + e + k + 1, c + g + k, c + g + k + 1))
    return found


def _first_reader(statements: "Sequence[ast.stmt]", start: int, names: "set[str]") -> int:
    """The first place from ``start`` on whose statement may read one of the names, when it is executed."""
    spread = set(names)
    definitions = [s for s in statements if isinstance(s, (*scopes.FUNCTIONS, ast.ClassDef))]
    mentions = {id(s): scopes.mentioned([s]) for s in definitions}
    while True:
        more = {s.name for s in definitions if s.name not in spread and mentions[id(s)] & spread}
        if not more:
            break
        spread |= more
    for place in range(start, len(statements)):
        statement = statements[place]
        if isinstance(statement, scopes.FUNCTIONS) and not statement.decorator_list:
            read = scopes.mentioned(scopes.header(statement))
            if statement.name in names:  # it would take the name over
                return place
        else:
            read = scopes.mentioned([statement])
        if read & spread:
            return place
    return len(statements)
