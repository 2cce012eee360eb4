"""Small programs in the many styles people write, each with the codes of L301-L306 expected in it.

`tests/corpus/styles_choosing/*.txt` holds them: a line ``### name: CODES`` (``none`` for a clean one), the program,
in which a line ``@name`` stands for the lines that ``fragments.txt`` has under that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cst_tools.rules import check_with_errors
from cst_tools.script import Script
from cst_tools.types import Severity

FOLDER = Path(__file__).resolve().parents[2] / "corpus" / "styles_choosing"
FRAGMENTS = FOLDER / "fragments.txt"
CODES = ("L301", "L302", "L303", "L304", "L305", "L306")


def entries(path: Path) -> Iterator[tuple[str, str]]:
    parts = re.split(r"^### (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        yield title, body.strip("\n")


def programs() -> Iterator[tuple[str, str, list[str]]]:
    fragments = dict(entries(FRAGMENTS))
    for path in sorted(FOLDER.glob("*.txt")):
        for title, body in entries(path) if path != FRAGMENTS else ():
            name, _, codes = title.rpartition(":")
            text = re.sub(r"^@(\w+)$", lambda found: fragments[found[1]], body, flags=re.MULTILINE) + "\n"
            yield f"{path.stem}/{name}", text, [code for code in codes.split() if code != "none"]


PROGRAMS = list(programs())


@pytest.mark.parametrize(("text", "codes"), [pytest.param(text, codes, id=name) for name, text, codes in PROGRAMS])
def test_finds_what_the_title_says(text: str, codes: list[str]) -> None:
    script = Script.parse(text)
    assert script.problem is None
    result = check_with_errors(script)
    assert result.errors == ()
    found = {f.code for f in result.findings if f.severity is not Severity.INFORMATION and f.code in CODES}
    assert sorted(found) == codes


def test_there_are_many_of_both_kinds() -> None:
    clean = sum(not codes for _, _, codes in PROGRAMS)
    assert clean >= 90
    assert len(PROGRAMS) - clean >= 110
