"""From what launcher and worker said to one `RunResult`."""

from __future__ import annotations

import json
import math
import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from cst_tools.types import Aggregate, ColumnFact, Facts, FitFact
from mlestar.runs.arguments import usage_sentence
from mlestar.runs.refusals import ALLOW, disk_refused, hidden_refused, network_refused
from mlestar.runs.types import Failure, MemoUse, RunResult, RunSpec, RunStatus, Taken

_EVENT_BYTES = 64 * 1024**2
_MEMO = tuple(f.name for f in fields(MemoUse))


@dataclass
class Events:
    """What the worker sent, sorted."""

    values: list[float] = field(default_factory=list)
    bad: str = ""
    """Why the last report was no number; empty when it was one."""
    any_bad: str = ""
    end: dict[str, Any] | None = None
    fits: list[FitFact] = field(default_factory=list)
    inputs: list[tuple[str, int, int]] = field(default_factory=list)
    evaluated: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """By aggregate: rows and digest of the labels that the score may have been computed on."""
    started: bool = False
    memo: MemoUse | None = None
    hosts: list[str] = field(default_factory=list)
    """Other machines that it was seen asking for."""
    hidden: list[str] = field(default_factory=list)
    """Hidden places that it was seen looking into."""
    curve: list[float] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)


def read_events(path: Path) -> Events:
    """Whole lines only: the last one may have been cut by a kill."""
    events = Events()
    try:
        with path.open("rb") as file:
            lines = file.read(_EVENT_BYTES).split(b"\n")[:-1]
    except FileNotFoundError:
        return events
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if "value" in event:
            events.values.append(float(event["value"]))
            events.bad = ""
        elif "bad" in event:
            events.bad = events.any_bad = str(event["bad"])
        elif "end" in event:
            events.end = event["end"]
        elif "input" in event:
            events.inputs.append((event["input"], event["size"], event["mtime_ns"]))
        elif "fit" in event:
            fact = dict(event["fit"])
            fact["column_facts"] = tuple(ColumnFact(**column) for column in fact.get("column_facts", ()))
            fact["class_counts"] = tuple(fact.get("class_counts", ()))
            events.fits.append(FitFact(**fact))
        elif "evaluated" in event:
            events.evaluated = {
                how: [(int(rows), str(digest)) for rows, digest in seen] for how, seen in event["evaluated"].items()
            }
        elif "curve" in event:
            events.curve.append(float(event["curve"]))
        elif "fidelity" in event:
            events.taken += _taken(event["fidelity"])
        elif "start" in event:
            events.started = True
        elif "memo" in event:
            figures = event["memo"]
            events.memo = MemoUse(**{name: figures[name] for name in _MEMO if name in figures})
        elif "network" in event:
            events.hosts.append(str(event["network"]))
        elif "hidden" in event:
            events.hidden.append(str(event["hidden"]))
    return events


def _taken(said: dict[str, Any]) -> list[Taken]:
    return [
        Taken("rows" if kind == "table" else kind, str(name), int(before), int(after), str(how[0]) if how else "")
        for kind, (name, before, after, *how) in said.items()
    ]


def aggregate(values: Sequence[float], how: Aggregate) -> float:
    """One score of several reports; NaN or infinite when it cannot be one. ``values`` is not empty.

    A diverged epoch (NaN) does not spoil the best one, but it does spoil a mean.
    """
    if how is Aggregate.LAST:
        return values[-1]
    if how is Aggregate.MEAN:
        return math.fsum(values) / len(values) if all(map(math.isfinite, values)) else math.nan
    finite = [v for v in values if math.isfinite(v)]
    if not finite:
        return math.nan
    return max(finite) if how is Aggregate.MAX else min(finite)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


_SIGNAL_WORDS = {
    "SIGSEGV": "a crash inside a compiled library (segmentation fault)",
    "SIGABRT": "a compiled library gave up (abort)",
    "SIGBUS": "a crash inside a compiled library (bus error; a full disk or /dev/shm is a usual cause)",
    "SIGILL": "a compiled library uses instructions that this processor does not know",
    "SIGFPE": "an arithmetic error inside a compiled library",
}
_REFUSED = re.compile(r"Read-only file system|Permission denied|cannot be opened|Failed to open|unable to open", re.I)
_OURS = re.compile(r"/scratch/|/mlestar(-\d+)?/run-")
"""A run's own folders: what is refused there was not refused by us."""
_QUOTED = re.compile(r"""['"`]?(/[^'"`\n:]+)""")


