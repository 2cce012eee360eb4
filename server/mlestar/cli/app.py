"""The commands and their help. Each option is said once, here; the work is elsewhere, imported when it is needed."""

from __future__ import annotations

import enum
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated, Any, Optional, TypeVar

import typer
from rich.console import Console

from mlestar import __version__
from mlestar.cli import exits
from mlestar.config import Settings, from_pyproject, merged

E = TypeVar("E", bound=enum.Enum)

EPILOG = """
[bold]First steps[/bold]

mlestar check train.py     leakage and validity; nothing is run

mlestar blocks train.py    the script's parts, and the number it is about

mlestar ablate train.py    run it without each part: which one matters?

mlestar optimise train.py  better code for that part, confirmed, as a diff

[bold]Exit codes[/bold]

0 done · 1 findings · 2 wrong input · 3 the script gives no score

4 budget spent, run again to go on · 70 mlestar itself failed · 130 stopped

Scripts run in copies of their folder: nothing of yours is written, except with --apply. No network, no key.
"""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find leakage in a training script, measure which block matters, and refine it with confirmed gains.",
    epilog=EPILOG,
)
# typer reads annotations at run time on Python 3.10 too, where `X | None` in Annotated aliases is fine but
# Optional is what its documentation promises
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, nothing else.")]
Script = Annotated[Path, typer.Argument(metavar="FILE", help="A training script (.py) or notebook (.ipynb).")]
Arguments = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Argument(metavar="ARGUMENTS", help="The script's own arguments, after `--`.", show_default=False),
]
Text = Optional[str]  # noqa: UP045
Whole = Optional[int]  # noqa: UP045
Flag = Optional[bool]  # noqa: UP045
Budget = Annotated[Text, typer.Option(help="Wall time of the study, 5m or 1h30m; a hard limit. \\[default: 15m]")]
Timeout = Annotated[Text, typer.Option(help="Wall time of one run. \\[default: 10m]")]
Memory = Annotated[Text, typer.Option(help="Memory of one run, 4GB. \\[default: no limit]")]
Parallel = Annotated[Whole, typer.Option(help="Runs at a time. \\[default: one a core]")]
Seeds = Annotated[Whole, typer.Option(help="Seeds for noise and ablation. \\[default: 3]")]
Interpreter = Annotated[
    Text, typer.Option(help="Python that runs the script, or its environment. \\[default: the workspace's]")
]
ObjectiveOption = Annotated[
    Text,
    typer.Option(
        "--objective", help="maximize, minimize, the variable, metric or expression that is the score, printed LABEL."
    ),
]
Workspace = Annotated[Text, typer.Option(help="Folder the script may see as its own. \\[default: its project's root]")]
Network = Annotated[Flag, typer.Option("--network/--no-network", help="Whether runs may use the network.")]
Sandbox = Annotated[
    Text, typer.Option(help="auto, required (nothing runs with less than all walls) or off.", metavar="WHAT")
]
Share = Annotated[
    Flag, typer.Option("--share/--no-share", help="Whether runs share the work before their first difference.")
]

out = Console(soft_wrap=False)
err = Console(stderr=True, soft_wrap=not sys.stderr.isatty())
"""Sentences: wrapped for a person, one a line for a file."""


OPTIONS = {"baseline_seeds": "seeds", "confirmation_seeds": "confirmations"}
"""Settings whose option has another name."""


def settings_for(folder: Path, **options: Any) -> Settings:
    """Settings of the project with the command line's on top. Raises BadParameter for a value that does not fit."""
    chosen = from_pyproject(folder.resolve())
    for name, value in options.items():
        if value in (None, (), []):
            continue
        known = len(chosen.warnings)
        chosen = merged(chosen, {name: value}, "command line")
        if len(chosen.warnings) > known:
            words = chosen.warnings[-1].removeprefix("command line: ").rpartition("; using")[0]
            words = words.replace(f"{name} must be", "it must be", 1)
            raise typer.BadParameter(words, param_hint=f"'--{OPTIONS.get(name, name)}'")
    return chosen


