"""Suppression comments: ``# mlestar: ignore[L101] reason`` on the line or the line above, ``ignore-file[...]``.

Comments are read from tokens, so text inside strings never suppresses anything.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass

from cst_tools.types import Finding

_COMMENT = re.compile(r"#\s*mlestar:\s*(ignore-file|ignore)\b(?:\s*\[([^\]]*)\])?", re.IGNORECASE)


@dataclass(frozen=True)
class Suppression:
    """``codes`` empty means every code. ``line`` is 0-based; ``alone``: the comment has the line to itself."""

    line: int
    codes: frozenset[str]
    whole_file: bool
    alone: bool

    def covers(self, code: str, slug: str, first_line: int, last_line: int) -> bool:
        if self.codes and code.upper() not in self.codes and slug.upper() not in self.codes:
            return False
        if self.whole_file:
            return True
        return self.line == first_line - 1 if self.alone else first_line <= self.line <= last_line


def suppressions(text: str) -> tuple[Suppression, ...]:
    """All suppression comments; those before a token error when the text cannot be read to its end."""
    if "mlestar" not in text.lower():
        return ()
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type != tokenize.COMMENT:
                continue
            match = _COMMENT.match(token.string)
            if match is None:
                continue
            codes = frozenset(c.strip().upper() for c in (match.group(2) or "").split(",") if c.strip())
            alone = not token.line[: token.start[1]].strip()
            whole_file = match.group(1).lower() == "ignore-file"
            found.append(Suppression(token.start[0] - 1, codes, whole_file, alone))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return tuple(found)
    return tuple(found)


def suppressed(finding: Finding, lines: tuple[int, int], comments: tuple[Suppression, ...]) -> bool:
    return any(c.covers(finding.code, finding.slug, *lines) for c in comments)
