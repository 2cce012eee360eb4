"""What makes two runs the same: the key of a run, and the files that it read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from mlestar.runs.types import InputFile, RunSpec

DIGEST_LIMIT = 256 * 1024**2
"""Bytes; above it size and time decide whether a file is the same."""
_digests: dict[tuple[str, int, int], str] = {}


def run_key(spec: RunSpec) -> str:
    """The part of a run's identity that is known before it: text, seed, fidelity, arguments, interpreter, objective.

    The files it read are the other part: see `inputs_unchanged`.
    """
    parts = (
        str(spec.script),
        spec.variant_text,
        spec.program_text,
        worker_fingerprint(),
        spec.seed,
        spec.fidelity,
        spec.arguments,
        spec.module,
        sorted(spec.environment.items()),
        spec.interpreter.fingerprint,
        spec.objective_id,
        spec.aggregate.value,
        spec.printed_pattern,
        spec.limits.threads,
        None if spec.working_folder is None else str(spec.working_folder),
    )
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@lru_cache(maxsize=1)
def worker_fingerprint() -> str:
    """What runs the script: another version of the worker may report other things, so its runs are others."""
    state = blake2b(digest_size=16)
    for file in sorted((Path(__file__).parent / "worker").rglob("*.py")):
        state.update(file.read_bytes())
    return state.hexdigest()


def digest_of(path: str, size: int, mtime_ns: int) -> str | None:
    """blake2b of the content; None when the file is too large or cannot be read. Remembered by size and time."""
    if size > DIGEST_LIMIT:
        return None
    key = (path, size, mtime_ns)
    if key not in _digests:
        state = blake2b(digest_size=16)
        try:
            with Path(path).open("rb") as file:
                while piece := file.read(1 << 20):
                    state.update(piece)
        except OSError:
            return None
        if len(_digests) > 10_000:
            _digests.clear()
        _digests[key] = state.hexdigest()
    return _digests[key]


def inputs_unchanged(inputs: Iterable[InputFile]) -> bool:
    """True when every file still has the content that was read. A file that cannot be read has changed."""
    for file in inputs:
        try:
            now = Path(file.path).stat()
        except OSError:
            return False
        if now.st_size != file.size:
            return False
        if now.st_mtime_ns == file.mtime_ns:
            continue
        if file.digest is None or digest_of(file.path, now.st_size, now.st_mtime_ns) != file.digest:
            return False
    return True