def show_version(value: bool) -> None:
    if value:
        out.print(f"mlestar {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(metavar="PATHS", help="Scripts, notebooks, folders; - for stdin.")],
    format: Annotated[str, typer.Option("--format", help="text, json, sarif or github.", metavar="FORM")] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Apply the safe fixes to the files.")] = False,
    unsafe: Annotated[
        bool, typer.Option("--unsafe-fixes", help="With --fix or --diff: also those for review.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print what --fix would do; write nothing.")] = False,
    select: Annotated[Text, typer.Option(help="Codes or slugs to report alone: L101,L3")] = None,
    ignore: Annotated[Text, typer.Option(help="Codes or slugs not to report.")] = None,
    severity: Annotated[
        str, typer.Option(help="The least to report: error, warning or information.", metavar="LEVEL")
    ] = "information",
    statistics: Annotated[bool, typer.Option("--statistics", help="Print counts for each rule instead.")] = False,
    baseline: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE", help="Known findings: only new ones are reported."),
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Write the findings into the baseline.")
    ] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 also when there are findings.")] = False,
    show_suppressed: Annotated[
        bool, typer.Option("--show-suppressed", help="Also list what comments suppress, with the reason.")
    ] = False,
    jobs: Annotated[Whole, typer.Option("--jobs", "-j", help="Processes. \\[default: one a core]", min=1)] = None,
    stdin_filename: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE", help="Name of what comes on stdin."),
    ] = None,
) -> None:
    """Report leakage and validity findings; nothing is run. Exit code 1 when there are any but hints.

    A finding is turned off with `# mlestar: ignore\\[L101] reason` on its line; `mlestar rule L101` explains it.
    """
    from cst_tools.types import FixClass, Severity
    from mlestar.cli.check.codes import words
    from mlestar.cli.check.options import Format, Mend, Options
    from mlestar.cli.check.run import run_check

    if fix and diff:
        raise typer.BadParameter("--diff shows what --fix would do: give one of them", param_hint="'--fix'")
    if unsafe and not (fix or diff):
        raise typer.BadParameter("it goes with --fix or --diff", param_hint="'--unsafe-fixes'")
    options = Options(
        format=_choice(Format, "json" if as_json else format, "--format"),
        mend=Mend.WRITE if fix else Mend.DIFF if diff else Mend.NO,
        classes=frozenset({FixClass.SAFE, FixClass.REVIEW} if unsafe else {FixClass.SAFE}),
        severity=_choice(Severity, severity, "--severity"), select=words(select), ignore=words(ignore), jobs=jobs,
        baseline=baseline, write_baseline=write_baseline, statistics=statistics, exit_zero=exit_zero,
        show_suppressed=show_suppressed, stdin_filename=stdin_filename,
    )  # fmt: skip
    raise typer.Exit(run_check(paths, options, out=out, err=err))


def _choice(kind: type[E], value: str, option: str) -> E:
    try:
        return kind(value.lower())
    except ValueError:
        known = ", ".join(str(member.value) for member in kind)
        raise typer.BadParameter(f"{value!r} is none of {known}", param_hint=f"'{option}'") from None


@app.command()
def blocks(script: Script, as_json: Json = False, objective: ObjectiveOption = None) -> None:
    r"""Show the script's blocks, their roles, and the objective, each with its reason; nothing is run.

    To overrule: `# mlestar: block NAME role=features` above a block,

    `# mlestar: objective maximize` on the line of the score,

    or \[tool.mlestar] in pyproject.toml.
    """
    from mlestar.cli.blocks import run_blocks

    settings = settings_for(script.parent, objective=objective)
    raise typer.Exit(run_blocks(script, settings, as_json=as_json, out=out, err=err))


@app.command()
def ablate(
    script: Script,
    arguments: Arguments = None,
    budget: Budget = None,
    timeout: Timeout = None,
    memory: Memory = None,
    parallel: Parallel = None,
    seeds: Seeds = None,
    interpreter: Interpreter = None,
    objective: ObjectiveOption = None,
    workspace: Workspace = None,
    network: Network = None,
    sandbox: Sandbox = None,
    share: Share = None,
    as_json: Json = False,
) -> None:
    """Run the script without each block, over several seeds, and rank the blocks by what they contribute.

    Stopped, killed or out of budget: the same command goes on from there, and nothing runs twice.
    """
    from mlestar.cli.studies import run_ablate

    settings = settings_for(
        script.parent, arguments=arguments, budget=budget, timeout=timeout, memory=memory, parallel=parallel,
        baseline_seeds=seeds, interpreter=interpreter, objective=objective, workspace=workspace,
        network=network, sandbox=sandbox, share=share,
    )  # fmt: skip
    raise typer.Exit(run_ablate(script, settings, as_json=as_json, out=out, err=err))


