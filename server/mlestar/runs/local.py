"""Run one variant on this machine: a launcher, its process tree, and the outcome once the tree is dead."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from mlestar.runs import shadow
from mlestar.runs.collect import collect_inputs
from mlestar.runs.compiled import compiled_for
from mlestar.runs.environment import run_environment
from mlestar.runs.following import follow
from mlestar.runs.hidden import hidden_places, other_projects
from mlestar.runs.layout import as_utf8, place_of, working_folder, workspace_for
from mlestar.runs.memory import oom_kills
from mlestar.runs.outcome import read_events, result_of
from mlestar.runs.output import LineMatcher, Stream
from mlestar.runs.store import MOST_BYTES, Store, usable
from mlestar.runs.sweep import sweep
from mlestar.runs.types import FINAL, RunResult, RunSpec, RunStatus, Sandbox

_BOOT = Path(__file__).parent / "worker" / "boot.py"
_CHUNK = 1 << 18
_PATIENCE_S = 4.0
"""How long a cancelled launcher may take (it ends the tree within 2 s) before it is killed itself."""
PROTECTIONS = {"auto": ("overlay", "copy"), "overlay": ("overlay",), "copy": ("copy",)}

_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/run")
"""Folders whose files are no inputs of a script."""

OnOutput = Callable[[str, str], None]
OnCurve = Callable[[float], None]


class LocalExecutor:
    """Runs variants in child processes of this machine; how many at a time is its caller's business.

    ``home`` holds scratch folders (removed after each run) and stored results of library calls, at most
    ``store_bytes`` for each workspace; ``protection`` is ``auto``, ``overlay`` or ``copy``.
    """

    def __init__(self, *, home: Path, protection: str | None = None, store_bytes: int = MOST_BYTES) -> None:
        self.home = home.expanduser().resolve()
        self._store_bytes = store_bytes
        self._protections = PROTECTIONS[protection or os.environ.get("MLESTAR_PROTECTION") or "auto"]
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="mlestar-runs")
        self._swept: dict[Path, Future[None]] = {}
        """Folders for scratch, each with the work of removing what killed servers left there."""
        self._sweep(self.home / "scratch")  # at once: a study of which every run is known starts none

    async def run(self, spec: RunSpec, on_output: OnOutput | None = None, on_curve: OnCurve | None = None) -> RunResult:
        """One run to its end; never raises for what the script does. Cancelling the task ends the tree first.

        ``on_curve`` gets intermediate scores as they come, when ``spec.fidelity.curve`` asks for them.
        """
        return await self._run(spec, on_output, on_curve)

    async def close(self) -> None:
        """Give back what is kept; every run must have ended."""
        self._threads.shutdown(wait=False)
        for folder in self._swept:
            shadow.remove_empty(folder)

    def _sweep(self, base: Path) -> Future[None]:
        if base not in self._swept:
            self._swept[base] = self._threads.submit(shadow.remove_stale, base)
        return self._swept[base]

    async def _in_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)

    async def new_scratch(self, spec: RunSpec) -> tuple[Path, Path]:
        """The workspace of ``spec``, and a fresh folder for its files. Raises OSError."""
        workspace = workspace_for(spec.workspace, spec.script)
        base = shadow.scratch_base(self.home, workspace)
        await asyncio.shield(asyncio.wrap_future(self._sweep(base)))
        return workspace, shadow.new_scratch(base)

    async def _run(self, spec: RunSpec, on_output: OnOutput | None, on_curve: OnCurve | None = None) -> RunResult:
        try:
            workspace, scratch = await self.new_scratch(spec)
        except OSError as error:
            return not_started(f"no folder for the run's files: {error}")
        try:
            if spec.sandbox is not Sandbox.OFF:
                await self._in_thread(other_projects, workspace, Path.home().resolve())  # known when it is needed
            launch = self._prepare(spec, workspace, scratch)
            if on_curve is None:
                return await self._launch(spec, scratch, launch, on_output)
            following = asyncio.ensure_future(follow(scratch / "events.jsonl", on_curve))
            try:
                return await self._launch(spec, scratch, launch, on_output)
            finally:
                following.cancel()
        except OSError as error:
            return not_started(f"the run could not be started: {error}")
        finally:
            await undisturbed(self._in_thread(shadow.remove_tree, scratch))

    def _prepare(self, spec: RunSpec, workspace: Path, scratch: Path) -> dict[str, Any]:
        """Write the program and the launcher's order; small files only."""
        script = place_of(spec.script)
        folder = spec.working_folder or working_folder(spec.variant_text, script, workspace, spec.module)
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder} is no folder; set `working-folder` to one that is there")
        program = scratch / "program.py"
        program.write_bytes(as_utf8(spec.program_text))
        found = shadow.places(scratch, workspace)
        temporary = str(shadow.make_temporary(scratch, found.roots[0]))
        launch: dict[str, Any] = {
            "scratch": str(scratch),
            "home": str(self.home),
            "workspace": str(workspace),
            "roots": [str(root) for root in found.roots],
            "guarded": [str(workspace)],
            "writable": [str(folder) for folder in found.writable],
            "protections": list(self._protections),
            "program": str(program),
            "script": str(script),
            "cwd": str(folder),
            "argv": [
                str(spec.interpreter.executable), str(_BOOT), "worker", str(scratch / "worker.json"),
                *filter(None, [compiled_for(spec.interpreter, self.home)]),
            ],
            "env": run_environment(spec, scratch, temporary),
            "wall_s": spec.limits.wall_s,
            "memory_bytes": spec.limits.memory_bytes,
            "cpu_s": spec.limits.cpu_s,
            "processes": spec.limits.processes,
            "disk_bytes": spec.limits.disk_bytes,
            "sandbox": spec.sandbox.value,
            "network": spec.network,
            "server_pid": os.getpid(),
            "worker": {
                "script": str(script),
                "program": str(program),
                "arguments": list(spec.arguments),
                "module": spec.module,
                "cwd": str(folder),
                "workspace": str(workspace),
                "events": str(scratch / "events.jsonl"),
                "seed": spec.seed,
                "fidelity": None if spec.fidelity.full and not spec.fidelity.curve else asdict(spec.fidelity),
                "probes": spec.probes,
                "notebook": spec.script.suffix.lower() == ".ipynb",
                "temporary": temporary,
                "not_inputs": [*_SYSTEM, str(scratch / "tmp"), temporary, *map(str, found.writable)],
            },
        }  # fmt: skip
        strict = spec.sandbox is not Sandbox.OFF
        hidden = hidden_places(spec, workspace, self.home, _BOOT, launch["env"].values()) if strict else []
        launch["hidden"] = launch["worker"]["hidden"] = hidden
        launch["worker"]["closed"] = strict and not spec.network
        store = Store(self.home, workspace, self._store_bytes)
        if usable(spec, store, found.roots):
            launch["writable"].append(str(store.folder))
            launch["worker"]["not_inputs"].append(str(store.folder))
            launch["worker"]["memo"] = store.order(spec)
        (scratch / "spec.json").write_text(json.dumps(launch), "utf-8")
        return launch

    async def _launch(
        self,
        spec: RunSpec,
        scratch: Path,
        launch: dict[str, Any],
        on_output: OnOutput | None,
        streams: tuple[Stream, Stream] | None = None,
    ) -> RunResult:
        """``streams``: where stdout and stderr go, when they are not the run's from the beginning."""
        kills_before = oom_kills()
        process = await start_launcher(scratch)
        out, err = streams or streams_of(spec, on_output)
        assert process.stdout is not None and process.stderr is not None
        readers = asyncio.gather(drain(process.stdout, out.add), drain(process.stderr, err.add))
        try:
            await process.wait()
            await self._in_thread(sweep, scratch.name)
            # Everything that could hold the pipes is dead: what is left in them is read, then they end.
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(readers, 5.0)
        except BaseException:
            await to_its_end(self._end(process, scratch.name))
            readers.cancel()
            await to_its_end(asyncio.gather(readers, return_exceptions=True))  # else asyncio complains to the user
            raise
        answer = read_answer(scratch / "launcher.json", process.returncode)
        events = await self._in_thread(read_events, scratch / "events.jsonl")
        printed: list[str] | None = None
        if spec.printed_pattern:
            printed = [*out.matched, *err.matched]
        if events.memo is not None and events.memo.stored:
            await self._in_thread(Store(self.home, Path(launch["workspace"]), self._store_bytes).prune)
        result = result_of(
            spec,
            answer,
            events,
            printed=printed,
            oom_kills=oom_kills() - kills_before,
            stdout=out.kept.text(),
            stderr=err.kept.text(),
            stdout_bytes=out.kept.total,
            stderr_bytes=err.kept.total,
        )
        if result.status not in FINAL:
            return result
        inputs = await self._in_thread(collect_inputs, spec, launch, events, result.protection)
        return replace(result, inputs=inputs)

    async def _end(self, process: asyncio.subprocess.Process, name: str) -> None:
        """Let the launcher end its tree; end the launcher, and what it may have left, if it does not."""
        if process.returncode is None:
            assert process.stdin is not None
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), _PATIENCE_S)
            except asyncio.TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        await self._in_thread(sweep, name)


