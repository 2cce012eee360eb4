"""The journal: keyed runs, inputs, studies that outlive their process, migrations."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlestar.journal import Journal, schema
from mlestar.journal.schema import JournalTooNew
from mlestar.journal.store import PastRun
from mlestar.runs.types import Failure, InputFile, RunResult, RunStatus
from mlestar.serialize import dumps

SCRIPT = Path("/proj/train.py")
OK = RunResult(RunStatus.OK, 0.5, "", wall_s=1.5, inputs=(InputFile("/proj/a.csv", 3, 7, "abc"),), reports=(0.4, 0.5))


def always(_: object) -> bool:
    return True


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


def test_a_run_is_found_again_whole(journal: Journal) -> None:
    study = journal.begin_study("ablation", SCRIPT, "x = 1")
    crash = RunResult(
        RunStatus.CRASHED, None, "ValueError: no", failure=Failure("ValueError", "no", 3, "Traceback ..."), exit_code=1
    )
    journal.record_run(study, "k1", SCRIPT, "baseline seed 0", 0, OK)
    journal.record_run(study, "k2", SCRIPT, "without features", 0, crash)
    found = journal.find_run("k1", always)
    assert found is not None
    assert found[1].score == 0.5 and found[1].cached and found[1].inputs == OK.inputs and found[1].reports == (0.4, 0.5)
    again = journal.find_run("k2", always)
    assert again is not None and again[1].failure == crash.failure and again[1].score is None
    assert journal.find_run("k3", always) is None


def test_a_run_whose_inputs_changed_is_not_reused(journal: Journal) -> None:
    study = journal.begin_study("ablation", SCRIPT, "x = 1")
    journal.record_run(study, "k1", SCRIPT, "baseline", 0, OK)
    assert journal.find_run("k1", lambda inputs: inputs[0].digest == "abc") is not None
    assert journal.find_run("k1", lambda inputs: inputs[0].digest == "other") is None


@pytest.mark.parametrize("status", [RunStatus.CANCELLED, RunStatus.NOT_STARTED])
def test_what_says_nothing_about_the_variant_is_not_kept(journal: Journal, status: RunStatus) -> None:
    study = journal.begin_study("ablation", SCRIPT, "x = 1")
    journal.record_run(study, "k1", SCRIPT, "baseline", 0, RunResult(status, None, "stopped"))
    assert journal.find_run("k1", always) is None


def test_studies_count_what_ran_and_what_was_reused(journal: Journal) -> None:
    first = journal.begin_study("ablation", SCRIPT, "x = 1")
    journal.record_run(first, "k1", SCRIPT, "baseline", 0, OK)
    journal.end_study(first, "complete")
    second = journal.begin_study("ablation", SCRIPT, "x = 1")
    found = journal.find_run("k1", always)
    assert found is not None
    journal.record_reuse(second, found[0])
    journal.record_reuse(second, found[0])
    newest, oldest = journal.studies(SCRIPT)
    assert (newest.runs, newest.reused, oldest.runs, oldest.reused) == (0, 1, 1, 0)
    assert journal.studies(Path("/other.py")) == ()
    [run] = journal.runs_of(second)
    assert (run.label, run.seed, run.status, run.score, run.reason, run.reused) == ("baseline", 0, "ok", 0.5, "", True)


def test_a_study_of_a_killed_process_is_interrupted_and_its_runs_stay(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from mlestar.journal import Journal, schema
from mlestar.runs.types import RunResult, RunStatus
j = Journal(Path({str(tmp_path)!r}))
s = j.begin_study("ablation", Path("/proj/train.py"), "x = 1")
j.record_run(s, "k1", Path("/proj/train.py"), "baseline", 0, RunResult(RunStatus.OK, 0.25, ""))
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode != 0
    journal = Journal(tmp_path)
    assert journal.mark_interrupted() == 1
    assert journal.studies()[0].status == "interrupted"
    found = journal.find_run("k1", always)
    assert found is not None and found[1].score == 0.25
    assert journal.check_integrity()


def test_a_running_study_of_a_living_process_is_left_alone(journal: Journal) -> None:
    journal.begin_study("ablation", SCRIPT, "x = 1")
    assert journal.mark_interrupted() == 0


def test_two_processes_may_write(tmp_path: Path) -> None:
    Journal(tmp_path).close()
    code = f"""
