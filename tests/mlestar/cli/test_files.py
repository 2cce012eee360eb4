"""Scripts are read as their encoding says, and only an asked-for edit is written, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cst_tools.edits import minimal_edits
from cst_tools.script import Script
from mlestar.cli.files import UnreadableFile, read_script, scripts_in, write_candidate
from mlestar.engine.types import CandidateReport
from mlestar.types import Plan, Verdict

PLAN = Plan("playbook/x", "model", "Do it", "because", "playbook")


def candidate(old: str, new: str) -> CandidateReport:
    return CandidateReport(None, PLAN, Verdict.BETTER, "", new_text=new, edits=minimal_edits(old, new))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("x = 'é'\r\ny = 1".encode(), "utf-8"),
        (b"\xef\xbb\xbfx = 1\n", "utf-8-sig"),
        ("# -*- coding: cp1252 -*-\nx = '\u20ac'\n".encode("cp1252"), "cp1252"),
    ],
)
def test_what_is_not_edited_stays_byte_for_byte(tmp_path: Path, data: bytes, encoding: str) -> None:
    path = tmp_path / "train.py"
    path.write_bytes(data)
    path.chmod(0o750)
    file = read_script(path)
    assert file.encoding == encoding
    assert write_candidate(file, candidate(file.text, file.text.replace(" = 1", " = 2"))) is None
    assert path.read_bytes() == data.replace(b" = 1", b" = 2")
    assert path.stat().st_mode & 0o777 == 0o750
    assert [p.name for p in tmp_path.iterdir()] == ["train.py"]


def test_a_file_that_changed_meanwhile_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text("x = 1\n")
    file = read_script(path)
    path.write_text("x = 1  # mine\n")
    refused = write_candidate(file, candidate(file.text, "x = 2\n"))
    assert refused is not None and "changed while the study ran" in refused
    assert path.read_text() == "x = 1  # mine\n"


def test_new_code_that_the_encoding_cannot_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_bytes(b"# -*- coding: ascii -*-\nx = 1\n")
    file = read_script(path)
    refused = write_candidate(file, candidate(file.text, file.text.replace("1", "'é'")))
    assert refused is not None and "encoding" in refused
    assert path.read_bytes() == b"# -*- coding: ascii -*-\nx = 1\n"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real.py"
    real.write_text("x = 1\n")
    link = tmp_path / "train.py"
    link.symlink_to(real)
    file = read_script(link)
    assert write_candidate(file, candidate(file.text, "x = 2\n")) is None
    assert link.is_symlink() and real.read_text() == "x = 2\n"


def test_a_notebook_keeps_outputs_and_layout(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n"]},
        {"cell_type": "code", "execution_count": 3, "metadata": {}, "outputs": [], "source": ["a = 1\n", "b = 2"]},
        {"cell_type": "code", "execution_count": 4, "metadata": {}, "outputs": [{"x": 1}], "source": ["print(a)"]},
    ]
    raw = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"
    path = tmp_path / "train.ipynb"
    path.write_text(raw)
    file = read_script(path)
    script = Script.parse(file.text, str(path))
    new = script.text.replace("b = 2", "b = 3\nc = 4")
    assert write_candidate(file, candidate(script.text, new)) is None
    after = json.loads(path.read_text())
    assert after["cells"][1]["source"] == ["a = 1\n", "b = 3\n", "c = 4"]
    assert after["cells"][2] == cells[2] and after["cells"][0] == cells[0]
    assert path.read_text().replace('"b = 3\\n",\n    "c = 4"', '"b = 2"') == raw


@pytest.mark.parametrize("name", ["missing.py", "folder"])
def test_unreadable_files_say_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableFile, match=r"check the spelling|name one training script"):
        read_script(tmp_path / name)


def test_bytes_of_no_known_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = '\xff\xfe'\n")
    with pytest.raises(UnreadableFile, match="save it as UTF-8"):
        read_script(tmp_path / "a.py")


def test_folders_are_searched_without_environments(tmp_path: Path) -> None:
    for name in ("a.py", "sub/b.ipynb", ".venv/lib/c.py", "node_modules/d.py", ".hidden/e.py", "readme.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert [p.relative_to(tmp_path).as_posix() for p in scripts_in([tmp_path])] == ["a.py", "sub/b.ipynb"]
