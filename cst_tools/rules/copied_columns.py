"""A selection made on all rows, printed, and typed into the program as a list of columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cst_tools.flow.values import Evaluation, Flow, Learned, Learns, Training, contains_some, overlap
from cst_tools.rules.leak import Leak
from cst_tools.types import Severity


def copied_columns(flow: Flow, found: Iterable[Leak]) -> Iterator[Leak]:
    """Leaks of selections whose result reaches a score by way of the keyboard only."""
    selections = [one for one in flow.learned if one.kind is Learns.SELECT and one.supervised]
    if not selections:
        return
    reported = {leak.learned.place for leak in found}
    used = {one.place for e in flow.evaluations for one in e.learned}
    for learned in selections:
        if learned.place in reported or learned.place in used:
            continue
        for evaluation in flow.evaluations:
            training = _training(flow, learned, evaluation)
            if training is not None and training.features.columns is not None:
                reported.add(learned.place)
                site = training.features.columns.site
                yield Leak("L105", learned, Severity.WARNING, evaluation, None, copied=site)
                break


def _training(flow: Flow, learned: Learned, evaluation: Evaluation) -> Training | None:
    """The training behind a score whose columns were listed after the selection, when the selection saw the score."""
    if not evaluation.held_out or not contains_some(learned.rows, evaluation.rows, strictly=True):
        return None
    for training in flow.trainings:
        columns = training.features.columns
        if columns is None or not columns.only or len(columns.only) < 2 or columns.site is None:
            continue
        if columns.site.line <= learned.place.line or training.place.line < columns.site.line:
            continue
        if overlap(training.features.rows, evaluation.trained) and (
            training.model in evaluation.models or training.place is evaluation.place
        ):
            return training
    return None
