"""On a node: what was shipped, laid out under one folder as it lies at the user's; made once, kept for the next run."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

from mlestar.runs.ray.shipping import Entry, Manifest, Part
from mlestar.runs.shadow import remove_tree

_LINK_FROM = 1024**2
"""Bytes: larger files are linked to their one copy on the node, smaller ones copied."""
_KEEP_S = 7 * 86400


def in_place(manifest: Manifest) -> bool:
    """Whether this node sees the user's very files: same paths, sizes and times."""
    return all(_same(entry) for entry in manifest.entries)


def absent(manifest: Manifest) -> list[str]:
    """Files that the script names by absolute path and that this node does not have as they are at the user's."""
    return [entry.path for entry in manifest.elsewhere if not _same(entry)]


def _same(entry: Entry) -> bool:
    try:
        found = os.lstat(entry.path)
        if entry.link:
            return stat.S_ISLNK(found.st_mode) and os.readlink(entry.path) == entry.link  # noqa: PTH115 - as it stands
        if not entry.content:
            return stat.S_ISDIR(found.st_mode)
        if stat.S_ISLNK(found.st_mode):
            found = Path(entry.path).stat()
        return (found.st_size, found.st_mtime_ns) == (entry.size, entry.mtime_ns)
    except OSError:
        return False


def laid_out(cache: Path, name: str) -> Path | None:
    """The folder under which a manifest is laid out, when it already is."""
    folder = cache / "trees" / name
    if not folder.is_dir():
        return None
    with contextlib.suppress(OSError):
        os.utime(folder)  # when it was last used
    return folder


def lay_out(cache: Path, manifest: Manifest, parts: Sequence[tuple[Part, Callable[[], bytes]]]) -> Path:
    """Fetch what this node lacks and lay it all out. Raises OSError."""
    with _lock(cache / "lock"):
        done = laid_out(cache, manifest.name)
        if done is not None:
            return done
        store = cache / "files"
        store.mkdir(parents=True, exist_ok=True)
        _fetch(store, manifest, parts)
        trees = cache / "trees"
        trees.mkdir(exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="new-", dir=trees))
        try:
            for entry in manifest.entries:
                _place(entry, made, store)
            for entry in reversed(manifest.entries):  # a folder's mode last: it may forbid to write
                if not entry.content and not entry.link:
                    _at(made, entry.path).chmod(entry.mode | stat.S_IRWXU)
            made.rename(trees / manifest.name)
        except BaseException:
            remove_tree(made)
            raise
        return trees / manifest.name


def _at(root: Path, path: str) -> Path:
    return root / path.lstrip("/")


def _fetch(store: Path, manifest: Manifest, parts: Sequence[tuple[Part, Callable[[], bytes]]]) -> None:
    sizes = {entry.content: entry.size for entry in manifest.entries if entry.content}
    lacking = {content for content in sizes if not (store / content).is_file()}
    for part, read in parts:
        if not any(content in lacking for content, _, _ in part.pieces):
            continue
        data, at = memoryview(read()), 0
        for content, offset, length in part.pieces:
            if content in lacking:
                with (store / f"{content}.new").open("r+b" if offset else "wb") as file:
                    file.seek(offset)
                    file.write(data[at : at + length])
                if offset + length == sizes.get(content, -1):
                    _verify(store / f"{content}.new", content)
                    (store / f"{content}.new").replace(store / content)
                    lacking.discard(content)
            at += length
    if lacking:
        raise OSError(f"{len(lacking)} files did not arrive")


def _verify(file: Path, content: str) -> None:
    """A file that was changed while it was sent must not be kept under the name of what it was."""
    state = blake2b(digest_size=16)
    with file.open("rb") as opened:
        while piece := opened.read(1 << 20):
            state.update(piece)
    if not content.startswith("big") and state.hexdigest() != content:
        file.unlink()
        raise OSError("a file changed while it was sent; the next run sends it again")


def _place(entry: Entry, root: Path, store: Path) -> None:
    target = _at(root, entry.path)
    if entry.link:
        target.symlink_to(entry.link)
        return
    if not entry.content:
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    source = store / entry.content
    if entry.size >= _LINK_FROM:
        state = source.stat()
        if state.st_nlink == 1 or (state.st_mtime_ns, stat.S_IMODE(state.st_mode)) == (entry.mtime_ns, entry.mode):
            with contextlib.suppress(OSError):  # a file system without hard links
                os.utime(source, ns=(entry.mtime_ns, entry.mtime_ns))
                source.chmod(entry.mode)
                os.link(source, target)
                return
    shutil.copyfile(source, target)
    target.chmod(entry.mode)
    os.utime(target, ns=(entry.mtime_ns, entry.mtime_ns))


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """One worker of a node at a time; given back by the system when the worker dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        if os.name != "nt":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def prune(cache: Path) -> None:
    """Remove what no run used for a week."""
    old = time.time() - _KEEP_S
    with contextlib.suppress(OSError), _lock(cache / "lock"):
        for tree in (cache / "trees").glob("*"):
            if tree.stat().st_mtime < old:
                remove_tree(tree)
        for file in (cache / "files").glob("*"):
            state = file.stat()
            if state.st_nlink == 1 and max(state.st_ctime, state.st_atime) < old:
                file.unlink()
