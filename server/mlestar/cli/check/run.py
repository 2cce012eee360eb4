"""The whole of a check: files, results, what is new, a report, an exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from cst_tools.types import Severity
from mlestar.cli import exits
from mlestar.cli.check import baseline, github, records, statistics, text
from mlestar.cli.check.collect import Projects, tasks
from mlestar.cli.check.options import STDIN, Format, Mend, Options, WrongUse
from mlestar.cli.check.output import emit, emit_json
from mlestar.cli.check.pool import check_all
from mlestar.cli.check.results import FileResult


def run_check(paths: Sequence[Path], options: Options, *, out: Console, err: Console) -> int:
    """The exit code: 1 for findings that are no hints, 2 where what was named could not be checked."""
    try:
        _sensible(options)
        known = Counter[baseline.Key]()
        if options.baseline is not None and (options.baseline.exists() or not options.write_baseline):
            known = baseline.read(options.baseline)
        projects = Projects()
        todo = tasks(paths, options, projects)
    except WrongUse as error:
        _say(err, str(error))
        return exits.USAGE
    results: Sequence[FileResult] = check_all(todo, options.jobs)
    for said in (*projects.warnings, *(w for r in results for w in (*r.complaints, *_failures(r)))):
        _say(err, said)
    if options.mend is Mend.DIFF:
        return _diff(results, options, out, err)
    if options.baseline is not None and options.write_baseline:
        return _write_baseline(options.baseline, known, results, err)
    if options.baseline is not None:
        compared = baseline.compare(options.baseline, known, results)
        results = compared.results
        _say(err, _on_baseline(options.baseline, compared))
    piped = STDIN in paths and options.mend is Mend.WRITE
    if piped:  # standard output is for the script
        for result in results:
            emit(out, result.text if result.text is not None else _given(todo[0].data))
    _report(results, options, err if piped else out)
    if (words := text.mended(results, written=True)) and options.mend is Mend.WRITE:
        _say(err, words)
    return _code(paths, results, options)


def _sensible(options: Options) -> None:
    if options.write_baseline and options.baseline is None:
        raise WrongUse("--write-baseline needs to know the file: add --baseline FILE")
    if options.write_baseline and options.mend is not Mend.NO:
        raise WrongUse("--write-baseline with --fix or --diff: fix first, then write the baseline of what is left")
    if options.statistics and options.format not in (Format.TEXT, Format.JSON):
        raise WrongUse(f"--statistics has no {options.format.value} form; use --format text or json")


def _report(results: Sequence[FileResult], options: Options, out: Console) -> None:
    if options.statistics and options.format is Format.JSON:
        emit_json(out, statistics.counts(results))
    elif options.format is Format.JSON:
        emit_json(out, records.records(results, show_suppressed=options.show_suppressed))
    elif options.format is Format.SARIF:
        from mlestar.cli.check import sarif

        emit_json(out, sarif.log(results, show_suppressed=options.show_suppressed))
    elif options.format is Format.GITHUB:
        emit(out, "".join(f"{line}\n" for line in github.commands(results)))
    else:
        if options.statistics:
            statistics.report(results, out)
        else:
            text.report(results, out, show_suppressed=options.show_suppressed)
        out.print(text.summary(results), highlight=False)
        if options.mend is Mend.NO and (words := text.fixes_left(results)):
            out.print(words, highlight=False)


def _diff(results: Sequence[FileResult], options: Options, out: Console, err: Console) -> int:
    """The differences alone, so that they can be piped into ``patch``; 1 where there are any."""
    emit(out, "".join(result.diff for result in results))
    _say(err, text.mended(results, written=False) or "Nothing would be changed.")
    if all(not result.checked for result in results):
        return exits.USAGE
    return exits.FINDINGS if any(r.diff for r in results) and not options.exit_zero else exits.OK


def _write_baseline(path: Path, known: Counter[baseline.Key], results: Sequence[FileResult], err: Console) -> int:
    refused = baseline.write(path, known, results)
    count = sum(len(result.reported) for result in results)
    _say(err, refused or f"{path} lists {count} finding{'' if count == 1 else 's'} of the files that were checked")
    if refused is not None or all(not result.checked for result in results):
        return exits.USAGE
    return exits.OK


def _on_baseline(path: Path, compared: baseline.Compared) -> str:
    words = f"{compared.known} known from {path}"
    if compared.gone:
        entries = "entry of it is" if compared.gone == 1 else "entries of it are"
        words += f"; {compared.gone} {entries} gone, write it again with --write-baseline"
    return words


def _code(paths: Sequence[Path], results: Sequence[FileResult], options: Options) -> int:
    if any(f.severity is not Severity.INFORMATION for r in results for f in r.reported) and not options.exit_zero:
        return exits.FINDINGS
    # what was named must have been checked; a stray file in a folder is told and passed over
    named = {str(path) for path in paths} | {r.path for r in results if STDIN in paths}
    unchecked = {result.path for result in results if not result.checked}
    if any(result.failed for result in results):
        return exits.FAILED
    return exits.USAGE if len(unchecked) == len(results) or unchecked & named else exits.OK


def _failures(result: FileResult) -> list[str]:
    return [f"{result.path}: a rule failed and found nothing: {error}" for error in result.errors]


def _given(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "backslashreplace")


def _say(err: Console, words: str) -> None:
    err.print(words, markup=False, highlight=False)
