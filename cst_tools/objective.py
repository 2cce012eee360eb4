"""Which number the user cares about: candidates best first, each with a reason a person understands.

Every number that the script shows, keeps or returns is a candidate (`objective_candidates`); they are ranked by
the rows they are computed on, whether they are final, how plainly they are shown, and what is known about them.
A script without any gets a proposed metric (`objective_proposed`). The user's word overrules all of it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cst_tools.objective_candidates import find_candidates
from cst_tools.objective_choice import chosen, pointed_to
from cst_tools.objective_proposed import propose
from cst_tools.objective_ranking import objective_of, ranked_candidates
from cst_tools.objective_trace import trace
from cst_tools.objective_values import Values
from cst_tools.script import Script
from cst_tools.types import Objective

if TYPE_CHECKING:
    from cst_tools.spine import Spine


def objective_id(objective: Objective) -> str:
    """16 hexadecimal digits that identify what is measured: kind, expression, metric, direction, aggregate.

    Place and reason do not count, so the same objective in an edited script has the same id.
    """
    parts = (
        objective.kind.value,
        " ".join(objective.expression.split()),
        objective.metric,
        objective.direction.value,
        objective.aggregate.value,
    )
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def find_objectives(
    script: Script, spine: Spine | None = None, *, choice: str | None = None
) -> tuple[tuple[Objective, ...], str | None]:
    """Candidates best first, and the reason when there is none. Never raises for a script that was parsed.

    ``choice`` is the user's word: ``maximize``, ``minimize``, the name of a variable or a metric, an expression of
    the script, or ``maximize NAME``. A choice that fits nothing gives no candidates and says what there is.
    """
    if script.tree is None:
        reason = script.problem.message if script.problem else "The script cannot be parsed."
        return (), reason
    program = trace(script.tree)
    values = Values(program)
    found = find_candidates(script, program, values)
    ranked = ranked_candidates(found)
    objectives = tuple(objective_of(script, candidate, ranked) for candidate in ranked)
    if choice and choice.strip():
        return chosen(script, program, values, ranked, objectives, choice.strip())
    pointed = pointed_to(script, program, values, ranked, objectives)
    if pointed is not None:
        return pointed, None
    if objectives:
        return objectives, None
    proposed, reason = propose(script, program, values)
    return proposed, None if proposed else reason
