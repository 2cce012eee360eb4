"""The program that is run: the script with its score reported, its seeds moved and its fits observed.

The text keeps its number of lines, so a traceback's line is the user's line. What is put in calls builtins that
the run-time worker installs; where they are missing (processes that the script spawns) the same program still
runs: every call falls back to doing nothing.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings

from cst_tools.edits import apply_edits
from cst_tools.fstrings import fields
from cst_tools.metrics import MODULE_OF
from cst_tools.script import Script
from cst_tools.seeds import find_seeds
from cst_tools.types import Edit, Objective, ObjectiveKind, Span

REPORT = "__mlestar_report__"
CALL = "__mlestar_call__"
SEED_STEP = 7919
"""Distance between the seeds of two runs, a prime, so that seeds written side by side never meet."""

PROBED = frozenset(
    [
        "fit",
        "fit_transform",
        "fit_predict",
        "fit_resample",
        "partial_fit",
        "cross_val_score",
        "cross_validate",
        "cross_val_predict",
    ]
)
_TRAINERS = re.compile(r"^(?:lgb|lightgbm|xgb|xgboost)\.(?:train|cv)$")


def instrument(script: Script, objective: Objective, *, seed: int, probes: bool = False) -> str:
    """The script's runnable text with the objective reported; ``seed`` 0 leaves seeds as they are written.

    ``probes`` wraps the callees of ``fit`` and its kin, with the 0-based line they stand on. Raises ValueError with
    one sentence when the script cannot be parsed or the objective cannot be reported at its place.
    """
    if script.tree is None:
        raise ValueError("The script cannot be parsed, so it cannot be run with its score reported.")
    text = script.masked
    extra: list[Edit] = []
    if seed:
        extra += [Edit(s.span, _moved(script.slice(s.span), seed)) for s in find_seeds(script)]
    if probes:
        extra += _probes(script)
    if objective.kind is ObjectiveKind.PRINTED or objective.span is None:
        return _checked(text, _without_conflict(extra, None)) or _fail("the seeds")
    for edits in _reports(script, objective):
        for others in (extra, [e for e in extra if CALL not in e.new_text]):
            result = _checked(text, [*_without_conflict(others, edits), *edits])
            if result is not None:
                return result
    return _fail(f"the objective {objective.expression!r}")


def _fail(what: str) -> str:
    raise ValueError(f"The script does not compile with {what} put in; choose another objective expression.")


def _moved(literal: str, seed: int) -> str:
    return f"({literal}+{SEED_STEP}*{seed})"


def _without_conflict(extra: list[Edit], edits: list[Edit] | None) -> list[Edit]:
    """Edits that neither overlap one another nor cross an insertion of the report."""
    taken: list[Span] = []
    kept: list[Edit] = []
    for edit in sorted(extra, key=lambda e: (e.span.start, -e.span.end)):
        if any(edit.span.overlaps(other) for other in taken):
            continue
        if any(edit.span.start < e.span.start < edit.span.end for e in edits or ()):
            continue
        taken.append(edit.span)
        kept.append(edit)
    return kept


def _checked(text: str, edits: list[Edit]) -> str | None:
    result = _apply(text, edits)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(result, "<instrumented>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    same = len(result.splitlines()) == len(text.splitlines())
    return result if same else None


def _apply(text: str, edits: list[Edit]) -> str:
    """Applies replacements and insertions; insertions at the same offset keep their given order."""
    return apply_edits(text, sorted(edits, key=lambda e: (e.span.start, e.span.end)))


# ---------------------------------------------------------------------- reporting the objective


def _reporter(quote: str) -> str:
    return f"getattr(__import__({quote}builtins{quote}), {quote}{REPORT}{quote}, lambda v: v)"


def _reports(script: Script, objective: Objective) -> list[list[Edit]]:
    """Ways to report the objective, best first."""
    assert objective.span is not None
    span = objective.span
    if objective.kind is ObjectiveKind.PROPOSED:
        statement = f"{_reporter(chr(39))}({_importing(objective.expression)})"
        return [[Edit(Span(span.start, span.start), f"; {statement}")]]
    inside = _enclosing_string(script, span)
    ways: list[list[Edit]] = []
    documented = _documented(script, inside, span)
    if documented is not None:
        return [documented]
    for quote in _quotes(script, inside, span):
        ways.append([Edit(Span(span.start, span.start), f"{_reporter(quote)}("), Edit(Span(span.end, span.end), ")")])
    after = _after_statement(script, span)
    if after is not None:
        source = script.masked[span.start : span.end].replace("\n", " ")
        ways.append([Edit(Span(after, after), f"; {_reporter(chr(34))}({source})")])
    return ways


def _documented(script: Script, inside: Span | None, span: Span) -> list[Edit] | None:
    """For ``{score = :.2f}``: the same text, then the reported value, so that what is printed stays the same."""
    if inside is None:
        return None
    for field in fields(script.masked[inside.start : inside.end]):
        place = field.span.shifted(inside.start)
        if field.shown is None or not place.contains(span):
            continue
        shown = field.shown.shifted(inside.start)
        words = script.masked[shown.start : shown.end].replace("{", "{{").replace("}", "}}")
        quote = "'" if '"' in field.quote else '"'
        value = script.masked[place.start : span.start] + _reporter(quote)
        value += f"({script.masked[span.start : span.end]}){script.masked[span.end : place.end]}"
        opened = Span(shown.start - 1, shown.end)
        return [Edit(opened, f"{words}{{{value}{'!r' if field.plain else ''}")]
    return None


def _quotes(script: Script, inside: Span | None, span: Span) -> tuple[str, ...]:
    if inside is None:
        return ('"', "'")
    source = script.masked[inside.start : inside.end]
    for field in fields(source):
        if field.span.start + inside.start <= span.start and span.end <= field.span.end + inside.start:
            return ("'", '"') if '"' in field.quote else ('"', "'")
    return ("'", '"')


def _enclosing_string(script: Script, span: Span) -> Span | None:
    """The f-string whose source holds ``span``."""
    assert script.tree is not None
    for node in ast.walk(script.tree):
        if isinstance(node, ast.JoinedStr):
            place = script.span_of(node)
            if place.contains(span):
                return place
    return None


def _after_statement(script: Script, span: Span) -> int | None:
    """End of the simple statement that holds ``span``."""
    assert script.tree is not None
    best: Span | None = None
    for node in ast.walk(script.tree):
        if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)):
            place = script.span_of(node)
            if place.contains(span) and (best is None or best.contains(place)):
                best = place
    return best.end if best is not None else None


def _importing(expression: str) -> str:
    """A proposed expression whose library functions are imported where they are used."""
    tree = ast.parse(expression, mode="eval")
    edits = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in MODULE_OF:
            # expressions are proposed in ASCII on one line, so columns are offsets
            place = Span(node.col_offset, node.col_offset + len(node.id))
            edits.append(Edit(place, f"__import__({MODULE_OF[node.id]!r}, fromlist=['_']).{node.id}"))
    return apply_edits(expression, edits)


# ---------------------------------------------------------------------- observing calls of fit


def _probes(script: Script) -> list[Edit]:
    assert script.tree is not None
    in_text = {
        id(inner) for node in ast.walk(script.tree) if isinstance(node, ast.JoinedStr) for inner in ast.walk(node)
    }
    imported = {
        alias.asname or alias.name
        for node in ast.walk(script.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sklearn")
        for alias in node.names
        if alias.name in PROBED
    }
    found: list[tuple[Span, str]] = []
    for node in ast.walk(script.tree):
        if not isinstance(node, ast.Call) or id(node) in in_text:
            continue
        span = script.span_of(node.func)
        source = script.masked[span.start : span.end]
        if not _is_probed(node.func, source, imported) or "\n" in source or "\r" in source or not _balanced(source):
            continue
        found.append((span, source))
    edits: list[Edit] = []
    for span, source in sorted(found):
        outer = any(other is not span and other.contains(span) and other != span for other, _ in found)
        if outer:
            continue
        line = script.index.line_of(span.start)
        wrapper = f'getattr(__import__("builtins"), "{CALL}", lambda s, t, c: c)({line}, {source[:200]!r}, {source})'
        edits.append(Edit(span, wrapper))
    return edits


def _is_probed(callee: ast.expr, source: str, imported: set[str]) -> bool:
    if isinstance(callee, ast.Attribute):
        if (
            isinstance(callee.value, ast.Call)
            and isinstance(callee.value.func, ast.Name)
            and callee.value.func.id == "super"
        ):
            return False
        return callee.attr in PROBED or bool(_TRAINERS.match(source))
    return isinstance(callee, ast.Name) and callee.id in imported


def _balanced(source: str) -> bool:
    try:
        list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return False
    return True
