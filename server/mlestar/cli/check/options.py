"""What a check is asked to do."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from cst_tools.types import FixClass, Severity

STDIN = Path("-")


class Format(str, enum.Enum):
    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


class Mend(str, enum.Enum):
    """What happens with fixes."""

    NO = "no"
    WRITE = "write"
    DIFF = "diff"


@dataclass(frozen=True)
class Options:
    format: Format = Format.TEXT
    mend: Mend = Mend.NO
    classes: frozenset[FixClass] = frozenset({FixClass.SAFE})
    """Fixes that are applied."""
    severity: Severity = Severity.INFORMATION
    """The least that is reported."""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    jobs: int | None = None
    baseline: Path | None = None
    write_baseline: bool = False
    statistics: bool = False
    exit_zero: bool = False
    show_suppressed: bool = False
    stdin_filename: Path | None = None


class WrongUse(Exception):
    """Something was asked that cannot be done; the message says what to do instead."""
