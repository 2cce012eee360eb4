"""The comment that turns one rule off at one place: where it can stand, and what it says."""

from __future__ import annotations

import tokenize
from collections.abc import Sequence
from dataclasses import dataclass, field

from cst_tools.comments import masked_line, region, tokens
from cst_tools.rules.suppression import Suppression, suppressions
from cst_tools.script import Script
from cst_tools.types import Edit, Span


def suppression(script: Script, code: str, span: Span) -> Edit | None:
    """The edit that disables ``code`` for the line of ``span``; None where no comment can stand.

    A directive that is about the line already gets one code more. Else a new one comes at the end of the first line of
    the finding that can take a comment, before the comment that is there: a line whose end lies in a string or that
    goes on behind a backslash can take none. Else it comes on a line of its own above the statement.
    """
    index = script.index
    first, last = index.line_of(span.start), index.line_of(span.end)
    statement = region(script, first)
    known = _Known(script)
    for one in suppressions(script):
        if one.listed is not None and not one.whole_file and one.reaches((first, last), statement):
            return _extended(script, one, code)
    for line in range(first, last + 1):
        if known.takes_comment(line):
            return _at_end(script, line, code, known.comment(line))
    above = statement[0]
    if not known.whole:
        return None
    start = index.line_span(above).start
    text = index.line_text(above)
    indent = text[: len(text) - len(text.lstrip())]
    return Edit(Span(start, start), f"{indent}# mlestar: ignore[{code}]{_line_end(script, above)}")


def _extended(script: Script, one: Suppression, code: str) -> Edit | None:
    assert one.listed is not None
    if code.upper() in (known.upper() for known in one.codes):
        return None
    inside = script.slice(one.listed)
    at = one.listed.start + len(inside.rstrip(" ,"))
    return Edit(Span(at, one.listed.end), f", {code}" if one.codes else code)


def _at_end(script: Script, line: int, code: str, comment: int | None) -> Edit:
    """``comment`` is the column of the comment that the line has."""
    span, text = script.index.line_span(line), script.index.line_text(line)
    if comment is None:
        end = span.start + len(text.rstrip())
        return Edit(Span(end, span.end), f"  # mlestar: ignore[{code}]")
    at = span.start + comment
    return Edit(Span(at, at), f"# mlestar: ignore[{code}]  ")


@dataclass
class _Known:
    """Which lines take a comment and which have one, read statement by statement."""

    script: Script
    whole: bool = True
    """Whether all that was read could be read to its end."""
    _closed: dict[int, bool] = field(default_factory=dict)
    _comments: dict[int, int] = field(default_factory=dict)

    def takes_comment(self, line: int) -> bool:
        if line not in self._closed:
            self._read(region(self.script, line))
        return not self._closed.get(line, True)

    def comment(self, line: int) -> int | None:
        return self._comments.get(line)

    def _read(self, lines: tuple[int, int]) -> None:
        first, last = lines
        found = tokens(self.script, lines)
        if not found or found[-1].type != tokenize.ENDMARKER:
            self.whole = False
            self._closed.update(dict.fromkeys(range(first, last + 1), True))
            return
        closed = _closed_lines([masked_line(self.script, line) for line in range(first, last + 1)], found)
        self._closed.update({line: line - first in closed for line in range(first, last + 1)})
        self._comments.update({first + t.start[0] - 1: t.start[1] for t in found if t.type == tokenize.COMMENT})


def _closed_lines(lines: Sequence[str], found: Sequence[tokenize.TokenInfo]) -> set[int]:
    """0-based lines whose end takes no comment: inside a string of several lines, or with a backslash."""
    closed = {number for number, line in enumerate(lines) if line.rstrip().endswith("\\")}
    fstring = 0
    for token in found:
        name = tokenize.tok_name[token.type]
        first, last = token.start[0] - 1, token.end[0] - 1
        if token.type == tokenize.STRING or name.startswith(("FSTRING_MIDDLE", "TSTRING_MIDDLE")):
            closed.update(range(first, last))
        if name in ("FSTRING_START", "TSTRING_START"):
            fstring += 1
        elif name in ("FSTRING_END", "TSTRING_END"):
            fstring -= 1
        elif fstring and token.type == tokenize.NL:
            closed.add(first)
    return closed


def _line_end(script: Script, line: int) -> str:
    following = script.text[script.index.line_span(line).end :]
    return "\r\n" if following.startswith("\r\n") else "\r" if following.startswith("\r") else "\n"
