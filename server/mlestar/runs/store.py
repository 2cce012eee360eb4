"""The store of library calls: one folder a workspace, bounded, pruned by use, shared by all its studies.

Runs write and read the entries themselves (`worker.memo.entries` describes one); this is the server's side: where the
folder lies, how much it may hold, what goes first when it holds more, and how to empty it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import shutil
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mlestar.runs.types import RunSpec

MOST_BYTES = 4 * 1024**3
THRESHOLD_S = 0.05
"""Calls that take less are not worth it."""
SHARE = 0.25
"""What looking at a call and keeping it may cost, as a part of the call's own time."""
_HEADER = struct.Struct("<8sddQI4x")  # as in worker.memo.entries
_ROOM = 0.9
"""How full the store is after pruning: so that it need not be done again at once."""
_ABANDONED_S = 3600.0
"""Age at which a half-written file belongs to nobody."""


@dataclass(frozen=True)
class Kept:
    """One entry: its file, size in bytes, seconds its call took, and when it was last used (seconds since 1970)."""

    path: Path
    size: int
    seconds: float
    used: float


@dataclass(frozen=True)
class StoreState:
    """What a store holds. ``seconds`` is the time all its calls took when they were made."""

    entries: int
    size: int
    seconds: float


class Store:
    """The entries of one workspace under ``home``."""

    def __init__(self, home: Path, workspace: Path, most_bytes: int = MOST_BYTES) -> None:
        digest = blake2b(os.fsencode(workspace.resolve()), digest_size=8).hexdigest()
        self.folder = home / "store" / digest
        self.most_bytes = most_bytes

    @classmethod
    def at(cls, folder: Path) -> Store:
        """The store that lies in ``folder``, whatever workspace it belongs to."""
        store = cls(folder, folder)
        store.folder = folder
        return store

    def prepare(self) -> bool:
        """Make the folder; False where that cannot be done, then runs go without."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            return False
        return os.access(self.folder, os.W_OK | os.X_OK)

    def order(self, spec: RunSpec) -> dict[str, Any]:
        """What a worker has to know; ``salt`` holds what changes results from outside the program."""
        return {
            "folder": str(self.folder),
            "most_bytes": self.most_bytes,
            "threshold_s": THRESHOLD_S,
            "share": SHARE,
            "machine": machine(),
            "salt": repr((spec.fidelity, spec.limits.threads, spec.limits.gpus)),
        }

    def entries(self) -> Iterator[Kept]:
        """All entries; those that disappear or cannot be read meanwhile are left out."""
        for path in self.folder.glob("??/*.memo"):
            with contextlib.suppress(OSError, struct.error):
                with path.open("rb") as file:
                    _, seconds, _, _, _ = _HEADER.unpack(file.read(_HEADER.size))
                found = path.stat()
                yield Kept(path, found.st_size, seconds, found.st_mtime)

    def state(self) -> StoreState:
        kept = list(self.entries())
        return StoreState(len(kept), sum(k.size for k in kept), sum(k.seconds for k in kept))

    def prune(self, now: float | None = None) -> int:
        """Remove entries until the store is within its bound; returns how many.

        First goes what was long not used, is large, and took little time to compute: age times size by seconds.
        """
        now = time.time() if now is None else now
        self._sweep(now)
        kept = list(self.entries())
        total = sum(k.size for k in kept)
        if total <= self.most_bytes:
            return 0
        removed = 0
        for entry in sorted(kept, key=lambda k: (now - k.used + 1.0) * k.size / max(k.seconds, 0.01), reverse=True):
            if total <= _ROOM * self.most_bytes:
                break
            with contextlib.suppress(OSError):
                entry.path.unlink()
                total -= entry.size
                removed += 1
        return removed

    def _sweep(self, now: float) -> None:
        """Remove what killed runs left half-written, locks nobody took for an hour, and files that are no entries."""
        for path in [*self.folder.glob("new-*"), *self.folder.glob("locks/*"), *self.folder.glob("??/*.memo")]:
            with contextlib.suppress(OSError):
                found = path.stat()
                empty = path.suffix == ".memo" and found.st_size < _HEADER.size
                if empty or (path.suffix != ".memo" and now - found.st_mtime > _ABANDONED_S):
                    path.unlink()

    def clear(self) -> int:
        """Remove all of it; returns the bytes that were freed."""
        size = self.state().size
        shutil.rmtree(self.folder, ignore_errors=True)
        return size


def stores(home: Path) -> list[Store]:
    """The stores of all workspaces."""
    return [Store.at(folder) for folder in sorted((home / "store").glob("*"))]


def clear_all(home: Path) -> int:
    """Remove the stores of all workspaces; returns the bytes that were freed."""
    freed = sum(path.stat().st_size for path in (home / "store").glob("*/??/*.memo"))
    shutil.rmtree(home / "store", ignore_errors=True)
    return freed


@functools.lru_cache(maxsize=1)
def machine() -> str:
    """What decides the last digits on this machine: another processor may choose other instructions."""
    words = [platform.system(), platform.machine(), platform.processor(), *platform.libc_ver()]
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith(("model name", "flags", "Features", "CPU part")):
                words.append(line)
            elif not line:
                break
    return blake2b("\n".join(words).encode(), digest_size=8).hexdigest()


def usable(spec: RunSpec, store: Store, roots: tuple[Path, ...]) -> bool:
    """Whether the run of ``spec`` may use ``store``: wanted, and not within a folder whose changes are thrown away."""
    if not spec.reuse or os.environ.get("MLESTAR_NO_MEMO"):
        return False
    if any(root == store.folder or root in store.folder.parents for root in roots):
        return False
    return store.prepare()
