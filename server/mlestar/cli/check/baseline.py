"""The findings that are known: a file that lists them, and what of a check is new beside it.

A finding is known by its file, its code and the text of its statement, not by its line. The same statement may be there
several times: so many are known.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlestar.cli.check.options import WrongUse
from mlestar.cli.check.results import FileResult, Reported
from mlestar.cli.files import replace_file

VERSION = 1

Key = tuple[str, str, str]
"""File (relative to the baseline's folder, with ``/``), code, fingerprint."""


@dataclass(frozen=True)
class Compared:
    results: tuple[FileResult, ...]
    known: int
    gone: int
    """Findings of the baseline that are no more, in files that were checked or that do not exist now."""


def read(path: Path) -> Counter[Key]:
    """Raises WrongUse with what to do where there is no baseline."""
    try:
        raw: Any = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise WrongUse(f"{path} does not exist; write it with --baseline {path} --write-baseline") from None
    except (OSError, ValueError) as error:
        raise WrongUse(f"{path} cannot be read as a baseline ({error}); write it again with --write-baseline") from None
    entries = raw.get("findings") if isinstance(raw, dict) else None
    if not isinstance(entries, list) or raw.get("version") != VERSION:
        raise WrongUse(f"{path} is no baseline of this version; write it again with --write-baseline")
    known: Counter[Key] = Counter()
    for entry in entries:
        match entry:
            case {"path": str(name), "code": str(code), "fingerprint": str(fingerprint), "count": int(count)}:
                known[name, code, fingerprint] += max(count, 0)
            case _:
                raise WrongUse(f"{path} has an entry that is none: {entry!r}; write it again with --write-baseline")
    return known


def compare(path: Path, known: Counter[Key], results: Sequence[FileResult]) -> Compared:
    """The results without the findings that are known: of several alike, the first ones are."""
    left = Counter(known)
    new = []
    for result in results:
        kept = []
        for finding in result.reported:
            key = key_of(path, finding)
            if left[key] > 0:
                left[key] -= 1
            else:
                kept.append(finding)
        new.append(replace(result, reported=tuple(kept)))
    looked_at = {_relative(path, result.path) for result in results if result.checked}
    gone = sum(count for (name, _, _), count in left.items() if name in looked_at or not (path.parent / name).exists())
    return Compared(tuple(new), known.total() - left.total(), gone)


def write(path: Path, known: Counter[Key], results: Sequence[FileResult]) -> str | None:
    """Write what was found, with the entries of files that this check did not look at; a sentence when it cannot."""
    looked_at = {_relative(path, result.path) for result in results if result.checked}
    counts = Counter(
        {key: n for key, n in known.items() if key[0] not in looked_at and (path.parent / key[0]).exists()}
    )
    counts.update(key_of(path, finding) for result in results for finding in result.reported)
    entries = [{"path": k[0], "code": k[1], "fingerprint": k[2], "count": n} for k, n in sorted(counts.items()) if n]
    text = json.dumps({"version": VERSION, "tool": "mlestar", "findings": entries}, indent=1, ensure_ascii=False) + "\n"
    return replace_file(path.absolute(), text.encode("utf-8", "surrogatepass"))


def key_of(path: Path, finding: Reported) -> Key:
    return _relative(path, finding.path), finding.code, finding.fingerprint


def _relative(path: Path, name: str) -> str:
    folder = os.path.abspath(path.parent)  # noqa: PTH100 - links are kept as they were named
    try:
        return os.path.relpath(os.path.abspath(name), folder).replace("\\", "/")  # noqa: PTH100
    except ValueError:  # another drive
        return Path(name).absolute().as_posix()


def occurrences(findings: Iterable[Reported]) -> list[int]:
    """Which of several alike each finding is, from 1."""
    seen: Counter[tuple[str, str, str]] = Counter()
    numbers = []
    for finding in findings:
        key = finding.path, finding.code, finding.fingerprint
        seen[key] += 1
        numbers.append(seen[key])
    return numbers