def streams_of(spec: RunSpec, on_output: OnOutput | None) -> tuple[Stream, Stream]:
    """stdout and stderr of a run from its beginning."""
    out, err = (LineMatcher(spec.printed_pattern) if spec.printed_pattern else None for _ in range(2))
    limit = spec.limits.output_bytes
    return Stream("stdout", limit, out, on_output), Stream("stderr", limit, err, on_output)


async def start_launcher(scratch: Path) -> asyncio.subprocess.Process:
    """Carry out ``scratch/spec.json``; the process's stdin is the lifeline of all that it starts."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", str(_BOOT), "launcher", str(scratch / "spec.json"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_CHUNK * 4,
        start_new_session=True,
    )  # fmt: skip


async def to_its_end(work: Awaitable[Any]) -> None:
    """Await ``work`` though the caller is cancelled again meanwhile, as several who give up one study do."""
    task = asyncio.ensure_future(work)
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(task)


async def undisturbed(work: Awaitable[Any]) -> None:
    """Await ``work`` to its end; whoever is cancelled meanwhile is cancelled then."""
    task = asyncio.ensure_future(work)
    disturbed = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            disturbed = True
    task.result()
    if disturbed:
        raise asyncio.CancelledError


async def drain(reader: asyncio.StreamReader, take: Callable[[bytes], None]) -> None:
    """Hand on what comes until the other end is closed."""
    while data := await reader.read(_CHUNK):
        take(data)


def not_started(reason: str) -> RunResult:
    return RunResult(RunStatus.NOT_STARTED, None, reason)


def read_answer(path: Path, code: int | None) -> dict[str, Any]:
    """What the launcher left; ``code`` is how it ended, for when it left nothing."""
    try:
        answer = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {"ended": "error", "reason": f"the launcher ended with code {code} and left no answer"}
    return answer if isinstance(answer, dict) else {"ended": "error", "reason": "the launcher's answer is no object"}
