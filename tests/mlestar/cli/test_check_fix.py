"""``--fix`` and ``--diff``: what is written, what stays, and what is refused."""

from __future__ import annotations

import codecs
import os
import stat
import subprocess
from pathlib import Path

import pytest
from check_scripts import CLEAN, IMPORTS, LEAKY, SCALE, SCORE, checked, notebook
from hypothesis import given
from hypothesis import strategies as st

from cst_tools.rules import check
from cst_tools.rules.fixing import fix_all
from cst_tools.script import Script
from cst_tools.types import FixClass
from mlestar.cli import exits, files
from mlestar.cli.check.options import Mend
from mlestar.cli.files import read_script, write_text

ALL = frozenset({FixClass.SAFE, FixClass.REVIEW})


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(LEAKY)
    return Path("train.py")


@pytest.mark.parametrize(
    ("prefix", "encoding", "end"),
    [
        ("", "utf-8", "\r\n"),
        ("", "utf-8-sig", "\n"),
        ("# -*- coding: latin-1 -*-\nname = 'é'\n", "latin-1", "\n"),
        ("name = '😀'\n\f\n", "utf-8", "\n"),
    ],
)
def test_encoding_mark_and_line_ends_stay(path: Path, prefix: str, encoding: str, end: str) -> None:
    data = (prefix + LEAKY).replace("\n", end).encode(encoding)
    path.write_bytes(data)
    path.chmod(0o640)
    assert checked(path, mend=Mend.WRITE).code == exits.OK
    after = path.read_bytes()
    assert after.startswith(codecs.BOM_UTF8) == data.startswith(codecs.BOM_UTF8)
    text = after.decode(encoding)
    assert text.count("\n") == text.count(end), "one kind of line end"
    assert text.startswith(prefix.replace("\n", end))
    assert set(LEAKY.splitlines()) - set(text.split(end)) == {SCALE.strip()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert check(Script.parse(text)) == ()


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_a_notebook_keeps_its_outputs(path: Path, indent: int | None) -> None:
    book = path.with_suffix(".ipynb")
    cells = [IMPORTS, "%matplotlib inline\nx = 1  # mlestar: ignore[L302]\nname = 'é'\n", "print(x)"]
    before = notebook(*cells, counts=[1, 2, 3], indent=indent)
    book.write_text(before, "utf-8")
    assert checked(book, mend=Mend.WRITE).code == exits.OK
    assert book.read_text("utf-8") == before.replace("  # mlestar: ignore[L302]", "")


def test_several_fixes_in_rounds(path: Path) -> None:
    path.write_text(LEAKY.replace(SCALE, f"# mlestar: ignore[L302]\n{SCALE}"))
    said = checked(path, mend=Mend.WRITE)
    assert "Fixed 2 findings in 1 file (L101, S001)." in said.err
    assert "mlestar" not in path.read_text()
    assert checked(path, mend=Mend.WRITE).err == "", "nothing is left to do"


def test_a_diff_writes_nothing_and_is_one_that_patch_takes(path: Path) -> None:
    said = checked(path, mend=Mend.DIFF)
    assert said.code == exits.FINDINGS
    assert path.read_text() == LEAKY
    assert said.out.startswith("--- a/train.py\n+++ b/train.py\n@@ ")
    done = subprocess.run(["patch", "-p1"], input=said.out.encode(), cwd=path.absolute().parent, capture_output=True)
    patched = path.read_text()
    assert done.returncode == 0 and patched != LEAKY
    path.write_text(LEAKY)
    checked(path, mend=Mend.WRITE)
    assert path.read_text() == patched
    said = checked(path, mend=Mend.DIFF)
    assert (said.code, said.out, said.err) == (exits.OK, "", "Nothing would be changed.\n")


def test_a_diff_of_a_notebook_is_one_of_cells(path: Path) -> None:
    book = path.with_suffix(".ipynb")
    book.write_text(notebook(IMPORTS, SCALE, SCORE), "utf-8")
    said = checked(book, mend=Mend.DIFF, classes=ALL)
    assert "--- a/train.ipynb:cell 2\n" in said.out and f"-{SCALE}" in said.out
    assert "output_type" not in said.out


def test_what_does_not_fit_the_encoding_is_refused(path: Path) -> None:
    path.write_bytes(b"# coding: ascii\n" + LEAKY.encode())
    file = read_script(path)
    assert "do not fit the encoding" in (write_text(file, file.text + "# é\n") or "")
    assert path.read_bytes() == file.data


def test_a_file_that_changed_meanwhile_is_left_alone(path: Path) -> None:
    file = read_script(path)
    path.write_text("x = 1\n")
    assert "changed while it was checked" in (write_text(file, CLEAN) or "")
    assert path.read_text() == "x = 1\n"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(path: Path) -> None:
    path.absolute().parent.chmod(0o500)
    try:
        said = checked(path, mend=Mend.WRITE)
    finally:
        path.absolute().parent.chmod(0o700)
    assert "cannot be written" in said.err and said.code == exits.FINDINGS
    assert path.read_text() == LEAKY


@given(st.binary(max_size=200), st.binary(max_size=200), st.sampled_from(["mkstemp", "fsync", "replace", None]))
def test_a_file_is_old_or_new_never_between(old: bytes, new: bytes, fails: str | None) -> None:
    import tempfile

    def broken(*args: object, **kwargs: object) -> object:
        raise OSError(28, "No space left on device")

    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        path = Path(name) / "a.py"
        path.write_bytes(old)
        if fails is not None:
            owner = {"mkstemp": files.tempfile, "fsync": files.os, "replace": Path}[fails]
            patch.setattr(owner, fails, broken)
        refused = files.replace_file(path, new)
        patch.undo()
        assert path.read_bytes() == (new if fails is None else old)
        assert (refused is None) == (fails is None)
        assert [p.name for p in Path(name).iterdir()] == ["a.py"], "nothing is left behind"


@given(
    st.lists(
        st.sampled_from([IMPORTS, SCALE, SCORE, "x = 1  # mlestar: ignore[L101]\n", "\f\n", "# é😀\n"]), max_size=7
    )
)
def test_fixing_never_makes_worse_and_comes_to_an_end(parts: list[str]) -> None:
    script = Script.parse("".join(parts))
    fixed = fix_all(script)
    assert fixed.script.tree is not None
    before = sorted(f.code for f in check(script))
    after = [f.code for f in check(fixed.script)]
    assert len(after) <= len(before) - bool(fixed.applied)
    assert fix_all(fixed.script).applied == ()


def test_only_one_rule() -> None:
    script = Script.parse(LEAKY + "x = 1  # mlestar: ignore[L302]\n")
    assert [f.code for f in fix_all(script, only="S001").applied] == ["S001"]
    assert sorted(f.code for f in fix_all(script).applied) == ["L101", "S001"]
