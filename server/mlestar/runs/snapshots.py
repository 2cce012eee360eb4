"""The snapshot rung: one run writes down its variables where others begin to differ, and those go on from there.

Here is the server's side. The first run of the family leads: an ordinary run that stops for a moment at each place
where another parts. Each other run is a process of its own that takes over what the leader had there (see
`mlestar.runs.worker.snapshots`). It needs nothing of the system, so it serves where forking cannot be had.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlestar.runs import prefixes, shadow
from mlestar.runs.families import Turn
from mlestar.runs.local import LocalExecutor, OnOutput, not_started, streams_of, undisturbed
from mlestar.runs.output import Stream
from mlestar.runs.prefixes import Program
from mlestar.runs.types import Refusal, Rung, RunResult, RunSpec, RunStatus
from mlestar.runs.worker.alike import Shapes

_LOOK_S = 0.05
"""How often the leader's events are read while others wait for it."""
_MOST_POINTS = 40
_CANCELLED = RunResult(RunStatus.CANCELLED, None, "cancelled")


@dataclass(frozen=True)
class _Part:
    """One run that parts from the leader after ``heavy`` statements that take time."""

    index: int
    program: Program
    heavy: int
    changed: frozenset[str]


@dataclass
class _Point:
    """One place where the leader writes its variables."""

    heavy: int
    at: int
    names: set[str] | None
    early: set[str]
    told: dict[str, Any] | None = None
    """What the leader said of it: its size, or the reason why there is none."""

    @property
    def good(self) -> bool:
        return self.told is not None and "reason" not in self.told


class _Marked(Stream):
    """The leader's stream: takes the marks out and keeps how it stood at each."""

    def __init__(self, whole: Stream, mark: bytes) -> None:
        self.__dict__.update(whole.__dict__)
        self._mark, self._rest = mark, b""
        self.at: dict[int, Stream] = {}

    def add(self, data: bytes) -> None:
        data = self._rest + data
        while (place := data.find(self._mark)) >= 0:
            end = data.find(b";", place)
            if end < 0:
                break
            if place:
                super().add(data[:place])
            self.at[int(data[place + len(self._mark) : end])] = self.copy(None)
            data = data[end + 1 :]
        keep = len(data) - place if place >= 0 else _start_of(self._mark, data)
        self._rest = data[len(data) - keep :]
        if len(data) > keep:
            super().add(data[: len(data) - keep])

    def finish(self) -> None:
        if self._rest:
            rest, self._rest = self._rest, b""
            super().add(rest)


def _start_of(mark: bytes, data: bytes) -> int:
    """How many bytes at the end of ``data`` may be the beginning of ``mark``."""
    return next((n for n in range(min(len(mark) - 1, len(data)), 0, -1) if data.endswith(mark[:n])), 0)


