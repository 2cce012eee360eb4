"""A printed line that the user points to: the score of a script whose metric is computed out of sight.

``printed AUC`` takes the number after that label, ``printed /AUC on fold \\d+: (\\S+)/`` what the group of a regular
expression finds, in standard output or standard error.
"""

from __future__ import annotations

import re

from cst_tools.metrics import by_label
from cst_tools.types import Aggregate, Direction, Objective, ObjectiveKind

PREFIX = "printed "
_NUMBER = r"([-+]?(?:\d[\d,_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|[-+]?inf)"


def printed(wanted: str, direction: Direction | None) -> Objective | str:
    """The objective for ``wanted`` (which starts with `PREFIX`), or a sentence that says what is accepted."""
    told = wanted[len(PREFIX) :].strip().strip("\"'")
    if not told:
        return "After 'printed' comes the label of the number, as in `printed AUC`, or /a regular expression/."
    if told.startswith("/") and told.endswith("/") and len(told) > 2:
        pattern, label = told[1:-1], ""
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            return f"/{pattern}/ is no regular expression ({error}); put the number into one group: /AUC: (\\S+)/."
        if groups != 1:
            return f"/{pattern}/ has {groups} groups; put the number into one: /AUC: (\\S+)/."
    else:
        label = told
        pattern = rf"(?<![\w.]){re.escape(told)}[\s\"']*(?:[:=]|is)?[\s\"']*{_NUMBER}"
    known = by_label(label) if label else None
    better = direction or (known.metric.direction if known else Direction.MAXIMIZE)
    return Objective(
        kind=ObjectiveKind.PRINTED,
        expression=pattern,
        span=None,
        metric=known.metric.name if known else label or "score",
        direction=better,
        aggregate=Aggregate.LAST,
        reason=f"chosen by you: the last number printed {'as ' + label if label else 'where the pattern fits'}",
        label=label or None,
        warnings=()
        if known or direction
        else ("it is taken that more is better; write `minimize printed ...` if less is better",),
        chosen_by_user=True,
    )
