"""Everything that is known of a script without running it, in one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cst_tools.blocks import find_blocks
from cst_tools.directives import parse_role, read_directives
from cst_tools.objective import find_objectives
from cst_tools.script import Script
from cst_tools.spine import Spine, spine
from cst_tools.types import Block, Objective, ObjectiveKind, Problem, ProblemKind, Span


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
    found, reason_none = find_objectives(script, steps, choice=objective)
    best = found[0] if found else None
    spans = (best.span,) if best is not None and best.span is not None and best.kind is ObjectiveKind.EXPRESSION else ()
    blocks = find_blocks(script, spans, roles, said, of=steps)
    problems += said.problems
    for key, word in roles.items():
        stated = parse_role(word)
        if isinstance(stated, str) and not hasattr(stated, "value"):
            problems.append(
                Problem(ProblemKind.BAD_DIRECTIVE, f"The setting roles[{key!r}] is not used: {stated}", Span(0, 0))
            )
    return Analysis(script, steps, blocks, best, found, None if found else reason_none, tuple(problems))