def _write_refused(spec: RunSpec, end: dict[str, Any], protection: str) -> str | None:
    """The path that the run was not allowed to write, '' when it is not known, None when that was not the cause.

    Compiled writers (torch.save, to_parquet) say it in words only; then the path must lie outside the workspace.
    """
    message = end.get("message", "")
    path = end.get("path") or ""
    if not path and (found := _QUOTED.search(message)):
        path = found[1].strip()
    if end.get("errno") == 30 or "Read-only file system" in message:
        return str(path)
    outside = bool(path) and spec.workspace not in Path(path).parents and not _OURS.search(path)
    denied = end.get("errno") in (1, 13) and protection == "copy"
    in_words = end.get("type") in ("RuntimeError", "OSError", "sqlite3.OperationalError") and _REFUSED.search(message)
    return str(path) if outside and (denied or (in_words and not Path(path).is_file())) else None


def _size(number: float) -> str:
    return f"{number / 1024**3:.1f} GB" if number >= 1024**3 else f"{number / 1024**2:.0f} MB"


@dataclass(frozen=True)
class Ending:
    status: RunStatus
    reason: str
    failure: Failure | None = None


def _used_up(spec: RunSpec, what: str) -> Ending:
    limits = spec.limits
    if what == "cpu":
        return Ending(RunStatus.TIMEOUT, f"used more than the {limits.cpu_s:g} CPU seconds that one run is allowed")
    if what == "processes":
        return Ending(
            RunStatus.KILLED, f"had more than {limits.processes} processes and threads at a time, which one run may not"
        )
    return Ending(
        RunStatus.KILLED, f"wrote more than the {_size(limits.disk_bytes or 0)} that one run is allowed on disk"
    )


def ending_of(spec: RunSpec, launcher: dict[str, Any], events: Events, oom_kills: int, stderr: str = "") -> Ending:
    """How the run ended, before its score is looked at: ``OK`` means that the program came to its end."""
    how, end = launcher.get("ended"), events.end
    if how == "cancelled":
        return Ending(RunStatus.CANCELLED, "cancelled")
    if how == "timeout":
        return Ending(
            RunStatus.TIMEOUT,
            f"still running after {spec.limits.wall_s:g} s; set `timeout` higher or make the script smaller",
        )
    if how == "memory":
        limit = _size(spec.limits.memory_bytes or 0)
        return Ending(RunStatus.OUT_OF_MEMORY, f"used more than the {limit} that `memory` allows one run")
    if how in ("cpu", "processes", "disk"):
        return _used_up(spec, how)
    if how not in ("exit", "signal"):
        return Ending(RunStatus.NOT_STARTED, str(launcher.get("reason") or "the launcher ended without an answer"))
    if end is not None:
        return _ended_by_itself(spec, launcher, end, oom_kills, events, stderr)
    if how == "signal":
        return _killed(int(launcher["signal"]), oom_kills)
    code = int(launcher["code"])
    if not events.started:
        return Ending(
            RunStatus.NOT_STARTED,
            f"{spec.interpreter.executable} ended with code {code} before the script began; "
            "run it by hand, or set `interpreter` to a Python that works",
        )
    return Ending(RunStatus.EXITED, f"the script ended itself with code {code} (os._exit) before its end")


def _ended_by_itself(
    spec: RunSpec, launcher: dict[str, Any], end: dict[str, Any], oom_kills: int, events: Events, stderr: str
) -> Ending:
    if end["how"] == "returned":
        return Ending(RunStatus.OK, "")
    if end["how"] == "exit":
        if end["code"] == 0:
            return Ending(RunStatus.OK, "")
        words = f": {end['message']}" if end.get("message") else ""
        return Ending(RunStatus.EXITED, f"the script ended itself with code {end['code']}{words}")
    failure = Failure(end["type"], end["message"], end["line"], end["text"])
    where = "" if end["line"] is None else f" in line {end['line'] + 1}"
    first = end["message"].strip().splitlines()[0][:300] if end["message"].strip() else "no message"
    chain = {*end.get("chain", ()), *end.get("mro", ())}
    if "MemoryError" in chain or "OutOfMemoryError" in chain:
        return Ending(RunStatus.OUT_OF_MEMORY, f"the script ran out of memory{where}: {first}", failure)
    pools = {"TerminatedWorkerError", "BrokenProcessPool"}
    if oom_kills and chain & pools:
        return Ending(RunStatus.OUT_OF_MEMORY, f"the system killed a worker process for memory{where}", failure)
    hidden = hidden_refused(launcher, end, events.hidden)
    if hidden is not None:
        return Ending(
            RunStatus.CRASHED,
            f"{hidden} is hidden from runs, because it is another project or holds secrets{where}; "
            "add it to `readable` to let runs read it",
            failure,
        )
    wanted = network_refused(launcher, end, events.hosts, stderr)
    if wanted is not None:
        return Ending(RunStatus.CRASHED, f"the script {wanted}{where}, {ALLOW}", failure)
    if disk_refused(launcher, end):
        return Ending(RunStatus.KILLED, f"{_used_up(spec, 'disk').reason}{where}", failure)
    refused = _write_refused(spec, end, str(launcher.get("protection", "")))
    if refused is not None:
        what = f"writes to {refused}" if refused else "writes to a place"
        return Ending(
            RunStatus.CRASHED,
            f"the script {what}, outside its workspace {spec.workspace}{where}; "
            "set `workspace` to a folder that holds both, so that the write can be kept apart",
            failure,
        )
    return Ending(RunStatus.CRASHED, f"{end['type']}{where}: {first}", failure)


