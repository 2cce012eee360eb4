"""Everything that is known of a script without running it, in one value."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from cst_tools.blocks import find_blocks
from cst_tools.directives import Directives, ObjectiveDirective, parse_role, read_directives
from cst_tools.objective import find_objectives
from cst_tools.pauses import without_collection
from cst_tools.script import Script
from cst_tools.spine import Spine, spine
from cst_tools.types import Block, Objective, ObjectiveKind, Problem, ProblemKind, Role, Span
from cst_tools.walking import children, walk


@dataclass(frozen=True)
class Analysis:
    """``objective`` is the first of ``objectives``; None comes with ``no_objective_reason``."""

    script: Script
    spine: Spine
    blocks: tuple[Block, ...]
    objective: Objective | None
    objectives: tuple[Objective, ...]
    no_objective_reason: str | None
    problems: tuple[Problem, ...]

    def block(self, block_id: str) -> Block | None:
        """The block with an id."""
        return next((b for b in self.blocks if b.id == block_id), None)

    def block_at(self, offset: int) -> Block | None:
        """The block whose lines hold a place."""
        return next((b for b in self.blocks if b.span.start <= offset <= b.span.end), None)


def analyse(script: Script, *, roles: Mapping[str, str] | None = None, objective: str | None = None) -> Analysis:
    """Spine, objective and blocks of a script. Never raises: what cannot be analysed is a problem."""
    problems = [script.problem] if script.problem is not None else []
    try:
        with without_collection():
            return _analyse(script, roles or {}, objective, problems)
    except RecursionError:
        message = "The script is nested too deeply to analyse; split its longest expression into several statements."
        problem = Problem(ProblemKind.TOO_DEEP, message, Span(0, 0))
        empty = spine(Script.parse("", script.path if not script.path.endswith(".ipynb") else "script.py"))
        return Analysis(script, empty, (), None, (), message, (*problems, problem))


def _analyse(script: Script, roles: Mapping[str, str], objective: str | None, problems: list[Problem]) -> Analysis:
    steps = spine(script)
    if script.tree is None:
        reason = problems[0].message if problems else "The script cannot be parsed."
        return Analysis(script, steps, (), None, (), reason, tuple(problems))
    said = read_directives(script)
    found, reason_none, refused = _objectives(script, steps, said, objective)
    best = found[0] if found else None
    measured = best is not None and best.span is not None and best.kind is ObjectiveKind.EXPRESSION
    spans = (best.span,) if measured and best is not None and best.span is not None else ()
    blocks = find_blocks(script, spans, roles, said, of=steps)
    problems += [*said.problems, *refused, *_bad_roles(roles)]
    return Analysis(script, steps, blocks, best, found, None if found else reason_none, tuple(problems))


def stated_problems(script: Script, roles: Mapping[str, str]) -> list[Problem]:
    """The problems of an analysis that need no analysis: of the text itself, of its comments, of the settings."""
    problems = [script.problem] if script.problem is not None else []
    if script.tree is not None:
        problems += [*read_directives(script).problems, *_bad_roles(roles)]
    return problems


def _bad_roles(roles: Mapping[str, str]) -> list[Problem]:
    stated = ((key, parse_role(word)) for key, word in roles.items())
    return [
        Problem(ProblemKind.BAD_DIRECTIVE, f"The setting roles[{key!r}] is not used: {why}", Span(0, 0))
        for key, why in stated
        if not isinstance(why, Role)
    ]


def _objectives(
    script: Script, steps: Spine, said: Directives, setting: str | None
) -> tuple[tuple[Objective, ...], str | None, list[Problem]]:
    """Candidates best first, the reason when there are none, and what is wrong with a comment that chooses one.

    A setting overrules a comment: it is what the user typed last, on the command line.
    """
    if setting or not said.objectives:
        found, reason = find_objectives(script, steps, choice=setting)
        return found, reason, []
    directive = said.objectives[-1]
    statement = None if directive.name else _statement_at(script, directive)
    if statement is not None:
        found, _ = find_objectives(script, steps)
        place = script.span_of(statement)
        here = [
            o for o in found if o.span is not None and place.contains(o.span) and o.kind is ObjectiveKind.EXPRESSION
        ]
        if here:
            chosen = replace(
                here[0],
                direction=directive.direction or here[0].direction,
                reason=f"chosen by the comment on line {directive.line + 1}; {here[0].reason}",
                chosen_by_user=True,
            )
            return (chosen, *(o for o in found if o is not here[0])), None, []
    name = directive.name or _expression_of(statement)
    if directive.name or statement is not None:
        choice = f"{directive.direction.value} {name}".strip() if directive.direction else name
    else:
        choice = directive.direction.value if directive.direction else ""
    found, reason = find_objectives(script, steps, choice=choice or None)
    if found:
        return found, None, []
    message = f"The objective of this comment is not used: {reason or 'nothing there is a number'}"
    fallback, reason_none = find_objectives(script, steps)
    return fallback, reason_none, [Problem(ProblemKind.BAD_DIRECTIVE, message, directive.span)]


def _statement_at(script: Script, directive: ObjectiveDirective) -> ast.stmt | None:
    """The innermost statement on the directive's line, or that starts directly below a comment standing alone."""
    wanted = directive.line + 1 if directive.alone else directive.line
    best: ast.stmt | None = None
    queue: list[ast.stmt] = list(script.tree.body) if script.tree is not None else []
    while queue:
        node = queue.pop()
        if not node.lineno - 1 <= wanted <= (node.end_lineno or node.lineno) - 1:
            continue
        below = [child for child in walk(node) if isinstance(child, ast.stmt) and child is not node]
        if not below and (not directive.alone or node.lineno - 1 == wanted):
            best = node
        queue += [child for child in children(node) if isinstance(child, ast.stmt)]
        queue += [inner for handler in getattr(node, "handlers", []) for inner in handler.body]
    return best


def _expression_of(statement: ast.stmt | None) -> str:
    """What a statement computes: the name it binds, else its value's text."""
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    value = getattr(statement, "value", None)
    if (
        isinstance(value, ast.Call)
        and len(value.args) == 1
        and isinstance(value.func, ast.Name)
        and value.func.id == "print"
    ):
        value = value.args[0]
    return ast.unparse(value) if isinstance(value, ast.expr) else ""
