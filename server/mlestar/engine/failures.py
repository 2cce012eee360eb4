"""Why the user's own script gave no score, and what to do about it: the sentences a stranger reads first."""

from __future__ import annotations

import re

from mlestar.runs.types import Failure, Interpreter, RunResult, RunStatus

_BY_ITSELF = "run the script by itself to see it; its arguments go after `--` or into `arguments`"
_BY_STATUS = {
    RunStatus.NO_SCORE: "point to the score with a comment `# mlestar: objective` on its line",
    RunStatus.BAD_SCORE: "look for missing or infinite values before the score, or choose another with --objective",
    RunStatus.TIMEOUT: "give one run more time with --timeout",
    RunStatus.OUT_OF_MEMORY: "close other programs, run fewer at a time with --parallel 1, or read less data",
    RunStatus.KILLED: "run it by itself and watch its memory; --parallel 1 runs one at a time",
}
_TELLS_WHAT_TO_DO = re.compile(r"; (?:set|add) (?:it to )?`")
"""In reasons that end with the setting that mends it."""
_COMPLAINT = re.compile(r"^(?:\S+: )?error: (?P<what>.+)$", re.IGNORECASE | re.MULTILINE)


def explain_failure(result: RunResult, interpreter: Interpreter) -> str:
    """One sentence: how the run of the script as it is ended, and what to do next."""
    if result.status is RunStatus.CANCELLED:
        return f"{result.reason}; give it more with --budget"
    if result.status is RunStatus.NOT_STARTED:
        return f"the script could not be run: {result.reason}"
    reason = result.reason.partition("; set `timeout`")[0] or result.status.value
    if _TELLS_WHAT_TO_DO.search(reason):
        more = ": its arguments go after `--`" if "`arguments`" in reason else ""
        return f"the script gives no score as it is: {reason}{more}"
    return f"the script gives no score as it is: {reason}{_complaint(result)}; {_advice(result, interpreter)}"


def _complaint(result: RunResult) -> str:
    """What argparse or click said before the script ended itself."""
    said = list(_COMPLAINT.finditer(result.stderr)) if result.status is RunStatus.EXITED else []
    return f" ({said[-1]['what'].strip()[:200]})" if said else ""


def _advice(result: RunResult, interpreter: Interpreter) -> str:
    if result.failure is not None and (found := _of_exception(result.failure, interpreter)):
        return found
    if result.status is RunStatus.EXITED and result.exit_code == 2:
        return "give the script its arguments after `--` or in `arguments`, as on its own command line"
    return _BY_STATUS.get(result.status, _BY_ITSELF)


def _of_exception(failure: Failure, interpreter: Interpreter) -> str | None:
    if failure.type in ("ModuleNotFoundError", "ImportError"):
        return f"it ran with {interpreter.executable}: install it there, or name another Python with --interpreter"
    if failure.type in ("FileNotFoundError", "NotADirectoryError"):
        return (
            "check that the file is there, seen from the folder the script starts in; if it lies outside the project, "
            "name a folder that holds both with --workspace"
        )
    if failure.type == "EOFError" and "input(" in failure.text:
        return "nobody can type while it is measured: take the value from an argument (after `--`) or a constant"
    if failure.type == "IndexError" and "sys.argv" in failure.text:
        return "it reads its command line: give it its arguments after `--` or in `arguments`"
    return None
