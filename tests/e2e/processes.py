"""Which processes belong to a server: its descendants, and whoever carries its state folder in the environment."""

from __future__ import annotations

import time
from pathlib import Path

import psutil


def of_server(pid: int) -> set[tuple[int, float]]:
    """Descendants by number and birth, so that a number used again does not count."""
    found = set()
    try:
        for child in psutil.Process(pid).children(recursive=True):
            found.add((child.pid, child.create_time()))
    except psutil.Error:
        pass
    return found


def alive(known: set[tuple[int, float]], home: Path) -> list[str]:
    """Those of ``known`` that still run, and any other process that names ``home``."""
    out = []
    for process in psutil.process_iter(["pid", "create_time", "cmdline", "status"]):
        info = process.info
        if info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            named = any(str(home) in word for word in info["cmdline"] or ())
            named = named or process.environ().get("MLESTAR_HOME") == str(home)
        except psutil.Error:
            named = False
        if named or (info["pid"], info["create_time"]) in known:
            out.append(f"{info['pid']}: {' '.join(info['cmdline'] or ())[:120]}")
    return out


def wait_until_gone(known: set[tuple[int, float]], home: Path, timeout: float, spare: int | None = None) -> float:
    """Seconds until nothing of ``known`` or ``home`` runs but process ``spare``; fails after ``timeout``."""
    began = time.monotonic()
    while True:
        left = [text for text in alive(known, home) if spare is None or not text.startswith(f"{spare}:")]
        if not left:
            return time.monotonic() - began
        assert time.monotonic() - began < timeout, f"still there after {timeout} s: {left}"
        time.sleep(0.05)
