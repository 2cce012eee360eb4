"""Find and end processes of a run by the mark in their environment: the last net, where no namespace ends them."""

from __future__ import annotations

import contextlib
import sys

import psutil


def marked(name: str) -> list[psutil.Process]:
    """Processes of ours whose environment says ``MLESTAR_RUN=name``."""
    found = []
    if sys.platform.startswith("linux"):
        needle = f"MLESTAR_RUN={name}".encode()
        for pid in psutil.pids():
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123 - some hundred files: no Path objects
                    if needle in file.read().split(b"\0"):
                        found.append(psutil.Process(pid))
            except (OSError, psutil.Error):
                continue
        return found
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get("MLESTAR_RUN") == name:
                found.append(process)
    return found


def sweep(name: str) -> int:
    """Kill what still belongs to the run ``name`` and wait until it is gone; returns how many there were."""
    total = 0
    for _ in range(20):
        left = marked(name)
        if not left:
            break
        total += len(left)
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=0.2)
    return total
