"""How often the kernel has killed a process for memory: compared before and after a run that ended by SIGKILL."""

from __future__ import annotations

import re
from pathlib import Path

_COUNTER = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)


def _cgroup_files() -> list[Path]:
    files = []
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            files.append(Path("/sys/fs/cgroup" + path) / "memory.events")
            files.append(Path("/sys/fs/cgroup/memory.events"))
        elif "memory" in controllers.split(","):
            files.append(Path("/sys/fs/cgroup/memory" + path) / "memory.oom_control")
            files.append(Path("/sys/fs/cgroup/memory/memory.oom_control"))
    return files


def oom_kills() -> int:
    """Highest count among the system's and our control groups' counters; 0 where there are none (macOS, Windows)."""
    count = 0
    for path in [Path("/proc/vmstat"), *_cgroup_files()]:
        try:
            found = _COUNTER.search(path.read_text())
        except OSError:
            continue
        if found:
            count = max(count, int(found[1]))
    return count
