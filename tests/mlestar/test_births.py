"""A process stays who it is though the clock is put forward or back; another with its number is not taken for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlestar.births import birth, lives
from mlestar.journal import Journal
from mlestar.runs import shadow


def test_a_living_process_and_one_that_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    born = birth(child.pid)
    assert lives(child.pid, born) and lives(os.getpid(), birth())
    assert not lives(child.pid, born - 1), "it has the number of one that was born earlier"
    child.kill()
    child.wait()
    assert not lives(child.pid, born)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the clock is put forward in psutil's Linux part")
def test_the_clock_jumps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux's date of its own start moves with the clock, and every date of a birth that is reckoned from it."""
    journal = Journal(tmp_path / "home")
    journal.begin_study("ablation", Path("/proj/train.py"), "x = 1")
    scratch = shadow.new_scratch(tmp_path / "scratch")
    from psutil import _pslinux

    before = _pslinux.boot_time()
    monkeypatch.setattr(_pslinux, "boot_time", lambda: before + 3600)
    assert journal.mark_interrupted() == 0
    shadow.remove_stale(tmp_path / "scratch")
    assert scratch.is_dir(), "the files of a run under way were removed"
    assert shadow.new_scratch(tmp_path / "scratch").parent == scratch.parent
