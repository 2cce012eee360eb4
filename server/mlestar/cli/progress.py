"""Live progress of a study on standard error: what runs, how far, time left. Standard output stays for results."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from mlestar.engine.study import OnEvent
from mlestar.engine.types import Event, EventKind


@contextmanager
def watching(console: Console, *, quiet: bool) -> Iterator[OnEvent | None]:
    """An event listener that draws; plain lines when the console is no terminal, nothing when ``quiet``."""
    if quiet:
        yield None
        return
    if not console.is_terminal:
        yield lambda event: _plain(console, event)
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", table_column=None, markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        console=console,
        transient=True,
    ) as progress:
        task = progress.add_task("starting", total=None, left="")

        def on_event(event: Event) -> None:
            left = f"{event.left} left" if event.left else ""
            progress.update(
                task, description=event.message[:72], completed=event.done, total=event.total or None, left=left
            )
            if event.kind is EventKind.BASELINE:
                progress.console.print(f"  {event.message}", markup=False, highlight=False)

        yield on_event


def _plain(console: Console, event: Event) -> None:
    if event.kind in (EventKind.STARTED, EventKind.RUN_FINISHED, EventKind.BASELINE):
        left = f", {event.left} left" if event.left else ""
        words = " ".join(event.message.split())
        words = words if len(words) <= 100 else words[:99] + "…"
        console.print(f"[{event.done}/{event.total}{left}] {words}", markup=False, highlight=False, soft_wrap=True)


def duration(seconds: float) -> str:
    """``45 s``, ``3 min 20 s``, ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
