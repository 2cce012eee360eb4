"""What is known of a file after its check, as plain values that go from one process to another."""

from __future__ import annotations

from dataclasses import dataclass

from cst_tools.types import FixClass, Severity

RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFORMATION: 2}


@dataclass(frozen=True)
class Region:
    """1-based lines and columns in code points; the end column is the one behind."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Shown:
    """A place as a person looks for it, and as it lies in the file: they differ in notebooks, whose file is JSON."""

    at: Region
    file: Region
    cell: int | None = None
    """1-based number of the code cell that ``at`` counts in."""


@dataclass(frozen=True)
class Replacement:
    """Characters of the file, and what takes their place."""

    region: Region
    text: str


@dataclass(frozen=True)
class Mending:
    title: str
    safety: FixClass
    replacements: tuple[Replacement, ...]


@dataclass(frozen=True)
class Also:
    """The other half of a finding."""

    message: str
    place: Shown


@dataclass(frozen=True)
class Reported:
    """One finding. ``fingerprint`` stays when lines above are added or removed; ``reason`` is that of a suppression."""

    path: str
    code: str
    slug: str
    message: str
    severity: Severity
    place: Shown
    related: tuple[Also, ...]
    fix: Mending | None
    fingerprint: str
    reason: str | None = None


@dataclass(frozen=True)
class FileResult:
    """``complaints`` are sentences for the person; ``errors`` are failures of our own rules."""

    path: str
    checked: bool
    reported: tuple[Reported, ...] = ()
    suppressed: tuple[Reported, ...] = ()
    complaints: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    """Codes of the findings that fixes cleared, or would clear."""
    diff: str = ""
    text: str | None = None
    """What stdin became."""
    failed: bool = False
    """The check of this file broke down: a fault of ours."""
