"""Labelled scripts and notebooks: what each line is claimed to hold, and the text without the claims.

Two ways to write the claims are read. At the end of the line that they are about::

    X = scaler.fit_transform(X)  # expect: L101
    X = prepare(X)               # expect: L102, L104      both
    X = pca.fit_transform(X)     # expect: L101|L111       either is right

or in the first line, ``# expect: L101@12 L302@40``. A sound file has ``# expect: none`` for a first line. A
detector gets the text without the comments, line for line.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cst_tools.script import Script

_COMMENT = re.compile(r"[ \t]*#[ \t]*expect:[ \t]*(?P<claims>.*?)[ \t]*$")
_CODE = re.compile(r"[A-Z]+\d+")
_AT = re.compile(r"(?P<code>[A-Z]+\d+)@(?P<line>\d+)")
SUFFIXES = (".py", ".ipynb")


class BadLabel(ValueError):
    """A label that cannot be read: a benchmark with a typing mistake in it measures nothing."""


@dataclass(frozen=True)
class Label:
    """One defect: the 1-based line (of a notebook: of its code cells joined) and the codes that are right for it."""

    line: int
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Labelled:
    """``text`` is what a detector gets: a script, or a notebook's JSON."""

    path: Path
    text: str
    labels: tuple[Label, ...]

    @property
    def leaky(self) -> bool:
        return bool(self.labels)


def read(path: Path) -> Labelled:
    """The file with its labels. Raises `BadLabel` for a file that has none."""
    raw = path.read_text("utf-8")
    if path.suffix != ".ipynb":
        plain, labels, said = _without_claims(path, raw)
        return _checked(Labelled(path, plain, labels), said)
    stripped = _notebook_without_claims(raw)
    # with the comments in place, so that its lines are the lines of the analysed text
    _, labels, said = _without_claims(path, Script.parse(raw, str(path)).text)
    return _checked(Labelled(path, stripped, labels), said)


def collect(folders: list[Path]) -> list[Labelled]:
    """Every labelled file of some folders (or the files themselves), in order of name."""
    return [read(path) for path in _paths(folders)]


def _paths(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        if folder.is_file():
            yield folder
        else:
            yield from sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)


def _checked(file: Labelled, said: bool) -> Labelled:
    if not said:
        raise BadLabel(f"{file.path}: neither a label nor `# expect: none`")
    return file


def _without_claims(path: Path, text: str) -> tuple[str, tuple[Label, ...], bool]:
    """The text without its claims, the claims, and whether there was any, be it that the file is sound."""
    labels: list[Label] = []
    lines: list[str] = []
    sound = said = False
    for number, line in enumerate(text.split("\n"), 1):
        found = _COMMENT.search(line)
        if found is None:
            lines.append(line)
            continue
        said = True
        lines.append(line[: found.start()])
        claims = found["claims"]
        if claims == "none":
            sound = True
        elif "@" in claims:
            labels += _at(path, claims)
        else:
            labels += [Label(number, _codes(path, number, part)) for part in claims.split(",")]
    if sound and labels:
        raise BadLabel(f"{path}: claims to be sound and has labels")
    return "\n".join(lines), tuple(labels), said


def _codes(path: Path, number: int, part: str) -> tuple[str, ...]:
    codes = tuple(code.strip() for code in part.split("|"))
    if not all(_CODE.fullmatch(code) for code in codes):
        raise BadLabel(f"{path}:{number}: `{part}` is no code")
    return codes


def _at(path: Path, claims: str) -> Iterator[Label]:
    for word in claims.split():
        found = _AT.fullmatch(word)
        if found is None:
            raise BadLabel(f"{path}:1: `{word}` is not CODE@LINE")
        yield Label(int(found["line"]), (found["code"],))


def _notebook_without_claims(raw: str) -> str:
    notebook: dict[str, Any] = json.loads(raw)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            cell["source"] = "\n".join(_COMMENT.sub("", line) for line in source.split("\n")).splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def quiet_parse(text: str, path: Path) -> Script:
    """The script without the warnings that old code in a corpus gives."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Script.parse(text, str(path))
