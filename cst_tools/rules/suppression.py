"""Suppression comments: ``# mlestar: ignore[L101] reason`` on the line or the line above, ``ignore-file[...]``.

Comments are read from tokens, so text inside strings never suppresses anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cst_tools.comments import Comment, comments_with, region
from cst_tools.script import Script
from cst_tools.types import Finding, Span

DIRECTIVE = re.compile(r"#\s*mlestar:\s*(ignore-file|ignore)(?![\w-])(?:\s*\[([^\]#]*)\])?([^#]*)", re.IGNORECASE)
"""Kind, codes, reason. Another comment may stand before or behind it: ``# noqa  # mlestar: ignore[L101]``."""
OWN = frozenset({"S001", "UNUSED-SUPPRESSION", "N001", "CELLS-RUN-OUT-OF-ORDER"})
"""Notes about the file rather than its program: taken only where they are named."""


@dataclass(frozen=True)
class Suppression:
    """One directive. ``codes`` empty means every code; ``line`` is 0-based."""

    line: int
    span: Span
    """The directive with its reason, without what else the comment says."""
    comment: Span
    alone: bool
    """The comment has its line to itself, and is about ``target``, the next line that is no comment."""
    target: int
    whole_file: bool
    codes: tuple[str, ...]
    """As written."""
    listed: Span | None
    """What stands between the brackets."""
    reason: str

    def names(self, finding: Finding) -> str | None:
        """The code, as written, that speaks of ``finding``; empty for a directive without codes, None for no."""
        for code in self.codes:
            if code.upper() in (finding.code.upper(), finding.slug.upper()):
                return code
        return None if self.codes or finding.code.upper() in OWN else ""

    def reaches(self, lines: tuple[int, int], statement: tuple[int, int]) -> bool:
        """Whether it is about a finding on ``lines`` of ``statement``, both 0-based."""
        if self.whole_file:
            return True
        if self.alone and self.target in (lines[0], statement[0]):
            return True
        return lines[0] <= self.line <= lines[1] or (not self.alone and self.line in statement)


@dataclass(frozen=True)
class Suppressed:
    """A finding that somebody turned off, and why."""

    finding: Finding
    reason: str
    line: int
    """0-based, of the comment."""


class Suppressions:
    """The directives of one script, and which of their codes had something to suppress."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.all = suppressions(script)
        self.used: set[tuple[Suppression, str]] = set()
        self.suppressed: list[Suppressed] = []

    def takes(self, finding: Finding) -> bool:
        """Whether ``finding`` is suppressed. All directives that speak of it count as used."""
        if not self.all:
            return False
        index = self.script.index
        lines = index.line_of(finding.span.start), index.line_of(finding.span.end)
        statement = region(self.script, lines[0])
        taking = [
            (one, name)
            for one in self.all
            if (name := one.names(finding)) is not None and one.reaches(lines, statement)
        ]
        self.used.update(taking)
        if taking:
            best = max((one for one, _ in taking), key=lambda one: bool(one.reason))
            self.suppressed.append(Suppressed(finding, best.reason, best.line))
        return bool(taking)


def suppressions(script: Script) -> tuple[Suppression, ...]:
    """All suppression directives in order."""
    found = []
    for comment in comments_with(script, "mlestar"):
        start = script.index.line_span(comment.line).start + comment.column
        for match in DIRECTIVE.finditer(comment.text):
            found.append(_read(script, comment, match, start))
    return tuple(found)


def _read(script: Script, comment: Comment, match: re.Match[str], start: int) -> Suppression:
    return Suppression(
        line=comment.line,
        span=Span(start + match.start(), start + len(comment.text[: match.end()].rstrip())),
        comment=Span(start, start + len(comment.text.rstrip())),
        alone=comment.alone,
        target=_next_code(script, comment.line) if comment.alone else comment.line,
        whole_file=match[1].lower() == "ignore-file",
        codes=tuple(c.strip() for c in (match[2] or "").split(",") if c.strip()),
        listed=None if match[2] is None else Span(start + match.start(2), start + match.end(2)),
        reason=match[3].strip().lstrip("-:–— ").strip(),
    )


def _next_code(script: Script, line: int) -> int:
    """The first line below that is not only a comment; several comments may stand above one statement."""
    index = script.index
    following = line + 1
    while following < index.count and index.line_text(following).lstrip().startswith("#"):
        following += 1
    return following
