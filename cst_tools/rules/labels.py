"""What a score was called, for the rules that compare the words with the rows."""

from __future__ import annotations

from cst_tools.flow.claims import Said
from cst_tools.flow.values import Evaluation
from cst_tools.rules.rule import Context


def said_of(context: Context, evaluation: Evaluation) -> tuple[Said, ...]:
    """Everything that the program calls this score."""
    return tuple(s for s in context.flow.of(Said) if s.score is evaluation.place and s.rows <= evaluation.rows)