@app.command()
def optimise(
    script: Script,
    arguments: Arguments = None,
    block: Annotated[
        Text, typer.Option(help="Block to refine (see `blocks`). \\[default: the most important ones]")
    ] = None,
    plan: Annotated[Text, typer.Option(help="Try this plan alone, for instance playbook/target-encoding.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write a confirmed gain into the file.")] = False,
    budget: Budget = None,
    timeout: Timeout = None,
    memory: Memory = None,
    parallel: Parallel = None,
    seeds: Seeds = None,
    confirmations: Annotated[Whole, typer.Option(help="Fresh seeds that must confirm a gain. \\[default: 5]")] = None,
    interpreter: Interpreter = None,
    objective: ObjectiveOption = None,
    workspace: Workspace = None,
    network: Network = None,
    sandbox: Sandbox = None,
    share: Share = None,
    as_json: Json = False,
) -> None:
    """Refine the block that matters most: plan, rewrite, measure, confirm on fresh seeds; ends with a diff.

    Nothing is written without --apply. Tied with the noise is reported as such.
    """
    from mlestar.cli.studies import run_optimise

    settings = settings_for(
        script.parent, arguments=arguments, budget=budget, timeout=timeout, memory=memory, parallel=parallel,
        baseline_seeds=seeds, confirmation_seeds=confirmations, interpreter=interpreter, objective=objective,
        workspace=workspace, network=network, sandbox=sandbox, share=share,
    )  # fmt: skip
    code = run_optimise(
        script, settings, block=block, plan=plan, apply=apply, as_json=as_json, out=out, err=err
    )  # fmt: skip
    raise typer.Exit(code)


@app.command()
def journal(
    target: Annotated[Text, typer.Argument(metavar="[FILE|STUDY]", help="A script, or a study's id.")] = None,
    runs: Annotated[bool, typer.Option("--runs", help="Also list the study's runs.")] = False,
    limit: Annotated[int, typer.Option(help="How many studies to list.", min=1)] = 20,
    as_json: Json = False,
) -> None:
    """List studies, or show one again."""
    from mlestar.cli.history import run_journal
    from mlestar.journal import default_home

    script = Path(target) if target and Path(target).exists() else None
    settings = from_pyproject((script.parent if script else Path()).resolve())
    home = Path(settings.home).expanduser() if settings.home else default_home()
    raise typer.Exit(run_journal(target, home, runs=runs, as_json=as_json, limit=limit, out=out, err=err))


@app.command()
def store(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all of it.")] = False,
) -> None:
    """How much room the kept results of library calls take, which later runs need not compute again."""
    from mlestar.journal import default_home
    from mlestar.runs.store import clear_all, stores

    settings = from_pyproject(Path().resolve())
    home = Path(settings.home).expanduser() if settings.home else default_home()
    if clear:
        out.print(f"{clear_all(home) / 1024**2:.0f} MB removed from {home / 'store'}", highlight=False)
        raise typer.Exit
    kept = stores(home)
    if not kept:
        out.print(f"Nothing is kept yet in {home / 'store'}.", highlight=False, soft_wrap=True)
    for found in kept:
        state = found.state()
        words = f"{state.entries} results, {state.size / 1024**2:.0f} MB, {state.seconds:.0f} s of work"
        out.print(f"{found.folder}: {words}", highlight=False, soft_wrap=True)


@app.command()
def rule(
    code: Annotated[Text, typer.Argument(metavar="CODE", help="For instance L101.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="All rules.")] = False,
    format: Annotated[str, typer.Option("--format", help="text, markdown or json.", metavar="FORM")] = "text",
) -> None:
    """Explain a rule: what it finds, why it matters, how it is mended. With --all, list the rules."""
    from mlestar.cli.rules import run_rule

    raise typer.Exit(run_rule(code, every=every, form=format, out=out))


@app.command()
def lsp(
    tcp: Annotated[Whole, typer.Option(metavar="PORT", help="Listen on this port of 127.0.0.1, not on stdio.")] = None,
    stdio: Annotated[bool, typer.Option("--stdio", help="Accepted for editors that pass it; the default.")] = False,
) -> None:
    """Start the language server (for editors)."""
    from mlestar.lsp.server import serve

    raise typer.Exit(serve(tcp))


def main() -> int:
    """Entry point; returns the exit code. What nobody foresaw is one sentence here and a trace in a file."""
    try:
        app()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else exits.USAGE
    except BrokenPipeError:  # `mlestar ... | head`
        sys.stderr.close()
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except Exception as error:
        return _failed(error)
    return exits.OK


def _failed(error: Exception) -> int:
    from mlestar.journal.schema import JournalTooNew

    if isinstance(error, JournalTooNew):
        err.print(str(error), markup=False, highlight=False)
        return exits.USAGE
    handle, name = tempfile.mkstemp(prefix="mlestar-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as log:
        traceback.print_exception(error, file=log)
    words = f"mlestar failed: {type(error).__name__}: {error}. The trace is in {name}; finished runs are kept."
    err.print(words, markup=False, highlight=False, soft_wrap=True)
    return exits.FAILED
