"""Step back behind what the person at the machine does: a run may take all that is left over, and nothing else.

Called in the run's own process before it becomes the user's interpreter; every process that the run starts inherits it.
What a system does not have is left out: none of this is needed for the run to be right.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

_NICE = 10
_IOPRIO_SET = {"x86_64": 251, "i686": 289, "i386": 289, "aarch64": 30, "riscv64": 30, "loongarch64": 30,
               "armv7l": 314, "ppc64le": 273, "s390x": 282}  # fmt: skip
_BEST_EFFORT_LAST = 2 << 13 | 7
"""After every other reader and writer, but never starved: a run that cannot read its data would run out of time."""
_IOPOL_TYPE_DISK, _IOPOL_SCOPE_PROCESS, _IOPOL_UTILITY = 0, 0, 4


def step_back(nice: int = _NICE) -> None:
    """Lower this process's claim on processors and disks. POSIX; on Windows the job object's priority class does it."""
    with contextlib.suppress(OSError):
        os.nice(max(0, nice - os.nice(0)))
    if sys.platform.startswith("linux"):
        # A desktop shares time between sessions, not processes: the session must step back too.
        with contextlib.suppress(OSError), open("/proc/self/autogroup", "w") as file:
            file.write(str(nice))
        with contextlib.suppress(OSError):  # SCHED_BATCH: the same share, and it never preempts one who was woken
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        number = _IOPRIO_SET.get(os.uname().machine)
        if number is not None:
            with contextlib.suppress(Exception):
                _libc().syscall(number, 1, 0, _BEST_EFFORT_LAST)
    elif sys.platform == "darwin":  # pragma: no cover - no Mac here
        with contextlib.suppress(Exception):
            _libc().setiopolicy_np(_IOPOL_TYPE_DISK, _IOPOL_SCOPE_PROCESS, _IOPOL_UTILITY)


def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)
