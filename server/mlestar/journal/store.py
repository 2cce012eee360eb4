"""The journal: a durable record of every study, run, candidate and verdict, in one SQLite file.

Runs are found by a content key plus the content of the files they read, so that nothing runs twice: not
after a cancelled study, not after a crash, not tomorrow. Write-ahead logging keeps readers and other
servers working while one writes, and every call commits before it returns, so that a killed process loses
no finished run.
"""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from mlestar.births import birth, lives
from mlestar.journal.schema import migrate
from mlestar.runs.types import FINAL, InputFile, RunResult
from mlestar.serialize import dumps, loads

T = TypeVar("T")


@dataclass(frozen=True)
class StudyRow:
    """One study as the journal lists it."""

    id: str
    kind: str
    script: str
    started: float
    finished: float | None
    status: str
    runs: int
    reused: int


@dataclass(frozen=True)
class RunRow:
    """One run as the journal lists it; ``reused`` when the study took it from before."""

    label: str
    seed: int
    status: str
    score: float | None
    seconds: float
    reason: str
    reused: bool
    rung: str = "plain"
    """How its work was shared."""
    fidelity: str = "full"
    notes: tuple[str, ...] = ()
    containment: tuple[str, ...] = ()
    """What the system kept apart from it."""


@dataclass(frozen=True)
class PastRun:
    """What a run took: wall seconds (its own, without shared work) and bytes at its peak."""

    wall_s: float
    peak_memory_bytes: int


def default_home() -> Path:
    """Where the journal lies: ``MLESTAR_HOME``, else the platform's folder for state."""
    if override := os.environ.get("MLESTAR_HOME"):
        return Path(override).expanduser().resolve()
    import platformdirs

    return Path(platformdirs.user_state_dir("mlestar", appauthor=False))


