"""Reading scripts as their encoding says, and writing back an edit without touching anything else."""

from __future__ import annotations

import codecs
import io
import os
import tempfile
import tokenize
from dataclasses import dataclass
from pathlib import Path

from cst_tools.edits import map_boundaries
from cst_tools.notebook import read_notebook, write_cells
from cst_tools.script import Script
from mlestar.engine.types import CandidateReport, Snapshot

SKIPPED = frozenset({".git", ".hg", ".venv", "venv", "env", "node_modules", "__pycache__", "site-packages", ".tox"})
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
    try:
        encoding = "utf-8" if path.suffix == ".ipynb" else tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        raise UnreadableFile(
            f"{path} is not UTF-8 and names no other encoding; save it as UTF-8, or add `# -*- coding: ... -*-` on top"
        ) from None
    return ScriptFile(path, data, text, encoding)


def scripts_in(paths: list[Path]) -> list[Path]:
    """Files as given; folders searched for scripts and notebooks, without environments and caches, in order."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        for folder, subfolders, names in os.walk(path):
            subfolders[:] = sorted(s for s in subfolders if s not in SKIPPED and not s.startswith("."))
            found += [Path(folder) / name for name in sorted(names) if name.endswith(SUFFIXES)]
    return found


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
    try:
        data = text.encode(file.encoding)
    except UnicodeEncodeError:
        return f"the new code does not fit the file's encoding, {file.encoding}; save the file as UTF-8 and run again"
    if file.encoding == "utf-8-sig" and not data.startswith(codecs.BOM_UTF8):
        data = codecs.BOM_UTF8 + data
    return _replace(file.path.resolve(), data)


def _notebook_text(file: ScriptFile, candidate: CandidateReport) -> str | None:
    notebook = read_notebook(file.text)
    if isinstance(notebook, str) or candidate.new_text is None:
        return None
    spans = map_boundaries(Script.parse(file.text, str(file.path)).cells, candidate.edits)
    return write_cells(notebook, {i: candidate.new_text[s.start : s.end] for i, s in enumerate(spans)})


def _replace(path: Path, data: bytes) -> str | None:
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            Path(name).chmod(path.stat().st_mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        return f"{path} cannot be written: {error.strerror or error}; nothing was changed"
    return None
