"""What a run needs of the user's files on a node, by content: found out here, sent once, laid out there.

A node that sees the same files under the same paths (a shared file system) gets nothing. Else the files of the
workspace, and those beside it that the script names, are laid out under a folder of the node's cache as they lie here:
below it the paths are the same, so ``../data`` works.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from mlestar.runs.keys import digest_of
from mlestar.runs.layout import exists, named_paths, workspace_for
from mlestar.runs.types import RunSpec
from mlestar.runs.worker.copying import SKIPPED

MOST_FILES = 50_000
MOST_BYTES = 20 * 1024**3
PART_BYTES = 64 * 1024**2
_recent: dict[Path, tuple[float, list[Entry]]] = {}
_walking = threading.Lock()


@dataclass(frozen=True)
class Entry:
    """One file, folder or link, by its absolute path here."""

    path: str
    size: int = 0
    mtime_ns: int = 0
    mode: int = 0
    content: str = ""
    """Names the content; empty for folders and links."""
    link: str = ""


@dataclass(frozen=True)
class Manifest:
    """Everything that a run may need. ``name`` stands for all of it, paths, times and content."""

    name: str
    workspace: str
    entries: tuple[Entry, ...]
    elsewhere: tuple[Entry, ...] = ()
    """Files outside the workspace that the script names by absolute path: a node must have them itself."""


@dataclass(frozen=True)
class Part:
    """Contents that are sent as one piece: (content, offset of this piece, bytes)."""

    name: str
    pieces: tuple[tuple[str, int, int], ...]


class TooMuch(Exception):
    """The workspace is too big to be sent."""


def manifest_of(spec: RunSpec, home: Path, beside: set[Path]) -> Manifest:
    """Reads names, sizes and times of the whole workspace; contents only of files that changed since the last time.

    ``beside`` gathers the files outside the workspace that runs of it named, so that variants which name fewer of them
    do not need another layout.
    Raises TooMuch with a sentence, OSError when the workspace cannot be read.
    """
    workspace = workspace_for(spec.workspace, spec.script)
    entries = _walked(workspace, home.resolve())
    elsewhere: list[Path] = []
    folder = spec.script.resolve().parent
    for name in sorted(named_paths(spec.variant_text) | set(spec.arguments)):
        path = Path(os.path.normpath(folder / name))
        if not name or workspace == path or workspace in path.parents or not exists(path, folder=False):
            continue
        if Path(name).is_absolute():
            elsewhere.append(path)
        else:
            beside.add(path)
    named = tuple(beside)  # at once: another run may add to it meanwhile
    entries += [_file(path) for path in sorted(named) if exists(path, folder=False)]
    state = blake2b(digest_size=16)
    for entry in entries:
        state.update(repr(entry).encode("utf-8", "surrogateescape"))
    state.update(str(workspace).encode("utf-8", "surrogateescape"))
    outside = tuple(
        _file(p) for p in elsewhere if not str(p).startswith(("/proc/", "/dev/", "/sys/", "/etc/", "/usr/"))
    )
    return Manifest(state.hexdigest(), str(workspace), tuple(entries), outside)


def _walked(workspace: Path, home: Path) -> list[Entry]:
    """A second old at most: the runs of one study ask within moments for the same."""
    with _walking:
        at, known = _recent.get(workspace, (0.0, []))
        if time.monotonic() - at > 1.0:
            known = list(_walk(workspace, home))
            _recent.clear()
            _recent[workspace] = (time.monotonic(), known)
        return list(known)


def _walk(workspace: Path, home: Path) -> Iterator[Entry]:
    count = total = 0
    for folder, names, files in os.walk(workspace):
        kept = []
        for name in sorted(names):
            whole = Path(folder) / name
            if whole.is_symlink():
                files.append(name)
            elif name not in SKIPPED and whole != home and not _is_environment(whole):
                kept.append(name)
        names[:] = kept
        yield Entry(folder, mode=stat.S_IMODE(Path(folder).stat().st_mode))
        for name in sorted(files):
            path = Path(folder) / name
            if path.is_symlink():
                yield Entry(str(path), link=str(path.readlink()))
            elif path.is_file():
                entry = _file(path)
                count, total = count + 1, total + entry.size
                if count > MOST_FILES or total > MOST_BYTES:
                    raise TooMuch(
                        f"{workspace} is too big to be sent to a node (over {MOST_FILES} files or "
                        f"{MOST_BYTES // 1024**3} GB); put it on a file system that all nodes share, "
                        "or set `workspace` to a smaller folder"
                    )
                yield entry


def _is_environment(folder: Path) -> bool:
    return (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()


def _file(path: Path) -> Entry:
    found = path.stat()
    content = digest_of(str(path), found.st_size, found.st_mtime_ns)
    if content is None:  # too large to be read just for this: where it lies, its size and time stand for it
        known = repr((str(path), found.st_size, found.st_mtime_ns)).encode("utf-8", "surrogateescape")
        content = "big" + blake2b(known, digest_size=16).hexdigest()
    return Entry(str(path), found.st_size, found.st_mtime_ns, stat.S_IMODE(found.st_mode), content)


def parts_of(manifest: Manifest) -> list[tuple[Part, Callable[[], bytes]]]:
    """The contents in parts of at most `PART_BYTES`, each with what reads it. Small files go together."""
    parts: list[tuple[Part, Callable[[], bytes]]] = []
    pieces: list[tuple[str, int, int]] = []
    sources: list[tuple[str, int, int]] = []

    def close() -> None:
        if pieces:
            name = blake2b(repr(pieces).encode(), digest_size=16).hexdigest()
            parts.append((Part(name, tuple(pieces)), _reader(tuple(sources))))
            pieces.clear()
            sources.clear()

    room, seen = PART_BYTES, set()
    for entry in sorted(manifest.entries, key=lambda e: e.content):
        if not entry.content or entry.content in seen:
            continue
        seen.add(entry.content)
        offset = 0
        while offset < entry.size or (entry.size == 0 and offset == 0):
            length = min(PART_BYTES, entry.size - offset)
            if length > room:
                close()
                room = PART_BYTES
            pieces.append((entry.content, offset, length))
            sources.append((entry.path, offset, length))
            room -= length
            offset += max(1, length)
    close()
    return parts


def _reader(sources: tuple[tuple[str, int, int], ...]) -> Callable[[], bytes]:
    def read() -> bytes:
        data = bytearray()
        for path, offset, length in sources:
            with Path(path).open("rb") as file:
                file.seek(offset)
                piece = file.read(length)
            if len(piece) != length:
                raise OSError(f"{path} changed while it was sent; the next run sends it again")
            data += piece
        return bytes(data)

    return read