class Journal:
    """One open journal. Used from one thread; several processes may share the file."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.path = home / "journal.sqlite3"
        self._db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        migrate(self._db)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # not so when the disk is full: SQLite has rolled back by itself
                self._db.execute("ROLLBACK")
            raise

    # --- runs ------------------------------------------------------------------------------------------

    def find_run(self, key: str, unchanged: Callable[[tuple[InputFile, ...]], bool]) -> tuple[int, RunResult] | None:
        """The newest finished run with this key whose input files are ``unchanged``; None when there is none."""
        for row in self._db.execute("SELECT id, result FROM runs WHERE key = ? ORDER BY id DESC LIMIT 8", (key,)):
            try:
                result = loads(row["result"], RunResult)
            except ValueError:  # written by another version: as good as absent
                continue
            if unchanged(result.inputs):
                return int(row["id"]), replace(result, cached=True)
        return None

    def record_run(
        self, study: str, key: str, script: Path, label: str, seed: int, result: RunResult, fidelity: str = "full"
    ) -> None:
        """Keep a run that says something about its variant; cancelled and unstarted runs are not kept."""
        if result.status not in FINAL:
            return
        with self._transaction():
            cursor = self._db.execute(
                "INSERT INTO runs (key, script, label, seed, status, score, finished, result, fidelity, wall_s, peak,"
                " cpu_s, shared_s, rung) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key, str(script), label, seed, result.status.value, result.score, time.time(), dumps(result),
                    fidelity, result.wall_s, result.peak_memory_bytes, result.cpu_s, result.shared_s, result.rung.value,
                ),
            )  # fmt: skip
            self._db.execute("INSERT INTO study_runs VALUES (?, ?, 0)", (study, cursor.lastrowid))

    def record_reuse(self, study: str, run: int) -> None:
        self._db.execute("INSERT OR IGNORE INTO study_runs VALUES (?, ?, 1)", (study, run))

    def past_runs(self, script: Path, fidelity: str = "full", limit: int = 64) -> tuple[PastRun, ...]:
        """What the latest runs of a script took, the newest first: for forecasts and for sharing out memory."""
        rows = self._db.execute(
            "SELECT wall_s, peak FROM runs WHERE script = ? AND fidelity = ? ORDER BY id DESC LIMIT ?",
            (str(script), fidelity, limit),
        )
        return tuple(PastRun(row["wall_s"], row["peak"]) for row in rows)

    def usual_cpu_s(self, script: Path, limit: int = 20) -> float | None:
        """Median CPU seconds of the latest runs of a script that had a score and shared no work; None without any."""
        rows = self._db.execute(
            "SELECT cpu_s FROM runs WHERE script = ? AND fidelity = 'full' AND score IS NOT NULL AND shared_s = 0"
            " ORDER BY id DESC LIMIT ?",
            (str(script), limit),
        ).fetchall()
        return statistics.median(float(row["cpu_s"]) for row in rows) if rows else None

    def forget_shared(self, script: Path) -> int:
        """Remove the runs of a script that shared work with others: they turned out not to be exact. How many."""
        with self._transaction():
            cursor = self._db.execute("DELETE FROM runs WHERE script = ? AND rung != 'plain'", (str(script),))
        return cursor.rowcount

    # --- studies ---------------------------------------------------------------------------------------

    def begin_study(self, kind: str, script: Path, text: str) -> str:
        study = uuid.uuid4().hex[:12]
        self._db.execute(
            "INSERT INTO studies (id, kind, script, text, started, status, pid, pid_started)"
            " VALUES (?, ?, ?, ?, ?, 'running', ?, ?)",
            (study, kind, str(script), text, time.time(), os.getpid(), birth()),
        )
        return study

    def save_report(self, study: str, report: object) -> None:
        """Keep what is known so far: a study that is killed later leaves this behind."""
        self._db.execute("UPDATE studies SET report = ? WHERE id = ?", (dumps(report), study))

    def end_study(self, study: str, status: str, report: object | None = None) -> None:
        with self._transaction():
            if report is not None:
                self.save_report(study, report)
            self._db.execute("UPDATE studies SET status = ?, finished = ? WHERE id = ?", (status, time.time(), study))

    def record_candidate(self, study: str, ordinal: int, block: str, plan: str, verdict: str, report: object) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO candidates VALUES (?, ?, ?, ?, ?, ?)",
            (study, ordinal, block, plan, verdict, dumps(report)),
        )

    def mark_interrupted(self) -> int:
        """Studies whose process is gone were interrupted; how many were found."""
        gone = [
            row["id"]
            for row in self._db.execute("SELECT * FROM studies WHERE status = 'running'")
            if not lives(row["pid"], row["pid_started"])
        ]
        for study in gone:
            self.end_study(study, "interrupted")
        return len(gone)

    def reports(self, script: Path, kind: str, report_type: type[T], limit: int = 20) -> tuple[tuple[str, T], ...]:
        """(status, report) of the studies of one script, the newest first; unreadable ones are left out."""
        rows = self._db.execute(
            "SELECT status, report FROM studies WHERE script = ? AND kind = ? AND report IS NOT NULL"
            " ORDER BY started DESC, rowid DESC LIMIT ?",
            (str(script), kind, limit),
        ).fetchall()
        found = []
        for row in rows:
            try:
                found.append((str(row["status"]), loads(row["report"], report_type)))
            except ValueError:
                continue
        return tuple(found)

    def studies(self, script: Path | None = None, limit: int = 50) -> tuple[StudyRow, ...]:
        """Studies, the newest first, of one script or of all."""
        where = "WHERE s.script = ?" if script else ""
        rows = self._db.execute(
            f"""SELECT s.*, COALESCE(SUM(r.reused = 0), 0) AS runs, COALESCE(SUM(r.reused = 1), 0) AS reused
                FROM studies s LEFT JOIN study_runs r ON r.study = s.id {where}
                GROUP BY s.id ORDER BY s.started DESC, s.rowid DESC LIMIT ?""",
            ((str(script), limit) if script else (limit,)),
        )
        return tuple(
            StudyRow(
                row["id"],
                row["kind"],
                row["script"],
                row["started"],
                row["finished"],
                row["status"],
                row["runs"],
                row["reused"],
            )
            for row in rows
        )

    def study_report(self, study: str) -> tuple[str, str, str | None] | None:
        """(kind, text studied, report as JSON) of the study whose id starts with ``study``, when there is just one."""
        rows = self._db.execute(
            "SELECT kind, text, report FROM studies WHERE substr(id, 1, ?) = ? LIMIT 2", (len(study), study)
        ).fetchall()
        return (rows[0]["kind"], rows[0]["text"], rows[0]["report"]) if len(rows) == 1 and study else None

    def runs_of(self, study: str) -> tuple[RunRow, ...]:
        """A study's runs, in order."""
        rows = self._db.execute(
            "SELECT runs.*, study_runs.reused FROM study_runs"
            " JOIN runs ON runs.id = study_runs.run WHERE study_runs.study = ? ORDER BY runs.id",
            (study,),
        )
        found = []
        for row in rows:
            result = json.loads(row["result"])
            more = float(result.get("wall_s", 0.0)), str(result.get("reason", "")), bool(row["reused"])
            how = str(result.get("rung", "plain")), str(row["fidelity"] or "full")
            told = tuple(result.get("notes", ())), tuple(result.get("containment", ()))
            found.append(RunRow(row["label"], row["seed"], row["status"], row["score"], *more, *how, *told))
        return tuple(found)

    def check_integrity(self) -> bool:
        (answer,) = self._db.execute("PRAGMA integrity_check").fetchone()
        return bool(answer == "ok")
