"""Running the real `mlestar` command as a person does: another process, its own state folder, no terminal."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import processes

WORDS_THAT_CHANGE_OUTPUT = ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE")


@dataclass(frozen=True)
class Answer:
    """What a command left: its exit code and both streams, exactly as written."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def said(self) -> str:
        """Both streams with wrapped lines joined, to look for sentences in."""
        return " ".join((self.out + " " + self.err).split())


class Command:
    """`mlestar` with its own journal in ``home``, started from ``folder``."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.folder = home, folder
        kept = {k: v for k, v in os.environ.items() if k not in WORDS_THAT_CHANGE_OUTPUT}
        self.environment = {**kept, "MLESTAR_HOME": str(home), "PYTHONIOENCODING": "utf-8"}

    def __call__(self, *words: str | Path, timeout: float = 120) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "mlestar", *map(str, words)],
            cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout,
            check=False,
        )  # fmt: skip
        return Answer(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    def start(self, *words: str | Path) -> subprocess.Popen[bytes]:
        """The command under way, in a process group of its own so that a signal reaches it alone."""
        return subprocess.Popen(
            [sys.executable, "-m", "mlestar", *map(str, words)],
            cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip


def stop_after_runs(process: subprocess.Popen[bytes], runs: int, signal: int) -> set[tuple[int, float]]:
    """Send ``signal`` while a run is under way, ``runs`` having finished; the processes it had then."""
    assert process.stderr is not None
    finished = 0
    while finished < runs:
        line = process.stderr.readline().decode("utf-8")
        assert line, "the command ended before it was stopped"
        finished += "seed" in line and " in " in line
    deadline = time.monotonic() + 20
    while len(known := processes.of_server(process.pid)) < 2:  # the launcher and the script it started
        assert time.monotonic() < deadline, "no run was started"
        time.sleep(0.02)
    process.send_signal(signal)
    return known


def fingerprint(folder: Path) -> dict[str, tuple[str, int]]:
    """Content and modification time of all files below ``folder``."""
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
