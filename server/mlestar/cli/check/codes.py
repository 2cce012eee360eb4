"""The words of ``--select`` and ``--ignore`` as rule codes."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence

from cst_tools.rules import codes
from mlestar.cli.check.options import WrongUse


def words(text: str | None) -> tuple[str, ...]:
    """Codes and slugs as written, separated by commas or blanks."""
    return tuple((text or "").replace(",", " ").split())


def resolved(names: Sequence[str], option: str) -> frozenset[str]:
    """The codes that the words of an option name: a code, a slug, or the beginning of several codes (``L1``)."""
    known = codes()
    found: set[str] = set()
    for name in names:
        upper = name.upper()
        matching = {known[upper]} if upper in known else {c for c in known.values() if c.upper().startswith(upper)}
        if not matching:
            near = difflib.get_close_matches(upper, known, n=1)
            hint = f"did you mean {near[0] if near[0] in known.values() else near[0].lower()}? " if near else ""
            raise WrongUse(f"{option}: there is no rule {name}; {hint}`mlestar rule --all` lists them")
        found |= matching
    return frozenset(found)


def left_out(select: Collection[str], ignore: Collection[str]) -> frozenset[str]:
    """The codes that are not reported, when these are selected (none: all) and those ignored."""
    everything = frozenset(codes().values())
    return (everything - frozenset(select) if select else frozenset()) | frozenset(ignore)
