"""What this machine has to give: cores, memory and GPUs, as far as this process may use them.

A container's limits count as the machine's own: what lies beyond them cannot be used, and trying to ends in a kill.
"""

from __future__ import annotations

import csv
import functools
import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

_UNLIMITED = 1 << 60
"""Version 1 control groups say "no limit" with a number near 2**63."""


def physical_cores(*, system: Path = Path("/")) -> int:
    """Cores that this process may use, at least 1: a hyper-thread is none, a container's share of CPU time counts."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    for group in _groups("cpu", system):
        quota = _cpu_quota(group)
        if quota is not None:
            cores = min(cores, round(quota))
    return max(1, cores)


@dataclass(frozen=True)
class Memory:
    """Bytes: what there is in all, and what could be taken now without swapping."""

    total: int
    available: int


def memory(*, system: Path = Path("/")) -> Memory:
    """Memory of this machine, or of the container when it has a smaller limit."""
    found = psutil.virtual_memory()
    total, available = int(found.total), int(found.available)
    for group in _groups("memory", system):
        limit = _number(group / "memory.max") or _number(group / "memory.limit_in_bytes")
        if limit is None or limit >= _UNLIMITED:
            continue
        used = _number(group / "memory.current") or _number(group / "memory.usage_in_bytes") or 0
        # The page cache of files read long ago is given up before anyone is killed.
        used -= min(used, _statistic(group / "memory.stat", ("total_inactive_file", "inactive_file")))
        total, available = min(total, limit), min(available, max(0, limit - used))
    return Memory(total, available)


def memory_below() -> int:
    """Resident bytes of every process below this one; shared pages count for each that has them. Some milliseconds."""
    total = 0
    for child in psutil.Process().children(recursive=True):
        try:
            total += int(child.memory_info().rss)
        except psutil.Error:
            continue
    return total


def _groups(controller: str, system: Path) -> Iterator[Path]:
    """Folders of the control groups that bind this process for ``controller``, the nearest first, both versions."""
    try:
        lines = (system / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    mounted = system / "sys/fs/cgroup"
    for line in lines:
        _, controllers, place = line.split(":", 2)
        if controllers == "":
            root = mounted
        elif controller in controllers.split(","):
            root = mounted / controller
        else:
            continue
        # In a container the path may be the host's, which is not seen here: then the root is our own group.
        folder = root / place.strip("/")
        while root in folder.parents:
            yield folder
            folder = folder.parent
        yield root


def _cpu_quota(group: Path) -> float | None:
    """Cores' worth of CPU time that a control group may use; None: no limit."""
    try:
        quota, _, period = (group / "cpu.max").read_text().strip().partition(" ")
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        old, length = _number(group / "cpu.cfs_quota_us"), _number(group / "cpu.cfs_period_us")
        return old / length if old is not None and old > 0 and length else None


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # absent, or "max"
        return None


def _statistic(path: Path, names: tuple[str, ...]) -> int:
    try:
        found = dict(line.split() for line in path.read_text().splitlines())
    except (OSError, ValueError):
        return 0
    return next((int(found[name]) for name in names if name in found), 0)


@dataclass(frozen=True)
class Gpus:
    """GPUs that may be handed out: ``names`` as ``CUDA_VISIBLE_DEVICES`` takes them."""

    names: tuple[str, ...] = ()
    by_bus: bool = False
    """Names are numbers in the order of the bus, which CUDA must be told (its own order is the fastest first)."""

    def environment(self, given: tuple[str, ...]) -> dict[str, str]:
        """Variables with which a run sees just the GPUs ``given``. Nothing to say where there are none."""
        if not self.names:
            return {}
        seen = {"CUDA_VISIBLE_DEVICES": ",".join(given) or "-1"}
        return {**seen, "CUDA_DEVICE_ORDER": "PCI_BUS_ID"} if self.by_bus else seen


def nvidia_gpus(*, system: Path = Path("/"), environment: Mapping[str, str] | None = None) -> Gpus:
    """NVIDIA GPUs that this process may use. Starts ``nvidia-smi`` (up to 5 s) only where there is a driver.

    The user's own ``CUDA_VISIBLE_DEVICES`` decides: what it hides is never handed out.
    """
    visible = (os.environ if environment is None else environment).get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        names = [name.strip() for name in visible.split(",")]
        known = [name for name in names if re.fullmatch(r"\d+|(GPU|MIG)-[\w/-]+", name)]
        # CUDA ignores everything after the first name that it does not know.
        return Gpus(tuple(known) if known == names else tuple(names[: _first_unknown(names, known)]))
    driver = system / "proc/driver/nvidia/gpus"
    if not driver.is_dir() and not (os.name == "nt" and shutil.which("nvidia-smi")) and not _in_wsl(system):
        return Gpus()
    count = len(_ask_nvidia_smi()) or (len(list(driver.iterdir())) if driver.is_dir() else 0)
    return Gpus(tuple(str(number) for number in range(count)), by_bus=True)


def _first_unknown(names: list[str], known: list[str]) -> int:
    return next((at for at, name in enumerate(names) if name not in known), len(names))


def _in_wsl(system: Path) -> bool:
    return (system / "dev/dxg").exists() and shutil.which("nvidia-smi") is not None


def _ask_nvidia_smi() -> list[str]:
    """UUIDs, in the order of the bus; empty when the tool is not there or does not answer."""
    try:
        done = subprocess.run(
            ["nvidia-smi", "--query-gpu=index,uuid", "--format=csv,noheader"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=5, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return []
    if done.returncode != 0:
        return []
    rows = csv.reader(io.StringIO(done.stdout), skipinitialspace=True)
    return [row[1] for row in rows if len(row) == 2 and row[0].isdigit()]


_GPU_WORDS = re.compile(
    r"""\bcuda\b|\.to\(\s*device\b|device_map|\baccelerator\b\s*=|\bAccelerator\(|\btensorflow\b|\bkeras\b|\bjax\b|\bcupy\b
    |\bcudf\b|\bcuml\b|gpu_hist|(task_type|device|device_type)\s*["']?\s*[=:]\s*["'](GPU|gpu|cuda)|\blightning\b
    """,
    re.VERBOSE,
)


@functools.lru_cache(maxsize=32)
def mentions_gpu(text: str) -> bool:
    """Whether a script's text looks as if it would use a GPU: then one is asked for where there is one."""
    return _GPU_WORDS.search(text) is not None
