"""`mlestar ablate` and `mlestar optimise`: a study from the command line, with progress, Ctrl-C and exit codes."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from cst_tools.rules import check
from cst_tools.script import Script
from mlestar.cli import exits, show
from mlestar.cli.files import ScriptFile, UnreadableFile, read_script, write_candidate
from mlestar.cli.progress import watching
from mlestar.config import Settings, workspace_of
from mlestar.engine.api import Engine
from mlestar.engine.study import OnEvent
from mlestar.engine.types import AblationReport, RefinementReport
from mlestar.serialize import dumps_strict

T = TypeVar("T")


def run_ablate(path: Path, settings: Settings, *, as_json: bool, out: Console, err: Console) -> int:
    file = _read(path, settings, err)
    if file is None:
        return exits.USAGE

    async def work(engine: Engine, on_event: OnEvent | None) -> AblationReport:
        return await engine.ablate(file.snapshot, on_event=on_event)

    report = _study(settings, work, err, quiet=as_json)
    if report is None:
        return exits.INTERRUPTED
    if as_json:
        out.print(dumps_strict(report), markup=False, highlight=False, soft_wrap=True)
    else:
        show.ablation(out, report, path.name)
        if report.baseline is not None and report.complete:
            err.print(f"Next, better code for what matters: {_command('optimise')}", markup=False, highlight=False)
    return _exit_code(report, err, shown=not as_json)


def run_optimise(
    path: Path,
    settings: Settings,
    *,
    block: str | None,
    plan: str | None,
    apply: bool,
    as_json: bool,
    out: Console,
    err: Console,
) -> int:
    file = _read(path, settings, err)
    if file is None:
        return exits.USAGE

    async def work(engine: Engine, on_event: OnEvent | None) -> RefinementReport:
        return await engine.optimise(file.snapshot, block, plan_id=plan, on_event=on_event)

    report = _study(settings, work, err, quiet=as_json)
    if report is None:
        return exits.INTERRUPTED
    if as_json:
        out.print(dumps_strict(report), markup=False, highlight=False, soft_wrap=True)
    else:
        script = Script.parse(file.text, str(path))
        show.refinement(out, report, path.name, show.findings_note(check(script, settings.ignore), script, path))
    code = _exit_code(report, err, shown=not as_json)
    if plan is not None and report.problem is not None and report.baseline is not None and not report.candidates:
        return exits.USAGE  # there is no such plan
    if report.best is not None and apply:
        refused = write_candidate(file, report.best)
        err.print(refused or f"applied to {path}", markup=False, highlight=False)
        return exits.USAGE if refused else code
    if report.best is not None and not as_json:
        err.print(f"Nothing was changed. To apply it: {_command('optimise', '--apply')}", markup=False, highlight=False)
    return code


def _read(path: Path, settings: Settings, err: Console) -> ScriptFile | None:
    """The script, or None after saying why it cannot be studied."""
    try:
        file = read_script(path)
        if problem := _outside(settings, path):
            raise UnreadableFile(problem)
    except UnreadableFile as error:
        err.print(str(error), markup=False, highlight=False)
        return None
    return file


def _command(name: str, *options: str) -> str:
    """The command that was given, as ``name`` with ``options`` added: ready to be pasted, and it reuses every run."""
    words = [name, *sys.argv[2:]]
    end = words.index("--") if "--" in words else len(words)
    return shlex.join(["mlestar", *words[:end], *options, *words[end:]])


def _outside(settings: Settings, path: Path) -> str | None:
    """Why the workspace that was set cannot be used; None when it can."""
    workspace = workspace_of(path.resolve(), settings)
    if settings.workspace and not path.resolve().is_relative_to(workspace):
        return f"the workspace {workspace} does not hold {path.name}; name a folder above the script with --workspace"
    return None


def _exit_code(report: AblationReport | RefinementReport, err: Console, *, shown: bool) -> int:
    """The exit code, and the sentence that goes with it; ``shown``: what has a baseline was drawn with its problem."""
    if report.problem is None:
        if not report.complete and isinstance(report, RefinementReport):
            err.print("The budget ended before the answer: run again to go on from here, or give more with --budget.")
        return exits.OK if report.complete else exits.INCOMPLETE
    if report.baseline is None or not shown:
        err.print(report.problem, markup=False, highlight=False)
    if report.out_of_budget:
        return exits.INCOMPLETE
    if report.baseline is not None:
        return exits.OK
    return exits.SCRIPT_FAILED if report.study_id else exits.USAGE


def _study(
    settings: Settings, work: Callable[[Engine, OnEvent | None], Awaitable[T]], err: Console, *, quiet: bool
) -> T | None:
    """Carry a study out; None when the user interrupted it."""
    for warning in settings.warnings:
        err.print(f"setting: {warning}", markup=False, highlight=False)

    async def go() -> T | None:
        engine = Engine(settings)
        with watching(err, quiet=quiet) as on_event:
            task = asyncio.ensure_future(work(engine, on_event))
            loop = asyncio.get_running_loop()
            for name in ("SIGINT", "SIGTERM"):
                # Windows has no such handlers: there KeyboardInterrupt cancels the task
                with contextlib.suppress(NotImplementedError, AttributeError):
                    loop.add_signal_handler(getattr(signal, name), task.cancel)
            try:
                return await task
            except asyncio.CancelledError:
                return None
            finally:
                await engine.close()

    result = asyncio.run(go())
    if result is None:
        err.print("Stopped. Finished runs are kept: the same command goes on from here.")
    return result