def _killed(number: int, oom_kills: int) -> Ending:
    name = _signal_name(number)
    if name == "SIGKILL":
        if oom_kills:
            return Ending(RunStatus.OUT_OF_MEMORY, "the system killed the run because memory ran out")
        return Ending(
            RunStatus.KILLED, "something outside killed the run (SIGKILL); too little memory is the usual cause"
        )
    words = _SIGNAL_WORDS.get(name, "nobody asked for it")
    return Ending(RunStatus.KILLED, f"the run was ended by {name}: {words}")


def _score(spec: RunSpec, events: Events, printed: Sequence[str] | None) -> tuple[RunStatus, float | None, str]:
    values, bad = events.values, events.bad
    if printed is not None:
        values, bad = [], ""
        for text in printed:
            try:
                values.append(float(text.replace(",", "")) if text.count(",") and "." in text else float(text))
                bad = ""
            except ValueError:
                bad = f"the printed objective {text[:80]!r} is not a number"
        events.values[:] = values
    elif spec.aggregate is Aggregate.MEAN:
        bad = events.any_bad
    if bad and (spec.aggregate in (Aggregate.LAST, Aggregate.MEAN) or not values):
        return RunStatus.BAD_SCORE, None, bad
    if not values:
        return RunStatus.NO_SCORE, None, "the script came to its end without reaching the objective"
    score = aggregate(values, spec.aggregate)
    if not math.isfinite(score):
        return RunStatus.BAD_SCORE, None, f"the objective was {score}"
    return RunStatus.OK, score, ""


def _notes(launcher: dict[str, Any], events: Events, status: RunStatus) -> tuple[str, ...]:
    """What was lacking of the containment, and what a script that ended well had wanted and not got."""
    notes = [text[:1].upper() + text[1:] + "." for text in launcher.get("lacking", {}).values()]
    if status is RunStatus.OK and events.hosts and "network" in launcher.get("closed", ()):
        notes.append(f"The script tried to reach {events.hosts[0]}, {ALLOW}.")
    if status is RunStatus.OK and events.hidden:
        notes.append(f"{events.hidden[0]} is hidden from runs; add it to `readable` if the script needs it.")
    return tuple(notes)


def result_of(
    spec: RunSpec,
    launcher: dict[str, Any],
    events: Events,
    *,
    printed: Sequence[str] | None,
    oom_kills: int,
    **output: Any,
) -> RunResult:
    """Everything of one run as a value. ``output`` holds the streams' text and sizes."""
    ending = ending_of(spec, launcher, events, oom_kills, str(output.get("stderr", "")))
    status, score, reason = ending.status, None, ending.reason
    if status is RunStatus.EXITED:
        printed_last = f"{output.get('stdout', '')[-4000:]}\n{output.get('stderr', '')[-8000:]}"
        reason = usage_sentence(spec.variant_text, launcher.get("code"), printed_last) or reason
    if status is RunStatus.OK:
        status, score, reason = _score(spec, events, printed)
    seen = events.evaluated.get(spec.aggregate.value, []) if score is not None else []
    facts = Facts(tuple(events.fits), dict(spec.interpreter.packages)) if spec.probes else None
    return RunResult(
        status=status,
        score=score,
        reason=reason,
        wall_s=float(launcher.get("wall_s", 0.0)),
        cpu_s=float(launcher.get("cpu_s", 0.0)),
        peak_memory_bytes=int(launcher.get("peak", 0)),
        exit_code=launcher.get("code"),
        signal=launcher.get("signal"),
        failure=ending.failure,
        facts=facts,
        reports=tuple(events.values),
        rows=seen[0][0] if seen else None,
        evaluation=tuple(digest for _, digest in seen),
        protection=str(launcher.get("protection", "none")),
        containment=tuple(launcher.get("containment", ())),
        notes=_notes(launcher, events, status),
        curve=tuple(events.curve),
        memo=events.memo,
        taken=tuple(events.taken),
        **output,
    )
