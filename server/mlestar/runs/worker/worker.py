"""Run the user's program as a real ``__main__`` in the user's interpreter, and say what came of it.

What it says goes through `wire.Channel`: values of the objective, files read, facts about ``fit`` calls, and how
the program ended. The user's stdout and stderr are left to the user.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import types
from typing import Any, Optional

from . import evaluation, fidelity, identity, inputs, noticing, reporting, seeding, wire


def _without_our_frames(trace: Optional[types.TracebackType]) -> Optional[types.TracebackType]:
    """The traceback as it would be without the tool: neither the start of the program nor what wraps a library."""
    here = os.path.dirname(os.path.abspath(__file__)) + os.sep
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(here):
        trace = trace.tb_next
    part = trace
    while part is not None:
        while part.tb_next is not None and part.tb_next.tb_frame.f_code.co_filename.startswith(here):
            part.tb_next = part.tb_next.tb_next
        part = part.tb_next
    return trace


def _failure(error: BaseException, script: str) -> dict[str, Any]:
    """The exception as data. ``line`` is the 0-based line of the innermost frame in the script."""
    trace = error.__traceback__
    line: Optional[int] = None
    part = trace
    while part is not None:
        if part.tb_frame.f_code.co_filename == script:
            line = part.tb_lineno - 1
        part = part.tb_next
    if isinstance(error, SyntaxError) and error.filename == script and error.lineno:
        line = error.lineno - 1
    try:
        message = str(error)
    except Exception:
        message = "(the exception's own message could not be made)"
    kind = type(error)
    name = (
        kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else kind.__module__ + "." + kind.__qualname__
    )
    try:
        import traceback  # most runs do without

        text = "".join(traceback.format_exception(kind, error, trace))
    except Exception:
        text = name
    names = [c.__name__ for c in kind.__mro__]
    chain: list[str] = []
    cause: Optional[BaseException] = error
    while cause is not None and len(chain) < 10:
        chain.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    path = getattr(error, "filename", None) if isinstance(error, OSError) else None
    return {
        "type": name,
        "message": message[:4000],
        "line": line,
        "text": text[-20000:],
        "mro": names,
        "chain": chain,
        "errno": error.errno if isinstance(error, OSError) else None,
        "path": os.fsdecode(path) if isinstance(path, (str, bytes)) else None,
        "whole": os.path.realpath(os.fsdecode(path)) if isinstance(path, (str, bytes)) else None,
    }


def _notebook_names(module: types.ModuleType) -> None:
    """What a notebook's cells may call without importing it."""

    def display(*values: Any, **_: Any) -> None:
        for value in values:
            print(value)

    module.__dict__.update({"display": display, "get_ipython": lambda: None})


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            continue  # closed or replaced by the script; nothing of ours is in it


def _show(error: BaseException) -> None:
    """Print the traceback as Python would have, through the user's own excepthook if one was set."""
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except BaseException:
        sys.__excepthook__(type(error), error, error.__traceback__)


def _run(spec: dict[str, Any], channel: wire.Channel, branch: Any = None) -> int:
    """The program's exit code; the end was sent. ``branch`` when it stands for several (see `branching`)."""
    script, own = spec["script"], os.getpid()

    def ended(error: Optional[BaseException] = None, **values: Any) -> None:
        # a forked child that falls through must not speak for the run
        if os.getpid() == own if branch is None else branch.ours():
            inputs.finish()
            reporting.finish(channel)
            if spec.get("memo"):
                from . import memo

                memo.close()
            channel.send(end=values if branch is None else branch.ending(values, error))

    try:
        with open(spec["program"], "rb") as file:
            text = file.read()
        code: Any = compile(text, script, "exec", dont_inherit=True) if branch is None else None
        identity.set_paths(spec, text)
        module = identity.main_module(spec, text)
        if spec.get("notebook"):
            _notebook_names(module)
        if branch is None:
            exec(code, module.__dict__)
        else:
            branch.execute(module)
    except SystemExit as stop:
        _flush()
        code_or_text = stop.code
        if code_or_text is None or isinstance(code_or_text, int):
            number = int(code_or_text or 0) & 0xFF
            ended(how="exit", code=number)
        else:
            number = 1
            print(code_or_text, file=sys.stderr)
            ended(how="exit", code=1, message=str(code_or_text)[:2000])
        return number
    except BaseException as error:
        error.__traceback__ = _without_our_frames(error.__traceback__)
        _flush()
        ended(error, how="exception", **_failure(error, script))
        (_show if branch is None else branch.show)(error)
        return 1
    _flush()
    ended(how="returned")
    return 0


def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    channel = wire.Channel(spec["events"])
    branch: Any = None
    if spec.get("family"):
        from . import branching

        branch = branching.Branching(spec, channel)
    if spec.get("snapshots") or spec.get("restore"):
        from . import snapshots

        branch = snapshots.install(spec, channel)
    channel.send(start={"python": list(sys.version_info[:3]), "pid": os.getpid()})
    os.environ["PYTHONUNBUFFERED"] = "1"  # for the processes it starts; here whole lines are enough and much faster
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    faulthandler.enable()
    if spec.get("redirect"):
        from . import redirect

        redirect.install(spec["redirect"])
    seeding.install(int(spec["seed"]))
    evaluation.install()
    reporting.install(channel, bool(spec.get("probes")))
    inputs.install(channel, spec)
    noticing.install(channel, spec.get("hidden") or [], bool(spec.get("closed")))
    if spec.get("memo"):
        from . import memo

        memo.install(spec, channel)
    fidelity.install(channel, spec)  # last, so that what is kept of library calls is whole
    sys.exit(_run(spec, channel, branch))
