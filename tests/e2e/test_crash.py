"""The server is killed at any moment: nothing goes on running, nothing that was finished is lost or done again.

``MLESTAR_CRASH_KILLS`` (default 20) and ``MLESTAR_CRASH_SEED`` make it longer and different.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import pytest
from command import Command
from strict_editor import Editor

KILLS = int(os.environ.get("MLESTAR_CRASH_KILLS", "20"))
SEED = int(os.environ.get("MLESTAR_CRASH_SEED", "1"))
GONE_WITHIN_S = 5.0
SCRIPT = '''\
"""Which rows are positive? In pure Python, so that a run takes a fraction of a second."""
import random
import subprocess
import sys
import time

SEED = 1
rng = random.Random(SEED)
rows = [(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(400)]
labels = [int(a + 0.3 * b + rng.gauss(0, 0.3) > 0) for a, b in rows]


def start_helper():
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)  # MARK"], start_new_session=True)
    return helper


def add_sum(rows):
    rows = [(*row, row[0] + 0.3 * row[1]) for row in rows]
    return rows


def build_model(rows, labels):
    last = len(rows[0]) - 1
    return lambda row: int(row[last] > 0)


with open("checkpoint.txt", "w") as file:
    file.write("written by a run")
rows = add_sum(rows)
helper = start_helper()
order = list(range(400))
random.Random(SEED).shuffle(order)
train, test = order[:300], order[300:]
time.sleep(0.2)
model = build_model([rows[i] for i in train], [labels[i] for i in train])
predicted = [model(rows[i]) for i in test]
accuracy = sum(predicted[j] == labels[i] for j, i in enumerate(test)) / len(test)
helper.kill()
print("accuracy", accuracy)
'''
"""It writes into its folder and starts a process that leaves its group: both have to be gone when it is killed. All
its variants part before that process is there, so that they are forked from one another.
"""
SEEDS = 3
RUNS = 3 * SEEDS
"""The script as it is, and two variants, over the seeds."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends SIGKILL and reads /proc")


