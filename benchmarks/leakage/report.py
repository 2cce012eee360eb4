"""Counts over a corpus, as a table for people and as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from benchmarks.leakage.detector import Judged
from benchmarks.leakage.scoring import Alarm, Counts, RuleCounts, file_pairs, share


def quantile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))] if ordered else 0.0


def percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def by_rule(judged: Sequence[Judged]) -> dict[str, RuleCounts]:
    rules: dict[str, RuleCounts] = defaultdict(RuleCounts)
    sound = [one for one in judged if not one.file.leaky]
    for one in judged:
        right, false, missed = file_pairs(one.file.labels, one.alarms, one.scored)
        for code in right:
            rules[code].files.right += 1
        for code in false:
            rules[code].files.false += 1
        for code in missed:
            rules[code].files.missed += 1
        for hit in one.scored.hits:
            rules[hit.alarm.code].lines.right += 1
            rules[hit.alarm.code].seen += 1
            rules[hit.alarm.code].named += 1
        for label in one.scored.missed:
            rules[label.codes[0]].lines.missed += 1
            rules[label.codes[0]].seen += label in one.scored.seen
        for alarm in one.scored.false:
            rules[alarm.code].lines.false += 1
        for code in right | missed:
            rules[code].leaky += 1
    for code, counts in rules.items():
        counts.clean = sum(all(alarm.code != code for alarm in one.alarms) for one in sound)
    return dict(sorted(rules.items()))


def totals(judged: Sequence[Judged], rules: dict[str, RuleCounts]) -> dict[str, Any]:
    leaky = [one for one in judged if one.file.leaky]
    sound = [one for one in judged if not one.file.leaky]
    any_alarm = Counts(
        right=sum(bool(one.alarms) for one in leaky),
        false=sum(bool(one.alarms) for one in sound),
        missed=sum(not one.alarms for one in leaky),
    )
    pairs, lines = Counts(), Counts()
    for counts in rules.values():
        pairs, lines = pairs.plus(counts.files), lines.plus(counts.lines)
    seen = [one for one in leaky if one.scored.seen]
    named = sum(bool(one.scored.hits) for one in seen)
    times = [one.seconds * 1000 for one in judged]
    return {
        "files": len(judged),
        "leaky": len(leaky),
        "clean": len(sound),
        "any_alarm": rates(any_alarm),
        "file_and_code": rates(pairs),
        "line_and_code": rates(lines),
        "duplicates": sum(len(one.scored.duplicates) for one in judged),
        "kind_accuracy": share(named, len(seen)),
        "cpu_ms": {"median": quantile(times, 0.5), "p95": quantile(times, 0.95), "worst": max(times, default=0.0)},
        "failures": [f"{one.file.path.name}: {error}" for one in judged for error in one.errors],
    }


def rates(counts: Counts) -> dict[str, Any]:
    return {
        "right": counts.right,
        "false": counts.false,
        "missed": counts.missed,
        "precision": counts.precision,
        "recall": counts.recall,
    }


def as_json(judged: Sequence[Judged]) -> dict[str, Any]:
    rules = by_rule(judged)
    return {
        "totals": totals(judged, rules),
        "rules": {
            code: {
                "leaky": c.leaky,
                "clean": c.clean,
                "file_and_code": rates(c.files),
                "line_and_code": rates(c.lines),
                "kind_accuracy": share(c.named, c.seen),
            }
            for code, c in rules.items()
        },
        "false": [_place(one, alarm) for one in judged for alarm in one.scored.false],
        "missed": [
            {"file": one.file.path.name, "line": label.line, "codes": list(label.codes)}
            for one in judged
            for label in one.scored.missed
        ],
    }


def _place(one: Judged, alarm: Alarm) -> dict[str, Any]:
    return {"file": one.file.path.name, "line": alarm.lines[0], "code": alarm.code, "message": alarm.message}


def table(name: str, judged: Sequence[Judged]) -> str:
    rules = by_rule(judged)
    whole = totals(judged, rules)
    head = f"{'':6} {'files':>11} {'per file and code':^26} {'per line and code':^26} {'kind':>5}"
    columns = f"{'right':>6}{'false':>6}{'miss':>5}{'prec':>5}{'rec':>5}"[1:]
    lines = [
        f"{name}: {whole['files']} files, {whole['leaky']} leaky, {whole['clean']} clean",
        "",
        head,
        f"{'rule':6} {'leaky':>5} {'clean':>5} {columns} {columns} {'acc':>5}",
    ]
    for code, counts in rules.items():
        kind = percent(share(counts.named, counts.seen))
        lines.append(f"{code:6} {counts.leaky:5} {counts.clean:5} {_row(counts.files)} {_row(counts.lines)} {kind:>5}")
    pairs, places = (
        Counts(*(whole[k][n] for n in ("right", "false", "missed"))) for k in ("file_and_code", "line_and_code")
    )
    kind = percent(whole["kind_accuracy"])
    lines.append(f"{'all':6} {whole['leaky']:5} {whole['clean']:5} {_row(pairs)} {_row(places)} {kind:>5}")
    alarm, times = whole["any_alarm"], whole["cpu_ms"]
    lines += [
        "",
        f"any alarm in a file: precision {percent(alarm['precision'])}, recall {percent(alarm['recall'])}",
        f"    {alarm['right']} of {whole['leaky']} leaky and {alarm['false']} of {whole['clean']} clean files flagged",
        f"second views of a labelled defect, counted neither way: {whole['duplicates']}",
        f"CPU a file: median {times['median']:.1f} ms, p95 {times['p95']:.1f} ms, worst {times['worst']:.1f} ms",
        *(f"failure: {failure}" for failure in whole["failures"]),
    ]
    return "\n".join(lines)


def _row(counts: Counts) -> str:
    numbers = f"{counts.right:5}{counts.false:6}{counts.missed:5}"
    return f"{numbers} {percent(counts.precision):>4} {percent(counts.recall):>4}"


def details(judged: Sequence[Judged]) -> str:
    """Misses and false alarms, file by file."""
    lines: list[str] = []
    for one in judged:
        for label in one.scored.missed:
            others = sorted({a.code for a in one.alarms}) or ["nothing"]
            lines.append(f"missed {'|'.join(label.codes)} {_where(one, label.line)}  (found: {', '.join(others)})")
            lines.append(f"    {one.script.index.line_text(label.line - 1).strip()}")
        for alarm in one.scored.false:
            state = "leaky file" if one.file.leaky else "clean file"
            lines.append(f"false {alarm.code} {_where(one, alarm.lines[0])}  ({state}) {alarm.message}")
            lines.append(f"    {one.script.index.line_text(alarm.lines[0] - 1).strip()}")
    return "\n".join(lines)


def _where(one: Judged, line: int) -> str:
    cell = f" ({one.script.line_name(line - 1)})" if one.script.cells else ""
    return f"{one.file.path.parent.name}/{one.file.path.name}:{line}{cell}"
