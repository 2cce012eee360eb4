"""The branching rung: one process runs the merged programs of a family and forks where they begin to differ.

Here is the server's side. A process stands for the *members* (runs) that have been one so far; the worker asks before
it forks, so that what was printed up to there is counted for both sides; each forked process waits until it is its
turn; the supervisor watches each and says how it ended. ``early`` is the warm rung: everybody parts after the imports.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from mlestar.runs import shadow
from mlestar.runs.branches import Process
from mlestar.runs.collect import collect_inputs
from mlestar.runs.families import Turn
from mlestar.runs.hidden import other_projects
from mlestar.runs.layout import as_utf8
from mlestar.runs.local import LocalExecutor, drain, not_started, read_answer, start_launcher, to_its_end, undisturbed
from mlestar.runs.outcome import read_events
from mlestar.runs.pipes import Lines, Outgoing
from mlestar.runs.sweep import sweep
from mlestar.runs.types import FINAL, Refusal, Rung, RunResult, RunSpec, RunStatus, Sandbox

_MOST_MEMBERS = 400
_MOST_WAITING = 8
"""Forked processes that wait for their turn: each keeps the memory of the moment it was forked."""
_SPARE_MEMORY = 0.1
"""Share of the machine's memory that must be free before more processes are forked."""
_QUIET_S = 30.0
_OURS = ("timeout", "memory", "cpu", "processes", "disk", "cancelled")
"""Ways of ending that a plain run of another member would not have had at that point."""

OnOutput = Callable[[int, str, str], None]


