"""The comment that turns one rule off at one place: where it can stand, and what it says."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Mapping, Sequence
from functools import lru_cache

from cst_tools.positions import LineIndex
from cst_tools.script import Script
from cst_tools.types import Edit, Span

_DIRECTIVE = re.compile(r"#\s*mlestar:\s*ignore\s*\[([^\]]*)\]", re.IGNORECASE)


def suppression(script: Script, code: str, span: Span) -> Edit | None:
    """The edit that disables ``code`` for the line of ``span``; None where no comment can stand.

    At the end of the first line of the finding that can take a comment: one whose end lies in a string or that goes on
    behind a backslash cannot. Else on a line of its own above. A directive that is there gets one code more; another
    comment stays, behind the directive.
    """
    known = places_of(script.masked)
    if known is None:
        return None
    closed, comments = known
    index = script.index
    first, last = index.line_of(span.start), index.line_of(span.end)
    for line in range(first, last + 1):
        if line not in closed:
            return _at_end(script, line, code, comments.get(line))
    if first == 0 or first - 1 not in closed:
        start = index.line_span(first).start
        text = index.line_text(first)
        indent = text[: len(text) - len(text.lstrip())]
        return Edit(Span(start, start), f"{indent}# mlestar: ignore[{code}]{_line_end(script, first)}")
    return None


def _at_end(script: Script, line: int, code: str, comment: int | None) -> Edit:
    """``comment`` is the column of the comment that the line has."""
    span, text = script.index.line_span(line), script.index.line_text(line)
    if comment is None:
        end = span.start + len(text.rstrip())
        return Edit(Span(end, span.end), f"  # mlestar: ignore[{code}]")
    found = _DIRECTIVE.match(text, comment)
    if found is None:
        at = span.start + comment
        return Edit(Span(at, at), f"# mlestar: ignore[{code}]  ")
    at = span.start + found.end(1)
    return Edit(Span(at, at), f", {code}" if found[1].strip() else code)


@lru_cache(maxsize=8)
def places_of(masked: str) -> tuple[frozenset[int], Mapping[int, int]] | None:
    """The lines whose end takes no comment, and the column of the comment of each line that has one; 0-based.

    None where the text has no tokens. Kept for a few texts: all findings of one text need the same answer, and a
    thousand lines take some 30 ms, so the analysis thread asks before the event loop does.
    """
    # one line end of one kind: the tokenizer's lines are then ours
    index = LineIndex(masked)
    lines = [index.line_text(number) for number in range(index.count)]
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO("\n".join(lines), newline="\n").readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    comments = {t.start[0] - 1: t.start[1] for t in tokens if t.type == tokenize.COMMENT}
    return frozenset(_closed_lines(lines, tokens)), comments


def _closed_lines(lines: Sequence[str], tokens: Sequence[tokenize.TokenInfo]) -> set[int]:
    """0-based lines whose end takes no comment: inside a string of several lines, or with a backslash."""
    closed = {number for number, line in enumerate(lines) if line.rstrip().endswith("\\")}
    fstring = 0
    for token in tokens:
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
