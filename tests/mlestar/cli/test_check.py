"""`mlestar check` in process: what is checked, what is reported, how it ends."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from check_scripts import CLEAN, IMPORTS, LEAKY, SCALE, SCORE, checked, notebook

from cst_tools.types import FixClass, Severity
from mlestar.cli import exits
from mlestar.cli.check.options import STDIN, Format, Mend


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leaky.py").write_text(LEAKY)
    (tmp_path / "clean.py").write_text(CLEAN)
    return tmp_path


def test_a_broken_cell_does_not_blind_the_others(folder: Path) -> None:
    (folder / "train.ipynb").write_text(notebook(IMPORTS, "\n" + SCALE, "def broken(:\n", SCORE), "utf-8")
    said = checked(Path("train.ipynb"))
    assert said.code == exits.FINDINGS
    assert "train.ipynb:cell 2:2:5: L101" in said.out and "checked in part: Cell 3" in said.err


def test_hints_are_shown_and_fail_nothing(folder: Path) -> None:
    (folder / "hint.py").write_text("x = 1  # mlestar: ignore[L101]\n")
    said = checked(Path("hint.py"), Path("clean.py"))
    assert said.code == exits.OK
    assert "hint.py:1:8: S001" in said.out
    assert "No findings, 1 hint in 2 files." in said.out
    assert "Can be fixed: 1 with --fix." in said.out
    assert "S001" not in checked(Path("hint.py"), severity=Severity.WARNING).out


def test_select_ignore_and_their_errors(folder: Path) -> None:
    assert checked(Path(), select=("L3",)).code == exits.OK
    assert checked(Path(), select=("L1",)).code == exits.FINDINGS
    assert checked(Path(), select=("transformer-fitted-before-split",)).code == exits.FINDINGS
    assert checked(Path(), select=("L1",), ignore=("l101",)).code == exits.OK
    said = checked(Path(), select=("transformer-fited-before-split",))
    assert said.code == exits.USAGE
    assert "--select: there is no rule transformer-fited-before-split; did you mean transformer-fitted" in said.err


def test_settings_of_each_project_and_of_each_path(folder: Path) -> None:
    for name in ("a/notebooks/deep", "b/notebooks"):
        (folder / name).mkdir(parents=True)
        (folder / name / "train.py").write_text(LEAKY)
    (folder / "a" / "old").mkdir()
    (folder / "a" / "old" / "train.py").write_text(LEAKY)
    (folder / "a" / "pyproject.toml").write_text(
        '[tool.mlestar]\nexclude = ["old"]\n[tool.mlestar.per-path-ignores]\n'
        '"notebooks/*" = ["transformer-fitted-before-split", "X1"]\n'
    )
    said = checked(Path("a"), Path("b"))
    assert [line.split(":")[0] for line in said.out.splitlines() if " L101 " in line] == ["b/notebooks/train.py"]
    assert "[tool.mlestar]: there is no rule X1" in said.err
    assert checked(Path("a/old/train.py")).code == exits.FINDINGS, "what is named is checked"


def test_folders_of_others_are_passed_over(folder: Path) -> None:
    for name in ("venv", ".git", "node_modules", "build", "lib/site-packages", "__pycache__", "mine", "own"):
        (folder / name).mkdir(parents=True)
        (folder / name / "a.py").write_text(LEAKY)
    (folder / "mine" / "pyvenv.cfg").touch()
    said = checked(Path())
    assert {line.split(":")[0] for line in said.out.splitlines() if " L101 " in line} == {"leaky.py", "own/a.py"}


def test_a_file_named_twice_is_checked_once(folder: Path) -> None:
    assert "1 finding in 2 files." in checked(Path("leaky.py"), folder / "leaky.py", Path()).out


def test_suppressed_findings_are_counted_and_listed_with_their_reason(folder: Path) -> None:
    (folder / "leaky.py").write_text(LEAKY.replace(SCALE, SCALE[:-1] + "  # mlestar: ignore[L101] a known demo\n"))
    said = checked(Path("leaky.py"))
    assert said.code == exits.OK
    assert said.out == "No findings in 1 file; 1 suppressed.\n"
    said = checked(Path("leaky.py"), show_suppressed=True)
    assert "leaky.py:7:5: L101" in said.out and "    suppressed: a known demo\n" in said.out
    [record] = checked(Path("leaky.py"), show_suppressed=True, format=Format.JSON).json
    assert record["suppressed"] == {"reason": "a known demo"}
    assert checked(Path("leaky.py"), format=Format.JSON).json == []


def test_statistics(folder: Path) -> None:
    (folder / "other.py").write_text(LEAKY)
    said = checked(Path(), statistics=True)
    assert said.code == exits.FINDINGS
    assert "L101  transformer-fitted-before-split         2      2           2" in said.out
    assert "leaky.py" not in said.out
    [row] = checked(Path(), statistics=True, format=Format.JSON).json
    assert row == {"code": "L101", "rule": "transformer-fitted-before-split", "count": 2, "files": 2, "fixable": 2}
    assert checked(Path(), statistics=True, format=Format.SARIF).code == exits.USAGE


def given(text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text)))


def test_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given(LEAKY.encode(), monkeypatch)
    said = checked(STDIN, stdin_filename=Path("src/train.py"))
    assert said.code == exits.FINDINGS
    assert said.out.startswith("src/train.py:7:5: L101")
    given(notebook(LEAKY).encode(), monkeypatch)
    assert "a.ipynb:cell 1:7:5: L101" in checked(STDIN, stdin_filename=Path("a.ipynb")).out
    given(b"def (:", monkeypatch)
    assert checked(STDIN).code == exits.USAGE
    assert checked(STDIN, Path("leaky.py")).code == exits.USAGE
    assert "give - as the path" in checked(Path("leaky.py"), stdin_filename=Path("a.py")).err


def test_standard_input_is_fixed_onto_standard_output(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given(LEAKY.encode(), monkeypatch)
    said = checked(STDIN, mend=Mend.WRITE)
    assert said.code == exits.OK
    assert "X = StandardScaler()" not in said.out and said.out.startswith(IMPORTS[:40])
    assert "Fixed 1 finding in 1 file (L101)." in said.err
    given(CLEAN.encode(), monkeypatch)
    assert checked(STDIN, mend=Mend.WRITE).out == CLEAN


def test_how_it_ends(folder: Path) -> None:
    (folder / "broken.py").write_text("def (:\n")
    assert checked(Path("leaky.py"), exit_zero=True).code == exits.OK
    assert checked(Path("broken.py"), exit_zero=True).code == exits.USAGE
    assert checked(Path("clean.py"), Path("broken.py")).code == exits.USAGE
    (folder / "leaky.py").unlink()
    assert checked(Path()).code == exits.OK
    said = checked(Path("missing.py"))
    assert said.code == exits.USAGE and "check the spelling" in said.err


def test_the_review_class_is_applied_on_demand_alone(folder: Path) -> None:
    text = "# mlestar: ignore[L1010]\nx = 1\n"
    (folder / "a.py").write_text(text)
    assert checked(Path("a.py"), mend=Mend.WRITE).code == exits.OK
    assert (folder / "a.py").read_text() == text
    checked(Path("a.py"), mend=Mend.WRITE, classes=frozenset({FixClass.SAFE, FixClass.REVIEW}))
    assert (folder / "a.py").read_text() == "x = 1\n"