class Branched:
    """Carries out a family; see `mlestar.runs.families.SharedRung`."""

    def __init__(
        self,
        local: LocalExecutor,
        specs: Sequence[RunSpec],
        turn: Turn,
        on_output: OnOutput | None = None,
        *,
        early: bool = False,
        quiet_s: float = _QUIET_S,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.outcomes: tuple[asyncio.Future[RunResult | Refusal], ...] = tuple(loop.create_future() for _ in specs)
        self._local, self._specs, self._turn, self._on_output = local, list(specs), turn, on_output
        self._early, self._quiet_s = early, quiet_s
        self._rung = Rung.WARM if early else Rung.BRANCH
        self._live: dict[int, Process] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._launch: dict[str, Any] = {}
        self._launcher: asyncio.subprocess.Process | None = None
        self._started = asyncio.Event()
        self._walls: dict[str, Any] = {}
        self._given_up: set[int] = set()

    # ------------------------------------------------------------------------------------- from outside

    async def carry_out(self) -> None:
        """Returns when every outcome is known and every process is dead. Cancelling it ends all trees first."""
        why = _impossible(self._specs)
        if why:
            self._refuse(range(len(self._specs)), why)
            return
        try:
            workspace, self._scratch = await self._local.new_scratch(self._specs[0])
        except OSError as error:
            self._resolve_all(not_started(f"no folder for the run's files: {error}"))
            return
        try:
            await self._carry_out(workspace)
        except OSError as error:
            self._resolve_all(not_started(f"the run could not be started: {error}"))
        except BaseException:
            self._resolve_all(RunResult(RunStatus.CANCELLED, None, "cancelled"))
            raise
        finally:
            await undisturbed(self._local._in_thread(shadow.remove_tree, self._scratch))

    def give_up(self, index: int) -> None:
        """Cancel one run; its outcome comes when nothing of it is left."""
        if self.outcomes[index].done():
            return
        self._given_up.add(index)
        process = next((p for p in self._live.values() if index in p.members), None)
        if process is None:
            return  # it is ending, or has not begun: looked at there
        if self._wanted(process.members) or (process.key == 0 and not self._started.is_set()):
            self._resolve(index, RunResult(RunStatus.CANCELLED, None, "cancelled"))
            process.members.remove(index)
            if not process.members:
                process.free_slot()
        else:
            self._kill(process, "cancelled")

    # ------------------------------------------------------------------------------------- the family

    async def _carry_out(self, workspace: Path) -> None:
        spec = self._specs[0]
        if spec.sandbox is not Sandbox.OFF:
            await self._local._in_thread(other_projects, workspace, Path.home().resolve())  # known when it is needed
        self._launch = self._local._prepare(spec, workspace, self._scratch)
        self._folder = self._scratch / "family"
        self._folder.mkdir()
        runs = []
        for index, member in enumerate(self._specs):
            program = self._folder / f"program.{index}.py"
            program.write_bytes(as_utf8(member.program_text))
            runs.append({"program": str(program), "seed": member.seed})
        self._launch["worker"]["events"] = str(self._folder / "events.0")
        self._launch["worker"]["not_inputs"] += [str(self._folder), str(self._scratch / "private")]
        self._launch["family"] = {"folder": str(self._folder), "quiet_s": self._quiet_s}
        self._launch["worker"]["family"] = {"folder": str(self._folder), "runs": runs, "early": self._early}
        (self._scratch / "spec.json").write_text(json.dumps(self._launch), "utf-8")
        self._said = Lines(self._folder / "say", self._hear)
        self._orders = Outgoing(self._folder / "orders")
        self._refuse(self._given_up, "")
        members = [i for i in range(len(self._specs)) if i not in self._given_up]
        trunk = self._live[0] = Process.trunk(self._folder, spec, self._listener, members)
        try:
            trunk.task = self._start(self._conduct(trunk))
            started = self._start(self._begin())
            await asyncio.wait([trunk.task, started], return_when=asyncio.FIRST_COMPLETED)
            if trunk.task.done() and not trunk.task.cancelled():
                trunk.task.result()
            if self._launcher is not None:
                await self._until_dead(trunk)
        except BaseException:
            if self._launcher is not None:
                await to_its_end(self._local._end(self._launcher, self._scratch.name))
            raise
        finally:
            for task in list(self._tasks):
                task.cancel()
            try:
                await undisturbed(asyncio.gather(*self._tasks, return_exceptions=True))
            finally:
                self._said.close()
                self._orders.close()
                for process in self._live.values():
                    process.close()

    async def _begin(self) -> None:
        await self._started.wait()

    async def _until_dead(self, trunk: Process) -> None:
        assert self._launcher is not None and self._launcher.stdout is not None and self._launcher.stderr is not None
        # what comes here was written before the interpreter was there
        early = asyncio.gather(drain(self._launcher.stdout, trunk.out.add), drain(self._launcher.stderr, trunk.err.add))
        await self._launcher.wait()
        await self._local._in_thread(sweep, self._scratch.name)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(early, 5.0)
        self._said.drain()
        for process in list(self._live.values()):  # the launcher failed: nobody said how these ended
            answer = read_answer(self._scratch / "launcher.json", self._launcher.returncode)
            self._over(process, {**answer, "how": answer.get("ended", "error")})
        while True:
            finishing = [t for t in self._tasks if t.get_name() == "finish"]
            if not finishing:
                break
            await asyncio.gather(*finishing)
        self._refuse(
            [i for i, outcome in enumerate(self.outcomes) if not outcome.done()],
            "the process that it was to be forked from ended too early",
            lasting=False,
        )

    def _start(self, work: Coroutine[Any, Any, None], name: str = "") -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        task.set_name(name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _conduct(self, process: Process) -> None:
        """Give ``process`` a slot whenever it is to go on, from its first turn to its end."""
        try:
            while not process.dead:
                await process.may_go.wait()
                if process.dead or not process.members:
                    return
                async with self._turn(process.members[0]):
                    await self._in_slot(process)
        except Exception as error:
            if process.key == 0 and self._launcher is None:
                raise
            self._refuse(process.members, f"it got no turn ({error})", lasting=False)
            self._kill(process, "cancelled")

    async def _in_slot(self, process: Process) -> None:
        if process.dead or not process.members:
            return
        process.in_slot = True
        try:
            if process.key == 0 and self._launcher is None:
                self._launcher = await start_launcher(self._scratch)
                self._started.set()
            elif process.asked is not None:
                self._grant(process)
            else:
                process.go.send(go=process.key)
                self._runs(process)
                self._wake()
            await process.leave_slot.wait()
        finally:
            process.in_slot = False
            process.leave_slot.clear()

    # ------------------------------------------------------------------------------------- what they say

    def _hear(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(KeyError, TypeError, ValueError, IndexError):  # a script may write here too
            if "ask" in message:
                self._asked(self._live[message["ask"]], message["groups"])
            elif "born" in message:
                self._born(self._live[message["born"]], int(message["pid"]))
            elif "unborn" in message:
                process = self._live.pop(message["unborn"])
                process.close()
                self._refuse(process.members, str(message["reason"]), lasting=bool(message["lasting"]))
                self._wake()
            elif "refused" in message:
                self._refused([int(i) for i in message["refused"]], message)
            elif "begun" in message:
                self._walls = json.loads((self._folder / "walls.json").read_text("utf-8"))
                self._runs(self._live[0])
            elif "ended" in message:
                self._over(self._live[message["ended"]], message)

    def _asked(self, process: Process, groups: list[list[int]]) -> None:
        """It wants to fork: from here on what it prints is its own, so everything printed is taken first."""
        self._rests(process)
        process.drain()
        process.asked = [[int(i) for i in group] for group in groups]
        if self._room(len(groups) - 1):
            self._grant(process)
            return
        process.may_go.clear()
        process.leave_slot.set()

    def _room(self, more: int) -> bool:
        waiting = sum(1 for p in self._live.values() if not p.began)
        if not waiting:
            return True
        memory = psutil.virtual_memory()
        return waiting + more <= _MOST_WAITING and memory.available > _SPARE_MEMORY * memory.total

    def _wake(self) -> None:
        """Those who wait before a fork may go on when there is room for more processes."""
        for process in self._live.values():
            if process.asked is not None and not process.may_go.is_set() and self._room(len(process.asked) - 1):
                process.may_go.set()

    def _grant(self, process: Process) -> None:
        """Let it fork for the groups that somebody still wants; the first of them it becomes itself."""
        assert process.asked is not None
        wanted = [i for i in process.members if i not in self._given_up]
        groups = [kept for group in process.asked if (kept := [i for i in group if i in wanted])]
        process.asked = None
        self._refuse([i for i in process.members if not any(i in group for group in groups)], "it was left behind")
        for group in groups[1:]:
            self._live[group[0]] = process.fork(group)
        process.members = groups[0] if groups else []
        process.forks += len(groups[1:])
        process.go.send(groups=groups)
        self._runs(process)

    def _born(self, process: Process, pid: int) -> None:
        assert process.parent is not None
        self._orders.send(do="watch", key=process.key, pid=pid, parent=process.parent)
        process.born = True
        if self._wanted(process.members):
            process.task = self._start(self._conduct(process))
        else:
            self._kill(process, "cancelled")

    def _refused(self, members: list[int], message: dict[str, Any]) -> None:
        for process in self._live.values():
            process.members = [i for i in process.members if i not in members]
        self._refuse(members, str(message["reason"]), by_seed=bool(message.get("by_seed")))

    # ------------------------------------------------------------------------------------- time and ends

    def _runs(self, process: Process) -> None:
        """Its clock goes; with it the limit of wall time."""
        process.began = True
        process.since = time.monotonic()
        self._orders.send(do="run", key=process.key)
        limit = self._specs[0].limits.wall_s
        if limit is not None:
            left = max(0.0, limit - process.base_s - process.own_s)
            process.timer = asyncio.get_running_loop().call_later(left, self._kill, process, "timeout")

    def _rests(self, process: Process) -> None:
        process.stop_clock()
        self._orders.send(do="rest", key=process.key)

    def _kill(self, process: Process, reason: str) -> None:
        self._orders.send(do="kill", key=process.key, reason=reason)

    def _wanted(self, members: Sequence[int]) -> bool:
        return any(i not in self._given_up for i in members)

    def _over(self, process: Process, message: dict[str, Any]) -> None:
        """A process ended, and nothing that it started is left."""
        process.stop_clock()
        process.drain()
        process.close()
        process.dead = True
        del self._live[process.key]
        for child in [p for p in self._live.values() if p.parent == process.key and not p.born]:
            child.close()
            del self._live[child.key]
            self._refuse(child.members, "the process that it was to be forked from ended too early", lasting=False)
        process.free_slot()
        self._start(self._finish(process, message), "finish")
        self._wake()
        if not self._live:
            self._orders.send(do="close")

    async def _finish(self, process: Process, message: dict[str, Any]) -> None:
        members, how = list(process.members), str(message["how"])
        given_up = [i for i in members if i in self._given_up]
        for index in given_up:
            self._resolve(index, RunResult(RunStatus.CANCELLED, None, "cancelled"))
        members = [i for i in members if i not in given_up]
        if not members:
            return
        if how == "quiet":
            self._refuse(members, "it stood still after it was forked", lasting=False)
            return
        if process.parent is not None and not process.began:
            self._refuse(members, "it ended while it waited for its turn", lasting=False)
            return
        events = await self._local._in_thread(read_events, process.events)
        if how == "signal" and (process.parent is not None or process.forks) and events.end is None:
            words = "a signal ended it, which may have come from the fork"
            self._refuse(members, words, lasting=False)
            return
        leader = members[0]
        if how in _OURS:
            self._refuse(members[1:], "the run that it was one with was ended from outside", lasting=False)
            members = members[:1]
        elif events.end is None:
            others = [i for i in members if self._specs[i].seed != self._specs[leader].seed]
            self._refuse(others, "the run that it was one with broke off", lasting=False)
            members = [i for i in members if i not in others]
        answer = {**message, **self._walls, "ended": how, "wall_s": process.own_s}
        for index in members:
            result = process.result(self._specs[index], index, events, answer, self._rung, index == leader)
            if result.status in FINAL:
                inputs = await self._local._in_thread(
                    collect_inputs, self._specs[index], self._launch, events, result.protection
                )
                result = replace(result, inputs=inputs)
            self._resolve(index, result)

    # ------------------------------------------------------------------------------------- outcomes

    def _listener(self, process: Process) -> Callable[[str, str], None] | None:
        listen = self._on_output
        if listen is None:
            return None

        def said(stream: str, text: str) -> None:
            for index in process.members:
                listen(index, stream, text)

        return said

    def _resolve(self, index: int, outcome: RunResult | Refusal) -> None:
        if not self.outcomes[index].done():
            self.outcomes[index].set_result(outcome)

    def _resolve_all(self, outcome: RunResult) -> None:
        for index in range(len(self.outcomes)):
            self._resolve(index, outcome)

    def _refuse(self, members: Iterable[int], reason: str, *, lasting: bool = True, by_seed: bool = False) -> None:
        for index in members:
            if index in self._given_up:
                self._resolve(index, RunResult(RunStatus.CANCELLED, None, "cancelled"))
            self._resolve(index, Refusal(reason, lasting, by_seed))


def _impossible(specs: Sequence[RunSpec]) -> str | None:
    if not sys.platform.startswith("linux"):
        return "only Linux forks a running program safely"
    if len(specs) > _MOST_MEMBERS:
        return f"more than {_MOST_MEMBERS} runs at once"
    return None