from pathlib import Path
from mlestar.journal import Journal, schema
from mlestar.runs.types import RunResult, RunStatus
j = Journal(Path({str(tmp_path)!r}))
s = j.begin_study("ablation", Path("/p.py"), "")
for i in range(50):
    j.record_run(s, f"{{s}}{{i}}", Path("/p.py"), "r", i, RunResult(RunStatus.OK, 1.0, ""))
"""
    writers = [subprocess.Popen([sys.executable, "-c", code], env=os.environ) for _ in range(2)]
    assert [w.wait(60) for w in writers] == [0, 0]
    assert [s.runs for s in Journal(tmp_path).studies()] == [50, 50]


def test_what_the_latest_runs_of_a_script_took(journal: Journal) -> None:
    study = journal.begin_study("ablation", SCRIPT, "x = 1")
    for n in range(5):
        result = RunResult(RunStatus.OK, 0.5, "", wall_s=float(n), peak_memory_bytes=n * 1000, reports=(float("nan"),))
        journal.record_run(study, f"k{n}", SCRIPT, "baseline", n, result, "full" if n != 3 else "a tenth of the rows")
        journal.record_run(study, f"o{n}", Path("/other.py"), "baseline", n, result)
    assert journal.past_runs(SCRIPT, limit=3) == (PastRun(4.0, 4000), PastRun(2.0, 2000), PastRun(1.0, 1000))
    assert [run.wall_s for run in journal.past_runs(SCRIPT, "a tenth of the rows")] == [3.0]
    assert journal.past_runs(Path("/third.py")) == ()


def test_a_journal_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "journal.sqlite3", isolation_level=None) as db:
        db.executescript(schema.MIGRATIONS[0] + "PRAGMA user_version = 1;")
        db.execute(
            "INSERT INTO runs (key, script, label, seed, status, score, finished, result) VALUES (?,?,?,?,?,?,?,?)",
            ("k1", str(SCRIPT), "baseline", 0, "ok", 0.5, 1.0, dumps(OK)),
        )
    db.close()
    journal = Journal(tmp_path)
    found = journal.find_run("k1", always)
    assert found is not None and found[1].score == 0.5
    assert journal.past_runs(SCRIPT) == (), "what it took was not kept in columns then"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for a few hundred kilobytes."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("needs root on Linux to mount a small file system")
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)], capture_output=True)
    if done.returncode != 0:
        pytest.skip(f"nothing may be mounted here: {done.stderr.decode()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_loses_nothing_that_was_written_and_is_got_over(small_disk: Path) -> None:
    journal = Journal(small_disk)
    study = journal.begin_study("ablation", SCRIPT, "x = 1")
    large = RunResult(RunStatus.OK, 0.5, "", stdout="x" * 20_000)
    kept = 0
    with pytest.raises(sqlite3.OperationalError, match=r"full|disk I/O"):
        for n in range(100):
            journal.record_run(study, f"k{n}", SCRIPT, "baseline", n, large)
            kept += 1
    assert 3 < kept < 30
    with pytest.raises(sqlite3.OperationalError, match=r"full|disk I/O"):  # and not: within a transaction
        journal.record_run(study, "again", SCRIPT, "baseline", 0, large)
    assert all(journal.find_run(f"k{n}", always) for n in range(kept))
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    journal.record_run(study, "later", SCRIPT, "baseline", 0, large)
    assert journal.find_run("later", always) and journal.check_integrity()
    journal.close()


def test_a_journal_of_a_newer_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    Journal(tmp_path).close()
    with sqlite3.connect(tmp_path / "journal.sqlite3") as db:
        db.execute("PRAGMA user_version = 999")
    db.close()
    with pytest.raises(JournalTooNew, match="update mlestar"):
        Journal(tmp_path)


def test_a_score_is_finite_or_absent() -> None:
    with pytest.raises(ValueError, match="finite"):
        RunResult(RunStatus.OK, float("nan"), "")
    with pytest.raises(ValueError, match="finite"):
        RunResult(RunStatus.CRASHED, 1.0, "boom")
