"""Where the expressions of an f-string lie in its source.

Before Python 3.12 ``ast`` gives wrong columns for nodes inside f-strings (and none that can be trusted in
implicitly concatenated or multi-line ones), so the source is scanned: literals, doubled braces, nested
brackets and strings, conversions and format specifications.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cst_tools.types import Span

_PREFIX = re.compile(r"[A-Za-z]{0,3}(?=['\"])")


@dataclass(frozen=True)
class Field:
    """One replacement field: the span of its expression within the source, and the quote that delimits the literal."""

    span: Span
    quote: str
    literal_before: str
    """The literal text between the previous field (or the start) and this one."""
    shown: Span | None = None
    """For ``{x = :.2f}`` what is shown as it is written, ``x = ``; None for a field without ``=``."""
    plain: bool = False
    """A field with ``=`` and neither conversion nor format specification: it shows ``repr``."""


def fields(source: str) -> tuple[Field, ...]:
    """Fields of (implicitly concatenated) f-strings in ``source``, in order, without those in format specifications."""
    found: list[Field] = []
    literal = ""
    position = 0
    while position < len(source):
        match = _PREFIX.match(source, position)
        if source[position] == "#":
            end = source.find("\n", position)
            position = len(source) if end < 0 else end
            continue
        if match is None:
            position += 1
            continue
        prefix = match[0].lower()
        position = match.end()
        quote = source[position] * 3 if source.startswith(source[position] * 3, position) else source[position]
        position += len(quote)
        formatted, raw = "f" in prefix, "r" in prefix
        while position < len(source) and not source.startswith(quote, position):
            character = source[position]
            if character == "\\" and not raw:
                literal += source[position : position + 2]
                position += 2
            elif formatted and source[position : position + 2] in ("{{", "}}"):
                literal += character
                position += 2
            elif formatted and character == "{":
                opened = position + 1
                start, end, position = _field(source, opened, quote)
                rest = source[end:position].lstrip()
                shown = None
                if rest.startswith("="):
                    after = source.index("=", end) + 1
                    after += len(source[after:position]) - len(source[after:position].lstrip())
                    shown = Span(opened, after)
                    rest = source[after:position]
                found.append(Field(Span(start, end), quote, literal, shown, shown is not None and rest[:1] == "}"))
                literal = ""
            else:
                literal += character
                position += 1
        position += len(quote)
    return tuple(found)


def _field(source: str, start: int, quote: str) -> tuple[int, int, int]:
    """Expression start and end, and the offset after the closing brace."""
    position, depth, end = start, 0, -1
    while position < len(source):
        character = source[position]
        if character in "'\"":
            position = _skip_string(source, position)
            continue
        if character in "([{":
            depth += 1
        elif character in ")]" or (character == "}" and depth > 0):
            depth -= 1
        elif depth == 0 and character == "}":
            end = position if end < 0 else end
            position += 1
            break
        elif depth == 0 and character == "!" and source[position + 1 : position + 2] != "=":
            end = position if end < 0 else end
        elif depth == 0 and character == ":":
            end = position if end < 0 else end
            position = _skip_format(source, position + 1, quote)
            continue
        elif (
            depth == 0
            and character == "="
            and source[position + 1 : position + 2] in ("}", "!", ":", " ")
            and (source[position - 1] not in "=!<>")
        ):
            rest = source[position + 1 :].lstrip()
            if rest[:1] in ("}", "!", ":"):
                end = position if end < 0 else end
        position += 1
    end = position if end < 0 else end
    while start < end and source[start].isspace():
        start += 1
    while end > start and source[end - 1].isspace():
        end -= 1
    return start, end, position


def _skip_format(source: str, position: int, quote: str) -> int:
    """Offset of the brace that closes the field whose format specification starts at ``position``."""
    while position < len(source) and source[position] != "}" and not source.startswith(quote, position):
        if source[position] == "{":
            position = _field(source, position + 1, quote)[2]
        else:
            position += 1
    return position


def _skip_string(source: str, position: int) -> int:
    quote = source[position] * 3 if source.startswith(source[position] * 3, position) else source[position]
    position += len(quote)
    while position < len(source) and not source.startswith(quote, position):
        position += 2 if source[position] == "\\" else 1
    return position + len(quote)
