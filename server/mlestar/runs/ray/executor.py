"""Runs on a Ray cluster, as the server sees it: a driver process that answers, and is replaced when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mlestar.runs.executors import OnOutput, Room
from mlestar.runs.local import not_started, to_its_end
from mlestar.runs.ray import missing
from mlestar.runs.types import RunResult, RunSpec, RunStatus
from mlestar.serialize import loads, to_data

_LINE = 256 * 1024**2
_JOIN_S = 90.0
_CANCEL_S = 20.0
"""The driver ends a cancelled run within 15 s even when its Ray worker hangs."""
_LEAVE_S = 12.0
_DRIVERS = 3
"""How many drivers may die under one run before it is given up."""


class _DriverGone(Exception):
    pass


@dataclass
class _Asked:
    answer: asyncio.Future[dict[str, Any]]
    on_output: OnOutput | None = None


@dataclass
class _Driver:
    process: asyncio.subprocess.Process
    asked: dict[int, _Asked] = field(default_factory=dict)
    joined: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    reader: asyncio.Task[None] | None = None
    silent: bool = False
    """Its answers have ended: it is dead or about to be."""

    @property
    def alive(self) -> bool:
        return self.process.returncode is None and not self.silent

    def say(self, **message: Any) -> None:
        assert self.process.stdin is not None
        if not self.alive or self.process.stdin.is_closing():
            raise _DriverGone
        self.process.stdin.write((json.dumps(message) + "\n").encode())


class RayExecutor:
    """Carries out runs on the nodes of a Ray cluster; nothing is started before the first run.

    ``address`` None: the cluster that runs here, else one that is started on this machine. ``ship`` is ``auto`` (files
    are sent to nodes that do not see them) or ``always``; ``protection`` as for `LocalExecutor`.
    """

    def __init__(
        self, *, home: Path, address: str | None = None, ship: str = "auto", protection: str | None = None
    ) -> None:
        self._home = home.expanduser().resolve()
        self._how = {"address": address, "ship": ship, "protection": protection or os.environ.get("MLESTAR_PROTECTION")}
        self._driver: _Driver | None = None
        self._starting = asyncio.Lock()
        self._numbers = itertools.count(1)
        self._closed = False

    async def run(self, spec: RunSpec, on_output: OnOutput | None = None) -> RunResult:
        """One run to its end; never raises for what the script does. Cancelling the task ends the tree first."""
        problem = missing()
        if problem:
            return not_started(problem)
        for attempt in range(1, _DRIVERS + 1):
            driver = await self._joined()
            if isinstance(driver, str):
                return not_started(driver)
            try:
                result = await self._asked(driver, on_output, spec)
            except _DriverGone:
                continue
            if attempt > 1:
                result = replace(result, notes=("the driver of Ray was lost; the run began again", *result.notes))
            return result
        return not_started(f"the driver of Ray ended {_DRIVERS} times; its last words are in {self._log}")

    async def room(self) -> Room | str:
        """What the cluster has now, or why there is none."""
        problem = missing()
        if problem:
            return problem
        driver = await self._joined()
        if isinstance(driver, str):
            return driver
        number = next(self._numbers)
        asked = driver.asked[number] = _Asked(asyncio.get_running_loop().create_future())
        try:
            driver.say(room=number)
            found = (await asked.answer)["room"]
        except _DriverGone:
            return f"the driver of Ray ended; its last words are in {self._log}"
        finally:
            driver.asked.pop(number, None)
        return Room(**found)

    async def close(self) -> None:
        """End every run and leave the cluster; one that was started here ends with it."""
        self._closed = True
        driver, self._driver = self._driver, None
        if driver is not None:
            await to_its_end(self._leave(driver))

    # ------------------------------------------------------------------------------------------- one run

    async def _asked(self, driver: _Driver, on_output: OnOutput | None, spec: RunSpec) -> RunResult:
        number = next(self._numbers)
        asked = driver.asked[number] = _Asked(asyncio.get_running_loop().create_future(), on_output)
        try:
            driver.say(run=number, spec=to_data(spec))
            answer = await asyncio.shield(asked.answer)
        except asyncio.CancelledError:
            await to_its_end(self._cancel(driver, number, asked))
            raise
        finally:
            driver.asked.pop(number, None)
        if "result" not in answer:
            return RunResult(RunStatus.CANCELLED, None, "cancelled")
        return loads(json.dumps(answer["result"]), RunResult)

    async def _cancel(self, driver: _Driver, number: int, asked: _Asked) -> None:
        """Until the driver says that the tree is dead, or is dead itself."""
        asked.on_output = None
        with contextlib.suppress(_DriverGone):
            driver.say(cancel=number)
            await asyncio.wait([asked.answer], timeout=_CANCEL_S)
        if asked.answer.done() and not asked.answer.cancelled():
            asked.answer.exception()

    # ---------------------------------------------------------------------------------------- the driver

    @property
    def _log(self) -> Path:
        return self._home / "ray-driver.log"

    async def _joined(self) -> _Driver | str:
        async with self._starting:
            if self._closed:
                return "the executor is closed"
            if self._driver is None or not self._driver.alive:
                try:
                    self._driver = await self._start()
                except OSError as error:
                    return f"the driver of Ray could not be started: {error}"
            driver = self._driver
            try:
                problem = await asyncio.wait_for(asyncio.shield(driver.joined), _JOIN_S)
            except asyncio.TimeoutError:
                problem = f"the Ray cluster did not answer within {_JOIN_S:g} s; see {self._log}"
            except _DriverGone:
                problem = f"the driver of Ray ended while it joined the cluster; its last words are in {self._log}"
            if problem:
                self._driver = None
                await to_its_end(self._leave(driver))
                return problem
            return driver

    async def _start(self) -> _Driver:
        self._home.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0", "PYTHONUNBUFFERED": "1"}
        with self._log.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "mlestar.runs.ray.driver", str(self._home),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=environment,
                limit=_LINE,
                start_new_session=True,
            )  # fmt: skip
        driver = _Driver(process)
        driver.reader = asyncio.ensure_future(self._listen(driver))
        driver.say(join=self._how)
        return driver

    async def _listen(self, driver: _Driver) -> None:
        assert driver.process.stdout is not None
        with contextlib.suppress(ValueError, OSError):
            while line := await driver.process.stdout.readline():
                self._heard(driver, json.loads(line))
        driver.silent = True
        for asked in list(driver.asked.values()):
            if not asked.answer.done():
                asked.answer.set_exception(_DriverGone())
                asked.answer.exception()
        if not driver.joined.done():
            driver.joined.set_exception(_DriverGone())
            driver.joined.exception()
        await driver.process.wait()

    def _heard(self, driver: _Driver, message: dict[str, Any]) -> None:
        if "joined" in message:
            if not driver.joined.done():
                driver.joined.set_result(message["joined"])
            return
        asked = driver.asked.get(message["id"])
        if asked is None:
            return
        if "output" in message:
            for stream, text in message["output"]:
                _tell(asked.on_output, stream, text)
        elif not asked.answer.done():
            asked.answer.set_result(message)

    async def _leave(self, driver: _Driver) -> None:
        assert driver.process.stdin is not None
        driver.process.stdin.close()
        try:
            await asyncio.wait_for(driver.process.wait(), _LEAVE_S)
        except asyncio.TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                driver.process.kill()
            await driver.process.wait()
        if driver.reader is not None:
            await asyncio.wait([driver.reader], timeout=2.0)


def _tell(on_output: Callable[[str, str], None] | None, stream: str, text: str) -> None:
    if on_output is not None:
        on_output(stream, text)
