"""The comment that turns one rule off at one place: where it can stand, and what it says."""

from __future__ import annotations

import io
import re
import tokenize

from cst_tools.script import Script
from cst_tools.types import Edit, Span

_DIRECTIVE = re.compile(r"#\s*mlestar:\s*ignore\[([^\]]*)\]", re.IGNORECASE)


def suppression(script: Script, code: str, span: Span) -> Edit | None:
    """The edit that disables ``code`` for the line of ``span``; None where no comment can stand.

    At the end of the line, joining a directive or a comment that is there already; where the line ends inside a string
    or in a backslash, the comment goes on the line where that ends, if it is part of the same statement.
    """
    index = script.index
    line = index.line_of(span.start)
    place = _line_for_comment(script, line)
    if place is None:
        return None
    text = index.line_text(place)
    start = index.line_span(place).start
    found = _DIRECTIVE.search(text)
    if found is not None:
        codes = found[1].strip()
        at = start + found.end(1)
        return Edit(Span(at, at), f", {code}" if codes else code)
    end = start + len(text.rstrip())
    comment = f"# mlestar: ignore[{code}]"
    return Edit(Span(end, start + len(text)), f"  {comment}")


def _line_for_comment(script: Script, line: int) -> int | None:
    """The line itself, or the first one after it that ends outside a string and without a backslash."""
    inside: set[int] = set()
    # one line end of one kind: the tokenizer's lines are then ours
    spans = (script.index.line_span(number) for number in range(script.index.count))
    text = "\n".join(script.masked[span.start : span.end] for span in spans)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="\n").readline):
            first, last = token.start[0] - 1, token.end[0] - 1
            if first != last and token.type not in (tokenize.NEWLINE, tokenize.NL):
                inside.update(range(first, last))
    except (tokenize.TokenError, SyntaxError):
        return None
    for candidate in range(line, script.index.count):
        if candidate not in inside and not script.index.line_text(candidate).rstrip().endswith("\\"):
            return candidate
    return None
