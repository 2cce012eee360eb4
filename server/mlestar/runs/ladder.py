"""Which ways of sharing work a script can take, learnt from what happened and remembered between studies.

The rungs, in order: fork before the first difference, fork after the imports (what comes then is in the store, where
it is a library call), take over a snapshot before the first difference, a fresh process. A rung that cannot carry out
a script's variants says why (`Refusal`); what will be the same next time is kept here, until the script's imports, its
interpreter or this program change.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import sys
import time
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mlestar.runs.keys import worker_fingerprint
from mlestar.runs.types import Rung, RunSpec

_KEPT_S = 30 * 86400
"""A refusal is tried again after this long: libraries and machines change in ways that no key shows."""
_MOST = 500


@dataclass
class _Known:
    refused: dict[str, str] = field(default_factory=dict)
    """Rung to the sentence that says why it is of no use."""
    seeds_apart: bool = False
    """Runs of different seeds share nothing: randomness is used before the first seeded line."""
    at: float = 0.0


class Ladder:
    """What was learnt, by script; kept in ``home/ladder.json``, which several servers may share."""

    def __init__(self, home: Path) -> None:
        self._path = home / "ladder.json"
        self._known: dict[str, _Known] = {}
        self._read = False

    def rungs(self, spec: RunSpec) -> tuple[Rung, ...]:
        """The shared rungs worth trying for a family with ``spec``, in order; the plain process comes after them."""
        if not spec.reuse or os.environ.get("MLESTAR_RUNGS") == "plain":
            return ()
        known = self._of(spec)
        found: tuple[Rung, ...]
        found = (Rung.BRANCH, Rung.WARM, Rung.SNAPSHOT) if sys.platform.startswith("linux") else (Rung.SNAPSHOT,)
        wanted = os.environ.get("MLESTAR_RUNGS")
        if wanted:
            found = tuple(rung for rung in found if rung.value in wanted.split(","))
        return tuple(rung for rung in found if rung.value not in known.refused)

    def reasons(self, spec: RunSpec) -> tuple[str, ...]:
        """Why the rungs that are left out are left out."""
        return tuple(f"no {rung}: {reason.rstrip('.')}" for rung, reason in self._of(spec).refused.items())

    def seeds_apart(self, spec: RunSpec) -> bool:
        """Whether runs of different seeds must not be put into one family."""
        return self._of(spec).seeds_apart

    def refuse(self, spec: RunSpec, rung: Rung, reason: str) -> None:
        """From now on ``rung`` is not tried for this script."""
        known = self._of(spec)
        known.refused[rung.value] = reason
        self._keep(spec, known)

    def part_seeds(self, spec: RunSpec) -> None:
        """From now on each seed of this script has a family of its own."""
        known = self._of(spec)
        known.seeds_apart = True
        self._keep(spec, known)

    # ------------------------------------------------------------------------------------------ the file

    def _of(self, spec: RunSpec) -> _Known:
        self._load()
        known = self._known.get(_key(spec))
        return known if known is not None and time.time() - known.at < _KEPT_S else _Known()

    def _load(self) -> None:
        if self._read:
            return
        self._read = True
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            for key, value in json.loads(self._path.read_text("utf-8")).items():
                self._known[str(key)] = _Known(
                    {str(k): str(v) for k, v in value["refused"].items()},
                    bool(value["seeds_apart"]),
                    float(value["at"]),
                )

    def _keep(self, spec: RunSpec, known: _Known) -> None:
        known.at = time.time()
        own = {_key(spec): known}
        self._read = False
        self._load()  # what another server learnt meanwhile
        self._known.update(own)
        newest = sorted(self._known.items(), key=lambda item: item[1].at)[-_MOST:]
        self._known = dict(newest)
        data: dict[str, Any] = {key: vars(value) for key, value in newest}
        fresh = self._path.with_suffix(f".{os.getpid()}.new")
        with contextlib.suppress(OSError):  # a memory that cannot be kept costs time, nothing else
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(data), "utf-8")
            fresh.replace(self._path)


def _key(spec: RunSpec) -> str:
    parts = (str(spec.script), spec.interpreter.fingerprint, _imports(spec.variant_text), worker_fingerprint())
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _imports(text: str) -> tuple[str, ...]:
    """Names of the modules that a program imports, without the variants' own additions mattering much: by package."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return tuple(sorted(found))