def state(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Everything about a folder that a user could notice."""
    found: dict[str, tuple[Any, ...]] = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        kept = path.stat()
        text = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path.relative_to(folder))] = (kept.st_mode, kept.st_mtime_ns, kept.st_ino, text)
    return found


def processes_with(*marks: str) -> list[str]:
    """Processes that name one of ``marks`` in their command line or environment."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            line, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
            dead = (folder / "stat").read_bytes().rpartition(b")")[2].split()[0] == b"Z"
        except OSError:
            continue
        if not dead and any(mark.encode() in line + environment for mark in marks):
            found.append(f"{folder.name}: {line.replace(bytes(1), b' ').decode('utf-8', 'replace')[:150]}")
    return found


class Server(Protocol):
    """A process with a study under way."""

    pid: int

    def done(self) -> int:
        """Runs that it has told us are finished, known ones too."""

    def over(self) -> bool:
        """Whether the study has ended by itself."""

    def kill(self) -> None: ...


class CommandLine:
    """`mlestar ablate`; what it prints is what it has told us."""

    def __init__(self, scene: Scene) -> None:
        self._process = scene.command.start("ablate", scene.script, "--seeds", str(SEEDS), "--parallel", "2")
        self.pid = self._process.pid
        self._done, self._lines = 0, []  # type: int, list[str]
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            text = line.decode("utf-8", "replace")
            self._lines.append(text)
            if (found := re.match(r"\[(\d+)/\d+", text)) and ", seed " in text:
                self._done = max(self._done, int(found[1]))

    def done(self) -> int:
        return self._done

    def over(self) -> bool:
        if self._process.poll() not in (None, 0, -signal.SIGKILL):
            raise AssertionError("".join(self._lines))
        return self._process.poll() is not None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(5)
        assert self._process.stdout is not None
        self._process.stdout.close()


class LanguageServer:
    """An ablation that an editor asked for."""

    def __init__(self, scene: Scene) -> None:
        options = {"baselineSeeds": SEEDS, "parallel": 2}
        self._editor = Editor(scene.home, scene.folder, options=options)
        self.pid = self._editor.process.pid
        _, self._answer = self._editor.start("mlestar/ablate", {"uri": self._editor.open(scene.script)})

    def done(self) -> int:
        return max((int(study["done"] or 0) for study in self._editor.studies), default=0)

    def over(self) -> bool:
        return self._answer.done()

    def kill(self) -> None:
        self._editor.kill()


class Scene:
    """A project, a state folder, and all that has to hold between two servers."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder, self.home = tmp_path / "my project ü", tmp_path / "state"
        self.folder.mkdir()
        self.mark = f"helper of {tmp_path.name} {os.getpid()} {time.time_ns()}"
        self.script = self.folder / "train.py"
        self.script.write_text(SCRIPT.replace("MARK", self.mark), "utf-8")
        self.command = Command(self.home, self.folder)
        self.before = state(self.folder)

    def journalled(self) -> int:
        """Finished runs in the journal, which must be whole and hold none twice."""
        path = self.home / "journal.sqlite3"
        if not path.exists():
            return 0
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'runs'").fetchone():
                return 0
            keys = [key for (key,) in db.execute("SELECT key FROM runs")]
        assert len(set(keys)) == len(keys), "a run was repeated"
        return len(keys)

    def shared(self) -> int:
        """Finished runs that shared work with others."""
        with closing(sqlite3.connect(self.home / "journal.sqlite3")) as db:
            return int(db.execute("SELECT count(*) FROM runs WHERE rung != 'plain'").fetchone()[0])

    def check_after_kill(self, reported: int) -> float:
        """Seconds until the last process was gone."""
        began = time.monotonic()
        while left := processes_with(str(self.home), self.mark):
            assert time.monotonic() - began < GONE_WITHIN_S, f"still there: {left}"
            time.sleep(0.02)
        took = time.monotonic() - began
        assert str(self.home) not in Path("/proc/self/mounts").read_text(), "a mount is left"
        assert state(self.folder) == self.before, "the user's folder was changed"
        assert self.journalled() >= reported, "a run that was finished is lost"
        return took

    def check_to_the_end(self) -> None:
        """The study resumes, completes, repeats nothing and cleans up after those who were killed."""
        kept = self.journalled()
        answer = self.command("ablate", self.script, "--seeds", SEEDS, "--parallel", "2", "--json", timeout=250)
        assert answer.code == 0, answer.err
        report = json.loads(answer.out)
        assert report["complete"] and report["problem"] is None
        assert (report["cost"]["runs"], report["cost"]["reused"]) == (RUNS - kept, kept)
        assert self.journalled() == RUNS
        assert self.shared() or not sys.platform.startswith("linux"), "no run was forked: this test is about those too"
        assert not [path for path in (self.home / "scratch").glob("*") if path.name[0].isdigit()]
        assert not processes_with(str(self.home), self.mark)
        assert state(self.folder) == self.before


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    for line in processes_with(str(made.home), made.mark):
        os.kill(int(line.partition(":")[0]), signal.SIGKILL)


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("kind", [CommandLine, LanguageServer])
def test_killed_at_random_points_of_a_study(scene: Scene, kind: type[Any], part: int) -> None:
    """The kills are spread over the whole study: each waits for its share of the runs, and then a moment more, down to
    the first moments of the server. What an earlier server finished, the next one goes on from."""
    chance = random.Random(f"{SEED} {kind.__name__} {part}")
    kills = max(1, KILLS // 4)
    for number in range(kills):
        share = chance.uniform(number, number + 1) / kills * (RUNS - 1)
        server: Server = kind(scene)
        try:
            reached = time.monotonic() + 60
            while server.done() < int(share) and not server.over():
                assert time.monotonic() < reached, "the study does not get on"
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 1.5 if int(share) == 0 else 0.5))
        finally:
            server.kill()
        scene.check_after_kill(server.done())
    scene.check_to_the_end()