class Snapshotted:
    """Carries out a family; see `mlestar.runs.families.SharedRung`."""

    def __init__(
        self,
        local: LocalExecutor,
        specs: Sequence[RunSpec],
        turn: Turn,
        on_output: Callable[[int, str, str], None] | None = None,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.outcomes: tuple[asyncio.Future[RunResult | Refusal], ...] = tuple(loop.create_future() for _ in specs)
        self._local, self._specs, self._turn, self._on_output = local, list(specs), turn, on_output
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._given_up: set[int] = set()
        self._points: dict[int, _Point] = {}
        self._changed = asyncio.Condition()
        self._leader_over = False
        self._telling: asyncio.Task[None] | None = None
        self._streams: tuple[_Marked, _Marked] | None = None
        self._events = b""
        self._scratch = Path()

    async def carry_out(self) -> None:
        """Returns when every outcome is known and every process is dead. Cancelling it ends all trees first."""
        parts = self._parts()
        if not parts:
            for index in range(len(self._specs)):
                self._resolve(index, Refusal("no other run of its family shares enough with it", lasting=False))
            return
        self._points = self._points_of(parts)
        try:
            workspace, self._scratch = await self._local.new_scratch(self._specs[0])
        except OSError as error:
            for index in range(len(self._specs)):
                self._resolve(index, not_started(f"no folder for the run's files: {error}"))
            return
        try:
            self._tasks[0] = asyncio.ensure_future(self._lead(workspace))
            self._tasks[0].add_done_callback(self._led)  # also when it was given up before its first step
            for part in parts:
                self._tasks[part.index] = asyncio.ensure_future(self._follow(part))
            for index in self._given_up:
                self.give_up(index)
            await asyncio.wait(self._tasks.values())
            for task in self._tasks.values():
                if not task.cancelled():
                    task.result()  # a defect of ours must be seen
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
            for index in range(len(self._specs)):
                self._resolve(index, _CANCELLED)
            await undisturbed(self._local._in_thread(shadow.remove_tree, self._scratch))

    def give_up(self, index: int) -> None:
        """Cancel one run; its outcome comes when nothing of it is left."""
        self._given_up.add(index)
        task = self._tasks.get(index)
        if task is not None:
            task.cancel()

    def _resolve(self, index: int, outcome: RunResult | Refusal) -> None:
        if not self.outcomes[index].done():
            self.outcomes[index].set_result(outcome)

    # ------------------------------------------------------------------------------------- the plan

    def _parts(self) -> list[_Part]:
        """Where each run parts; those that share nothing are refused."""
        leader = Program.parse(self._specs[0].program_text)
        shapes, found = Shapes(), []
        for index, spec in enumerate(self._specs[1:], start=1):
            program = Program.parse(spec.program_text)
            if leader is None or program is None:
                self._resolve(index, Refusal("its text cannot be parsed", lasting=False))
            elif not spec.fidelity.full:
                self._resolve(index, Refusal("a run on less keeps account of what was taken away", lasting=False))
            else:
                heavy, changed = prefixes.shared(leader, program, shapes)
                if heavy:
                    found.append(_Part(index, program, heavy, changed))
                    continue
                few = len(leader.heavy) < 3
                why = "everything happens inside functions" if few else "it differs from its first statement on"
                self._resolve(index, Refusal(why, lasting=few))
        return found

    def _points_of(self, parts: Sequence[_Part]) -> dict[int, _Point]:
        leader = Program.parse(self._specs[0].program_text)
        assert leader is not None
        points: dict[int, _Point] = {}
        for heavy in sorted({part.heavy for part in parts})[-_MOST_POINTS:]:
            names: set[str] | None = set()
            early: set[str] = set()
            for part in parts:
                if part.heavy >= heavy:
                    wanted = prefixes.needed(part.program, heavy)
                    names = None if names is None or wanted is None else names | wanted
                    early |= prefixes.early(part.program, heavy)
            points[heavy] = _Point(heavy, leader.place(heavy), names, early)
        return points

    # ------------------------------------------------------------------------------------- the leader

    async def _lead(self, workspace: Path) -> None:
        spec = self._specs[0]
        try:
            async with self._turn(0):
                launch = self._local._prepare(spec, workspace, self._scratch)
                mark = f"\x00mlestar-{os.urandom(12).hex()}:"
                launch["worker"]["snapshots"] = {
                    "folder": str(self._scratch / "snapshots"),
                    "scratch": str(self._scratch),
                    "roots": launch["roots"],
                    "mark": mark,
                    "points": [
                        {
                            "heavy": point.heavy,
                            "at": point.at,
                            "names": None if point.names is None else sorted(point.names),
                            "early": sorted(point.early),
                        }
                        for point in self._points.values()
                    ],
                }
                launch["worker"]["not_inputs"].append(str(self._scratch))
                (self._scratch / "snapshots").mkdir()
                (self._scratch / "spec.json").write_text(json.dumps(launch), "utf-8")
                out, err = (_Marked(s, mark.encode()) for s in streams_of(spec, self._listener(0)))
                self._streams = out, err
                watching = asyncio.ensure_future(self._watch())
                try:
                    result = await self._local._launch(spec, self._scratch, launch, None, self._streams)
                finally:
                    watching.cancel()
                await self._look()
                out.finish()
                err.finish()
                result = replace(result, stdout=out.kept.text(), stderr=err.kept.text())
                written = [point for point in self._points.values() if point.good]
                self._resolve(0, replace(result, rung=Rung.SNAPSHOT) if written else result)
        except asyncio.CancelledError:
            self._resolve(0, _CANCELLED)
        except OSError as error:
            self._resolve(0, not_started(f"the run could not be started: {error}"))

    def _led(self, _: asyncio.Task[None]) -> None:
        """The leader is over: whoever waits for it need wait no longer."""
        self._leader_over = True
        self._telling = asyncio.ensure_future(self._tell())

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _listener(self, index: int) -> OnOutput | None:
        listener = self._on_output
        return None if listener is None else lambda stream, text: listener(index, stream, text)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            await self._look()

    async def _look(self) -> None:
        """Read what the leader said since the last look."""
        with contextlib.suppress(OSError):
            size = len(self._events)
            with (self._scratch / "events.jsonl").open("rb") as file:
                file.seek(size)
                self._events += file.read()
            start = self._events.rfind(b"\n", 0, size) + 1
            news = False
            for line in self._events[start:].split(b"\n")[:-1]:
                if line.startswith(b'{"snapshot"'):
                    told = json.loads(line)["snapshot"]
                    self._points[told["heavy"]].told = told
                    news = True
            if news:
                await self._tell()

    # ------------------------------------------------------------------------------------- the others

    async def _follow(self, part: _Part) -> None:
        index = part.index
        try:
            point = await self._point_for(part)
            if isinstance(point, Refusal):
                self._resolve(index, point)
                return
            async with self._turn(index):
                self._resolve(index, await self._go_on(part, point))
        except asyncio.CancelledError:
            self._resolve(index, _CANCELLED)
        except OSError as error:
            self._resolve(index, not_started(f"the run could not be started: {error}"))

    async def _point_for(self, part: _Part) -> _Point | Refusal:
        """The latest usable place that it shares with the leader, once the leader has come that far."""
        own = self._points.get(part.heavy)
        async with self._changed:
            await self._changed.wait_for(lambda: self._leader_over or own is None or own.told is not None)
        reached = [p for p in self._points.values() if p.heavy <= part.heavy and p.told is not None]
        if not reached:
            return Refusal("the run that it was to go on from ended too early", lasting=False)
        good = [point for point in reached if point.good]
        same_seed = self._specs[part.index].seed == self._specs[0].seed
        usable = [p for p in good if same_seed or (p.told and p.told["untouched"])]
        if usable and self._streams is not None:
            best = max(usable, key=lambda point: point.heavy)
            if await self._marked(best.heavy):
                return best
        if good and not same_seed:
            return Refusal("random numbers are drawn before its own seed is set", by_seed=True)
        told = reached[-1].told or {}
        return Refusal(str(told.get("reason", "what was printed before it could not be told apart")))

    async def _marked(self, heavy: int) -> bool:
        """Whether both streams have come to the mark; they may lag behind the events a little."""
        assert self._streams is not None
        for _ in range(100):
            if all(heavy in stream.at for stream in self._streams):
                return True
            if self._leader_over:
                break
            await asyncio.sleep(0.02)
        return all(heavy in stream.at for stream in self._streams)

    async def _go_on(self, part: _Part, point: _Point) -> RunResult | Refusal:
        spec, told = self._specs[part.index], point.told
        assert told is not None and self._streams is not None
        workspace, scratch = await self._local.new_scratch(spec)
        try:
            launch = self._local._prepare(spec, workspace, scratch)
            base = self._scratch / "snapshots" / str(point.heavy)
            await self._local._in_thread(_hand_over, base, scratch / "snapshot")
            launch["worker"]["restore"] = {
                "folder": str(scratch / "snapshot"),
                "at": part.program.place(point.heavy),
                "token": self._scratch.name,
                "own_token": scratch.name,
                "same_seed": spec.seed == self._specs[0].seed,
                "changed": sorted(part.changed),
            }
            launch["worker"]["not_inputs"].append(str(scratch))
            (scratch / "spec.json").write_text(json.dumps(launch), "utf-8")
            prefix = self._events[: told["events"]].replace(self._scratch.name.encode(), scratch.name.encode())
            (scratch / "events.jsonl").write_bytes(_without_ours(prefix))
            listener = self._listener(part.index)
            streams = tuple(stream.at[point.heavy].copy(listener) for stream in self._streams)
            if listener is not None:
                for name, stream in zip(("stdout", "stderr"), streams, strict=True):
                    if stream.kept.total:
                        listener(name, stream.kept.text())
            result = await self._local._launch(spec, scratch, launch, None, (streams[0], streams[1]))
            refused = _refused(scratch / "events.jsonl")
            if refused is not None:
                return Refusal(refused)
            return replace(result, rung=Rung.SNAPSHOT, shared_s=float(told["wall_s"]))
        finally:
            await undisturbed(self._local._in_thread(shadow.remove_tree, scratch))


def _hand_over(source: Path, target: Path) -> None:
    """The snapshot in the run's own folder: links where the disk has them. The files are only ever read."""
    for folder, _, files in os.walk(source):
        into = target / Path(folder).relative_to(source)
        into.mkdir(parents=True)
        for name in files:
            try:
                (into / name).hardlink_to(Path(folder) / name)
            except OSError:
                shutil.copy2(Path(folder) / name, into / name)


def _without_ours(events: bytes) -> bytes:
    """The leader's events without those that speak of its own process."""
    ours = (b'{"start"', b'{"snapshot"')
    return b"".join(line for line in events.splitlines(keepends=True) if not line.startswith(ours))


def _refused(path: Path) -> str | None:
    with contextlib.suppress(OSError, ValueError):
        for line in reversed(path.read_bytes().splitlines()[-5:]):
            if line.startswith(b'{"refused"'):
                return str(json.loads(line)["refused"])
    return None
