"""Leaks of one family: something learned from rows that later count as held out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from cst_tools.flow.values import (
    Evaluation,
    EvaluationKind,
    Flow,
    Learned,
    Learns,
    contains_some,
    in_order,
    learned_in_order,
    overlap,
)
from cst_tools.rules.copied_columns import copied_columns
from cst_tools.rules.fixes.advice import advice
from cst_tools.rules.fold_loops import in_turn
from cst_tools.rules.leak import Leak
from cst_tools.rules.move_split import fit_after_split
from cst_tools.rules.reached import put_to_use
from cst_tools.rules.rule import Context, Rule, parting
from cst_tools.types import Finding, Fix, Related, Severity

_CODES = {
    Learns.SCALE: "L101",
    Learns.DECOMPOSE: "L101",
    Learns.IMPUTE: "L102",
    Learns.TEXT: "L103",
    Learns.STATISTIC: "L104",
    Learns.SELECT: "L105",
    Learns.ENCODE: "L106",
    Learns.RESAMPLE: "L108",
    Learns.GROUP: "L104",
    Learns.AUGMENT: "L109",
}
_ORDER = (
    Learns.SELECT, Learns.ENCODE, Learns.RESAMPLE, Learns.AUGMENT, Learns.SCALE, Learns.DECOMPOSE, Learns.TEXT,
    Learns.IMPUTE, Learns.GROUP, Learns.STATISTIC, Learns.CATEGORIES,
)  # fmt: skip
"""Which of several things learned in one call is reported."""
_OWN_CODES_IN_FOLDS = ("L105", "L106", "L108", "L109")
_NEIGHBOURS = 2
_ROWS_MADE = (Learns.RESAMPLE, Learns.AUGMENT)
_VERBS = {
    Learns.SCALE: "is fitted",
    Learns.DECOMPOSE: "is fitted",
    Learns.IMPUTE: "takes its fill value",
    Learns.TEXT: "takes its vocabulary",
    Learns.STATISTIC: "is computed",
    Learns.SELECT: "chooses features",
    Learns.ENCODE: "encodes by the target",
    Learns.RESAMPLE: "makes new rows",
    Learns.GROUP: "is computed",
    Learns.AUGMENT: "makes copies of",
}
_CHOSEN = "The columns are chosen here."
_NUMBERS = (Learns.STATISTIC, Learns.GROUP)
_BY_HAND = (*_NUMBERS, Learns.IMPUTE, Learns.RESAMPLE, Learns.SELECT)


def leaks(context: Context) -> tuple[Leak, ...]:
    """All leaks of the family, one for each place that learns; computed once for all rules of the family."""
    found = context.cache.get("preprocessing")
    if not isinstance(found, tuple):
        found = tuple(_by_rounds(context, leak) for leak in _leaks(context.flow))
        context.cache["preprocessing"] = found
    return found


def _by_rounds(context: Context, leak: Leak) -> Leak:
    """A leak before a split by hand that holds out other rows in each round is one outside of cross-validation."""
    split = context.flow.splits.get(leak.split) if leak.split is not None else None
    if split is None or leak.evaluation is None or leak.code in (*_OWN_CODES_IN_FOLDS, "L107", "L110", "L111"):
        return leak
    by_hand = split.place.origin is None and leak.evaluation.place.origin is None
    return replace(leak, code="L111") if by_hand and in_turn(context, split.node, leak.evaluation.node) else leak


def _leaks(flow: Flow) -> Iterator[Leak]:
    best: dict[tuple[object, str], Leak] = {}
    clean = _cleanly_scored(flow)
    for evaluation in flow.evaluations:
        if not evaluation.held_out:
            continue
        for learned in learned_in_order(evaluation.learned):
            leak = _leak(flow, learned, evaluation, clean)
            if leak is None:
                continue
            at = learned.place if learned.place.where else learned.key
            place = (at, "refit" if leak.code == "L110" else "before")
            if place not in best or _rank(leak) < _rank(best[place]):
                best[place] = leak
    yield from _one_a_formula(list(best.values()))
    yield from copied_columns(flow, best.values())
    if not any(e.held_out for e in flow.evaluations):
        yield from _unscored(flow, {key for key, _ in best})


def _one_a_formula(leaks: list[Leak]) -> Iterator[Leak]:
    """Mean and deviation, or two quartiles, of one formula are one finding: the first of neighbouring lines."""
    last: Leak | None = None
    augmented = [leak for leak in leaks if leak.code == "L109"]
    for leak in sorted(leaks, key=lambda found: found.learned.key):
        learned = leak.learned
        if leak.code == "L108" and any(_beside(leak, other) for other in augmented):
            continue  # the labels of the changed copies
        by_hand = learned.ref is None and learned.kind in _BY_HAND
        if by_hand and learned.kind is Learns.IMPUTE and last is not None and last.learned.key[0] != learned.key[0]:
            last = None  # one column a line: each fill is to be mended
        if not by_hand:
            yield leak
            continue
        if last is not None and _beside(leak, last) and last.code == leak.code:
            before = last.learned
            if before.kind is learned.kind and overlap(before.rows, learned.rows):
                last = replace(last, learned=learned)
                continue
        last = leak
        yield leak


def _beside(leak: Leak, other: Leak) -> bool:
    return leak.split == other.split and abs(leak.learned.place.line - other.learned.place.line) <= _NEIGHBOURS


def _target_names(flow: Flow) -> frozenset[str]:
    """Names of the columns that models of this program are trained to predict."""
    names: set[str] = set()
    for training in flow.trainings:
        columns = training.target.columns
        if columns is not None and columns.only is not None and len(columns.only) <= 3:
            names |= {name.removesuffix("_x").removesuffix("_y") for name in columns.only} | columns.only
    return frozenset(names)


def _code(flow: Flow, learned: Learned) -> str:
    if learned.kind is Learns.GROUP and learned.columns & _target_names(flow):
        return "L106"
    return _CODES[learned.kind]


def _rank(leak: Leak) -> tuple[int, int, int, int, str]:
    severity = (Severity.ERROR, Severity.WARNING, Severity.INFORMATION).index(leak.severity)
    order = leak.evaluation.order if leak.evaluation is not None else 10**9
    return (severity, leak.code == "L111", order, _ORDER.index(leak.learned.kind), leak.learned.what)


def _leak(flow: Flow, learned: Learned, evaluation: Evaluation, clean: Collection[Learned]) -> Leak | None:
    if learned.kind is Learns.CATEGORIES:
        return _encoded_apart(flow, learned, evaluation)
    if learned.kind not in _CODES:
        return None
    if learned.kind is Learns.SELECT and not learned.supervised and not learned.columns & _target_names(flow):
        return None  # columns that go with each other, whatever the target
    if learned.mask and learned.mask in _borders(evaluation):
        return None  # ``last = df.date.max()``, then ``df[df.date < last - month]``: it says where to part, no more
    if contains_some(learned.rows, evaluation.rows, strictly=True) and (
        not evaluation.trained or overlap(learned.rows, evaluation.trained)
    ):
        return _before_split(flow, learned, evaluation, clean)
    if learned.concatenated and _both_sides(learned, evaluation):
        return Leak("L107", learned, Severity.ERROR, evaluation, None)
    if evaluation.trained and not overlap(learned.rows, evaluation.trained) and overlap(learned.rows, evaluation.rows):
        severity = Severity.WARNING if learned.kind in (*_NUMBERS, Learns.RESAMPLE) else Severity.ERROR
        if evaluation.kind is EvaluationKind.LOG:
            severity = Severity.WARNING
        return Leak("L110", learned, severity, evaluation, None)
    return None


def _borders(evaluation: Evaluation) -> set[str]:
    """Keys of the selections by which the scored rows and the training rows are parted."""
    found: dict[int, set[str]] = {}
    for scored in evaluation.rows:
        for trained in evaluation.trained:
            if scored.root == trained.root:
                steps = enumerate(zip(scored.path, trained.path, strict=False))
                for depth, (a, b) in ((depth, pair) for depth, pair in steps if pair[0] != pair[1]):
                    found.setdefault(depth, set()).update((a[0], b[0]))
                    break
    return found[max(found)] if found else set()  # two sides of one split have most in common


def _encoded_apart(flow: Flow, learned: Learned, evaluation: Evaluation) -> Leak | None:
    """Categories of the features numbered once on the training rows and once more, differently, on the test rows."""
    if evaluation.kind is not EvaluationKind.METRIC or not evaluation.trained:
        return None
    if overlap(learned.rows, evaluation.trained) or not overlap(learned.rows, evaluation.rows):
        return None
    names = learned.columns
    if names and names <= _target_names(flow):
        return None  # the classes are the same on both sides, or the score fails
    if not names and "Label" in learned.what:
        return None
    twins = (
        one
        for one in flow.learned
        if one.kind is Learns.CATEGORIES and one.what == learned.what and overlap(one.rows, evaluation.trained)
    )
    if not any(not overlap(one.rows, evaluation.rows) for one in twins):
        return None
    return Leak("L110", learned, Severity.WARNING, evaluation, None)


def _both_sides(learned: Learned, evaluation: Evaluation) -> bool:
    return contains_some(learned.rows, evaluation.rows) and overlap(learned.rows, evaluation.trained)


def _before_split(flow: Flow, learned: Learned, evaluation: Evaluation, clean: Collection[Learned]) -> Leak | None:
    parted = parting(evaluation.trained, evaluation.rows)
    split = parted[0] if parted is not None else _first_selection(learned, evaluation)
    folds = split is not None and split in flow.splits and flow.splits[split].folds
    code = _code(flow, learned)
    if learned.concatenated and (_picked_apart(split) or not _same_table(learned, evaluation)):
        code = "L107"
    elif folds and code not in _OWN_CODES_IN_FOLDS:
        code = "L111"
    severity = Severity.ERROR if evaluation.trained else Severity.WARNING
    if evaluation.kind in (EvaluationKind.LOG, EvaluationKind.SEARCH) or learned.kind in _NUMBERS:
        severity = Severity.WARNING
    if learned.kind is Learns.RESAMPLE and learned.rows == evaluation.rows:
        return None
    if evaluation.kind is EvaluationKind.SEARCH and not _search_is_reported(flow, evaluation):
        severity = Severity.INFORMATION  # it chooses parameters, and nobody reads its score
    elif learned in clean:
        # the score that counts is on rows nothing was learned from; this one only guides choices
        severity = Severity.WARNING if learned.supervised and folds else Severity.INFORMATION
    return Leak(code, learned, severity, evaluation, split)


def _picked_apart(split: str | None) -> bool:
    """Whether a marker column, or the key of a concatenation, parts the rows again."""
    return split is not None and ("==" in split or split.startswith(("xs ", "'xs", "label ", "by key")))


def _same_table(learned: Learned, evaluation: Evaluation) -> bool:
    """Whether one of the tables put together holds both the training and the held-out rows."""
    return any(
        contains_some(frozenset({part}), evaluation.rows) and contains_some(frozenset({part}), evaluation.trained)
        for part in learned.rows
    )


def _first_selection(learned: Learned, evaluation: Evaluation) -> str | None:
    for part in in_order(evaluation.rows):
        for whole in in_order(learned.rows):
            if whole.strictly_contains(part):
                return part.path[len(whole.path)][0]
    return None


def _cleanly_scored(flow: Flow) -> set[Learned]:
    """What was learned, for which there is a score on rows that it was not learned from."""
    return {
        learned
        for e in flow.evaluations
        if e.kind is EvaluationKind.METRIC and e.trained and e.held_out
        for learned in e.learned
        if not overlap(learned.rows, e.rows)
    }


def _search_is_reported(flow: Flow, evaluation: Evaluation) -> bool:
    return any(
        e.kind is EvaluationKind.SEARCH and e.models == evaluation.models and e.node.__class__.__name__ == "Attribute"
        for e in flow.evaluations
    )


def _unscored(flow: Flow, seen: set[object]) -> Iterator[Leak]:
    """Nothing is scored in this file: say what would leak if it were, as information."""
    for training in flow.trainings:
        features = training.features
        for learned in learned_in_order(features.learned):
            if learned.key in seen or learned.kind not in _CODES or learned.kind in _NUMBERS:
                continue
            for part in in_order(features.rows):
                whole = [r for r in in_order(learned.rows) if r.strictly_contains(part)]
                if not whole:
                    continue
                key = part.path[len(whole[0].path)][0]
                split = flow.splits.get(key)
                if split is None or ":" not in key:
                    continue  # a filter, not a split
                seen.add(learned.key)
                yield Leak(_CODES[learned.kind], learned, Severity.INFORMATION, None, key)
                break


class PreprocessingRule(Rule):
    """Base of the rules that report `Leak`; a subclass has a code and its page."""

    def check(self, context: Context) -> Iterator[Finding]:
        for leak in leaks(context):
            if leak.code == self.code:
                node = leak.learned.node if leak.copied is None else leak.copied.node
                yield self.finding(context, node, self.message(leak), leak.severity, self.places(context, leak), leak)

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        return fit_after_split(context, place) if isinstance(place, Leak) else None

    def advise(self, context: Context, finding: Finding, place: object) -> Fix | None:
        return advice(context, place) if isinstance(place, Leak) else None

    def message(self, leak: Leak) -> str:
        learned = leak.learned
        subject = f"`{learned.what}`" + (f" ({learned.place.where})" if learned.place.where else "")
        if leak.copied is not None and leak.evaluation is not None:
            return (
                f"The columns listed here look like what {subject} chose on line {learned.place.line} with the test "
                f"rows of the score on line {leak.evaluation.key[0]}: choose them on the training rows only."
            )
        if leak.evaluation is None:
            return (
                f"{subject} {_VERBS[learned.kind]} on rows that are split afterwards: "
                "a score on the held-out part would be too good."
            )
        line = leak.evaluation.key[0]
        if learned.kind in _ROWS_MADE:
            return (
                f"{subject} makes rows from rows that hold the test rows of the score on line {line}, "
                "so test rows have copies among the training rows: split first, then add to the training part only."
            )
        return (
            f"{subject} {_VERBS[learned.kind]} on rows that hold the test rows of the score on line {line}: "
            "fit it on the training rows only."
        )

    def places(self, context: Context, leak: Leak) -> tuple[Related, ...]:
        related = []
        if leak.copied is not None:
            related.append(context.related(_CHOSEN, leak.learned.node))
        else:
            use = put_to_use(context, leak.learned)
            if use is not None:
                chosen = leak.learned.kind is Learns.SELECT
                related.append(context.related(_CHOSEN if chosen else "It reaches the rows here.", use))
        split = context.flow.splits.get(leak.split) if leak.split is not None else None
        if split is not None:
            related.append(context.related("The rows are split here, afterwards.", split.node))
        if leak.evaluation is not None and (split is None or leak.evaluation.node is not split.node):
            related.append(context.related("The score is computed here.", leak.evaluation.node))
        return tuple(related)
