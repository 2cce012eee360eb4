"""Where runs go: one contract for this machine and for a cluster.

An executor carries out one run at a time for each call; who goes when is decided above it. Whatever the script does is
a `RunResult`; a call that is cancelled returns once every process of its run is dead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mlestar.runs.types import RunResult, RunSpec

OnOutput = Callable[[str, str], None]
EXECUTORS = ("local", "ray")


@dataclass(frozen=True)
class Room:
    """What an executor can give to runs at one time."""

    threads: int
    gpus: int = 0
    memory_bytes: int | None = None
    """None: not known."""
    nodes: int = 1


class Executor(Protocol):
    """Carries out runs. Satisfied by `local.LocalExecutor` and `ray.executor.RayExecutor`."""

    async def run(self, spec: RunSpec, on_output: OnOutput | None = None) -> RunResult:
        """One run to its end; never raises for what the script does. Cancelling the task ends the tree first."""
        ...

    async def close(self) -> None:
        """Give back what is kept; every run must have ended."""
        ...


class RemoteExecutor(Executor, Protocol):
    """One whose room is elsewhere: it is asked, and may change while runs go on."""

    async def room(self) -> Room | str:
        """What there is now, or one sentence that says why there is nothing and what to do."""
        ...


def remote_executor(name: str, *, home: Path, address: str | None = None) -> RemoteExecutor | str:
    """The executor of that name, or one sentence that says why it cannot be had. Imports nothing heavy."""
    if name != "ray":
        return f"there is no executor {name!r}; set `executor` to one of {', '.join(EXECUTORS)}"
    from mlestar.runs.ray import missing

    problem = missing()
    if problem is not None:
        return problem
    from mlestar.runs.ray.executor import RayExecutor

    return RayExecutor(home=home, address=address)
