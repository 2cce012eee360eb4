"""Line numbers as the user knows them: a merged program has its own, and each run's text another.

The line cache holds the merged numbering (so that `inspect` finds the source of every function); what people read,
tracebacks, warnings and log records, is put into the numbering of the run's own text.
"""

from __future__ import annotations

import functools
import linecache
import sys
import traceback
import types
import warnings
from typing import Any, Callable, Optional, Sequence

from . import hooks

Number = Callable[[int], int]


def show_merged(script: str, texts: Sequence[str], starts: Sequence[int]) -> None:
    """Put every program's text where the merged code has its lines."""
    lines: list[str] = []
    for text, start in zip(texts, starts):
        lines += ["\n"] * (start - len(lines))
        lines += text.splitlines(True)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
    linecache.cache[script] = (sum(map(len, lines)), None, lines, script)


def install(script: str, number: Number) -> None:
    """Warnings and log records name the lines that ``number`` gives."""
    original = getattr(warnings, "_showwarnmsg", None)
    if original is not None:

        def shown(message: Any) -> None:
            if message.filename == script:
                if message.line is None:
                    message.line = linecache.getline(script, message.lineno)
                message.lineno = number(message.lineno)
            original(message)

        warnings._showwarnmsg = shown  # type: ignore[attr-defined]

    def log_records(module: types.ModuleType) -> None:
        kind: Any = module.Logger  # type: ignore[attr-defined,unused-ignore]
        made = kind.makeRecord

        @functools.wraps(made)
        def record(self: Any, name: Any, level: Any, path: Any, line: Any, *args: Any, **kwargs: Any) -> Any:
            return made(self, name, level, path, number(line) if path == script else line, *args, **kwargs)

        kind.makeRecord = record

    hooks.after_import("logging", log_records)


def _each(shown: traceback.TracebackException) -> "list[traceback.TracebackException]":
    found, waiting = [], [shown]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += [part for part in (one.__cause__, one.__context__) if part is not None]
        waiting += getattr(one, "exceptions", None) or []
    return found


def text_of(error: BaseException, script: str, number: Number) -> str:
    """The traceback as Python prints it, with the numbers of the run's own text."""
    shown = traceback.TracebackException(type(error), error, error.__traceback__)
    for part in _each(shown):
        for frame in part.stack:
            if frame.filename == script and frame.lineno is not None:
                frame.line  # noqa: B018 - read now, by the number that the line cache knows
                own = number(frame.lineno)
                end = getattr(frame, "end_lineno", None)
                if end is not None:
                    frame.end_lineno = end + own - frame.lineno  # type: ignore[attr-defined,unused-ignore]
                frame.lineno = own
    return "".join(shown.format())


def show(error: BaseException, script: str, number: Number) -> None:
    """Print the traceback as Python would have; through the user's own hook if there is one."""
    if sys.excepthook is not sys.__excepthook__:
        try:
            sys.excepthook(type(error), error, error.__traceback__)
            return
        except BaseException as second:
            error = second
    try:
        text: Optional[str] = text_of(error, script, number)
    except Exception:
        text = None  # an exception whose own methods fail
    if text is None or sys.stderr is None:
        sys.__excepthook__(type(error), error, error.__traceback__)
    else:
        sys.stderr.write(text)
