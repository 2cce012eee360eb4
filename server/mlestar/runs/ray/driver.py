"""Ray's driver, in a process of its own: ``python -m mlestar.runs.ray.driver HOME``, JSON lines on stdin and stdout.

In: ``{"join": {"address", "ship", "protection"}}``, ``{"run": id, "spec": {...}}``, ``{"cancel": id}``,
``{"room": id}``.
Out: ``{"joined": ""}`` (or the reason why not), ``{"id", "output": [[stream, text], ...]}``,
``{"id", "result": {...}}``, ``{"id", "room": {...}}``.

When stdin ends, because the server closed it or died, every run is cancelled and this process ends; should it be
killed instead, Ray ends its workers and the lifelines of the runs do the rest.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlestar.runs.local import not_started
from mlestar.runs.ray.cluster import Cluster, Lost
from mlestar.runs.ray.shipping import TooMuch, manifest_of
from mlestar.runs.types import RunResult, RunSpec
from mlestar.serialize import loads, to_data

TRIES = 3
"""How often a run is begun when the node that has it is lost."""
_LEAVE_S = 6.0


class Driver:
    """Runs and their answers; Ray itself is behind `Cluster`."""

    def __init__(self, home: Path, out: int) -> None:
        self._home, self._out = home, out
        self._cluster: Cluster | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._writing = threading.Lock()
        self._room = asyncio.Condition()
        self._under_way = 0
        self._beside: dict[Path, set[Path]] = {}

    def say(self, **message: Any) -> None:
        data = (json.dumps(message) + "\n").encode()
        with self._writing, contextlib.suppress(BrokenPipeError):
            while data:
                data = data[os.write(self._out, data) :]

    async def hear(self, message: dict[str, Any]) -> None:
        if "join" in message:
            self.say(joined=await asyncio.to_thread(self._join, message["join"]))
        elif "run" in message:
            number = int(message["run"])
            task = asyncio.ensure_future(self._answer(number, message["spec"]))
            self._tasks[number] = task
            task.add_done_callback(lambda _: self._tasks.pop(number, None))
        elif "cancel" in message:
            task_or_none = self._tasks.get(int(message["cancel"]))
            if task_or_none is not None:
                task_or_none.cancel()
        elif "room" in message and self._cluster is not None:
            self.say(id=message["room"], room=await asyncio.to_thread(self._cluster.room))

    def _join(self, how: dict[str, Any]) -> str:
        try:
            self._cluster = Cluster(how["address"], str(how["ship"]), how["protection"])
        except Exception as error:  # Ray raises many kinds; all mean that there is no cluster
            text = str(error).strip() or type(error).__name__
            where = f"at {how['address']} " if how["address"] else ""
            why = text.splitlines()[0][:300]
            return f"the Ray cluster {where}cannot be used ({why}); set `ray-address`, or `executor`"
        return ""

    async def _answer(self, number: int, data: Any) -> None:
        try:
            result = await self._run(number, loads(json.dumps(data), RunSpec))
        except asyncio.CancelledError:
            self.say(id=number, cancelled=True)
            return
        except (TooMuch, OSError) as error:
            result = not_started(str(error))
        except Exception as error:  # a defect, or an error of Ray's that is none of the known ones
            result = not_started(f"the run could not be sent to a node: {type(error).__name__}: {str(error)[:500]}")
        self.say(id=number, result=to_data(result))

    async def _run(self, number: int, spec: RunSpec) -> RunResult:
        cluster = self._cluster
        if cluster is None:
            return not_started("no Ray cluster was joined")
        beside = self._beside.setdefault(spec.workspace, set())
        manifest = await asyncio.to_thread(manifest_of, spec, self._home, beside)
        notes: list[str] = []

        def output(pieces: list[tuple[str, str]]) -> None:
            self.say(id=number, output=pieces)

        for _ in range(TRIES):
            problem = await asyncio.to_thread(cluster.impossible, spec.limits)
            if problem:
                return not_started(problem)
            await self._take(cluster)
            try:
                result = await cluster.carry_out(spec, manifest, output)
            except Lost as lost:
                notes.append(f"{lost.where} was lost ({lost.why}); the run began again elsewhere")
                continue
            finally:
                await self._give_back()
            return replace(result, notes=(*notes, *result.notes))
        return not_started(f"the nodes that had the run were lost {TRIES} times; the last: {notes[-1]}")

    async def _take(self, cluster: Cluster) -> None:
        """A place among those handed to Ray: little more than the cluster can carry out, however many wait here."""
        async with self._room:
            while self._under_way >= cluster.window():
                with contextlib.suppress(asyncio.TimeoutError):  # nodes may have joined meanwhile
                    await asyncio.wait_for(self._room.wait(), 5.0)
            self._under_way += 1

    async def _give_back(self) -> None:
        self._under_way -= 1
        async with self._room:
            self._room.notify_all()

    async def leave(self) -> None:
        """End every run, then Ray."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_LEAVE_S)
        if self._cluster is not None:
            await asyncio.to_thread(self._cluster.leave)


async def main() -> None:
    out = os.dup(1)
    os.dup2(2, 1)  # whatever Ray or a library prints must not stand between our lines
    home = Path(sys.argv[1])
    driver = Driver(home, out)
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes | None] = asyncio.Queue()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            for line in sys.stdin.buffer:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)
            time.sleep(_LEAVE_S + 4.0)
            os._exit(1)  # Ray hangs; its own watchers end what it left

    threading.Thread(target=read, daemon=True).start()
    while (line := await lines.get()) is not None:
        await driver.hear(json.loads(line))
    await driver.leave()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
