"""Reading scripts as their encoding says, and writing back an edit without touching anything else."""

from __future__ import annotations

import codecs
import io
import os
import tempfile
import tokenize
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cst_tools.edits import map_boundaries
from cst_tools.notebook import read_notebook, write_cells
from cst_tools.script import Script

if TYPE_CHECKING:
    from mlestar.engine.types import CandidateReport, Snapshot

SKIPPED = frozenset(
    {"venv", "env", "node_modules", "__pycache__", "__pypackages__", "site-packages", "dist-packages", "build", "dist"}
)
"""Folders of others' code and of copies; those whose name begins with a dot are passed over as well."""
SUFFIXES = (".py", ".ipynb")
SCRIPT_SUFFIXES = (*SUFFIXES, ".pyw", "")
"""What may be named outright: executables often have no suffix."""


class UnreadableFile(Exception):
    """A file that cannot be read as a script; the message says what to do."""


@dataclass(frozen=True)
class ScriptFile:
    """A script as it lies on disk. ``text`` is the file's text with its own line ends (for a notebook: the JSON)."""

    path: Path
    data: bytes
    text: str
    encoding: str

    @property
    def snapshot(self) -> Snapshot:
        from mlestar.engine.types import Snapshot  # a check needs no engine

        return Snapshot(self.path, self.text)


def read_script(path: Path) -> ScriptFile:
    """Raises UnreadableFile with one sentence when there is no such script."""
    if path.is_dir():
        raise UnreadableFile(f"{path} is a folder; name one training script in it")
    if path.exists() and path.suffix not in SCRIPT_SUFFIXES:
        raise UnreadableFile(f"{path} is no Python script (.py) or notebook (.ipynb); name a training script")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile(f"{path} does not exist; check the spelling, from {Path.cwd()}") from None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}") from None
    return decode_script(path, data)


def decode_script(path: Path, data: bytes) -> ScriptFile:
    """The script in the bytes of a file. Raises UnreadableFile when they are no text."""
    try:
        encoding = "utf-8" if path.suffix == ".ipynb" else tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        raise UnreadableFile(
            f"{path} is not UTF-8 and names no other encoding; save it as UTF-8, or add `# -*- coding: ... -*-` on top"
        ) from None
    return ScriptFile(path, data, text, encoding)


def scripts_in(paths: Sequence[Path], excluded: Callable[[Path], bool] = lambda path: False) -> list[Path]:
    """Files as given; folders searched for scripts and notebooks, without environments and caches, in order.

    What is named twice is there once. ``excluded`` files and folders are passed over where they were not named.
    """
    found: dict[str, Path] = {}
    for path in paths:
        if not path.is_dir():
            found.setdefault(os.path.abspath(path), path)  # noqa: PTH100 - as it was named, links and all
            continue
        for folder, subfolders, names in os.walk(path):
            here = Path(folder)
            subfolders[:] = sorted(s for s in subfolders if not _is_skipped(here / s) and not excluded(here / s))
            for name in sorted(names):
                if name.endswith(SUFFIXES) and not excluded(here / name):
                    found.setdefault(os.path.abspath(here / name), here / name)  # noqa: PTH100
    return list(found.values())


def _is_skipped(folder: Path) -> bool:
    name = folder.name
    return name in SKIPPED or name.startswith(".") or name.endswith(".egg-info") or (folder / "pyvenv.cfg").is_file()


def write_candidate(file: ScriptFile, candidate: CandidateReport) -> str | None:
    """Write the candidate's code into the user's file; a sentence when that is refused, None when done.

    The file must still be what was studied. It is replaced in one step, with its encoding, byte order mark and mode, so
    that a crash leaves the old file or the new one, never half of one.
    """
    if candidate.new_text is None:
        return "there is nothing to apply"
    try:
        if file.path.read_bytes() != file.data:
            return f"{file.path} changed while the study ran; run again to measure the new text"
    except OSError as error:
        return f"{file.path} cannot be read any more: {error.strerror or error}"
    if file.path.suffix == ".ipynb":
        text = _notebook_text(file, candidate)
        if text is None:
            return f"{file.path} cannot be read as a notebook"
    else:
        text = candidate.new_text
    data = encoded(file, text)
    if data is None:
        return f"the new code does not fit the file's encoding, {file.encoding}; save the file as UTF-8 and run again"
    return replace_file(file.path.resolve(), data)


def write_text(file: ScriptFile, text: str) -> str | None:
    """Write ``text`` in place of the file's own; a sentence when that is refused, None when done."""
    try:
        if file.path.read_bytes() != file.data:
            return f"{file.path} changed while it was checked; run again"
    except OSError as error:
        return f"{file.path} cannot be read any more: {error.strerror or error}"
    data = encoded(file, text)
    if data is None:
        return (
            f"the fixes do not fit the encoding of {file.path}, {file.encoding}; save the file as UTF-8 and run again"
        )
    return replace_file(file.path.resolve(), data)


def encoded(file: ScriptFile, text: str) -> bytes | None:
    """``text`` as bytes of the file's encoding, with its byte order mark; None where a character does not fit."""
    try:
        data = text.encode(file.encoding)
    except UnicodeEncodeError:
        return None
    if file.encoding == "utf-8-sig" and not data.startswith(codecs.BOM_UTF8):
        return codecs.BOM_UTF8 + data
    return data


def _notebook_text(file: ScriptFile, candidate: CandidateReport) -> str | None:
    notebook = read_notebook(file.text)
    if isinstance(notebook, str) or candidate.new_text is None:
        return None
    spans = map_boundaries(Script.parse(file.text, str(file.path)).cells, candidate.edits)
    return write_cells(notebook, {i: candidate.new_text[s.start : s.end] for i, s in enumerate(spans)})


def replace_file(path: Path, data: bytes) -> str | None:
    """Put ``data`` in the place of a file in one step, with its mode: a crash leaves the old file or the new one."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            Path(name).chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        return f"{path} cannot be written: {error.strerror or error}; nothing was changed"
    return None


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
