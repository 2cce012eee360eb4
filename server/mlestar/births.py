"""Tell a process from another that was given its number later, whatever happens to the clock meanwhile.

The system tells the birth of a process as time since its start; as a date it would move with every correction of the
clock, and a server that is well would be taken for one that is gone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def birth(pid: int | None = None) -> float:
    """Seconds from the system's start to that of process ``pid`` (default: this one); elsewhere than on Linux a date.

    Raises:
        psutil.NoSuchProcess: there is none.
    """
    pid = os.getpid() if pid is None else pid
    if not sys.platform.startswith("linux"):
        return psutil.Process(pid).create_time()
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        raise psutil.NoSuchProcess(pid) from None
    return int(fields[19]) / _TICKS


def lives(pid: int, born: float) -> bool:
    """Whether the process ``pid`` that was born then is still there; True when that cannot be found out."""
    try:
        apart = abs(birth(pid) - born)
    except psutil.NoSuchProcess:
        return False
    except (psutil.Error, OSError, IndexError, ValueError):
        return True
    # To the tick where it is exact: after a restart of the system a service may have its old number and nearly its age.
    return apart < (0.5 / _TICKS if sys.platform.startswith("linux") else 2)
