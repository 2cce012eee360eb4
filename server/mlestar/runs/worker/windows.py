"""The launcher's loop where there is no fork: start, watch, end the tree with the system's own command (Windows)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from typing import Any

from . import copying


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Protection by copy only. Returns the same answer as the launcher of the other systems."""
    gone = threading.Event()

    def watch() -> None:
        while sys.stdin.buffer.read(1):
            continue
        gone.set()

    threading.Thread(target=watch, daemon=True).start()
    if "copy" not in spec["protections"]:
        return {"ended": "error", "reason": "this system has no overlay mounts; use the copy protection"}
    problem = copying.copy_workspace(spec, gone.is_set)
    if problem is not None:
        return {"ended": "cancelled"} if gone.is_set() else {"ended": "error", "reason": problem}
    with open(os.path.join(spec["scratch"], "worker.json"), "w", encoding="utf-8") as file:
        json.dump(spec["worker"], file)
    begun = time.monotonic()
    flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
    try:
        child = subprocess.Popen(
            spec["argv"], cwd=spec["cwd"], env=spec["env"], stdin=subprocess.DEVNULL, creationflags=flags
        )
    except OSError as error:
        return {"ended": "error", "reason": "start {}: {}".format(spec["argv"][0], error)}
    answer: dict[str, Any] = {}
    while not answer:
        code = child.poll()
        if code is not None:
            answer = {"ended": "exit", "code": code}
        elif gone.wait(0.05):
            answer = {"ended": "cancelled"}
        elif spec["wall_s"] is not None and time.monotonic() - begun > spec["wall_s"]:
            answer = {"ended": "timeout"}
    if child.poll() is None:
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(child.pid)], stdout=subprocess.DEVNULL, check=False)
        child.wait()
    answer.update(wall_s=time.monotonic() - begun, protection="copy")
    return answer
