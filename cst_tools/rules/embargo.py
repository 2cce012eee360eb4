"""L503: labels that reach over the cut between training and test rows."""

from __future__ import annotations

import ast
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cst_tools.flow import lineage
from cst_tools.flow import overlap as overlapping
from cst_tools.flow.lineage import Note
from cst_tools.flow.parting import How, Parting, sides
from cst_tools.flow.timing import AHEAD, is_time_name
from cst_tools.flow.values import Evaluation, Flow, Learns, Part, Place, Training, overlap
from cst_tools.rules.edit import Editor
from cst_tools.rules.examples import FIT, SCORE, program
from cst_tools.rules.rule import Context, Rule
from cst_tools.types import Finding, Fix, FixClass, Severity

_LABEL = "y = df['a'].shift(-{h})\nX = df[['a', 'b']]\n"
_HEAD = "from sklearn.model_selection import TimeSeriesSplit\n"
_CUT = "n = 800\nX_train, X_test, y_train, y_test = X[:n], X[n:], y[:n], y[n:]\n" + FIT + SCORE


@dataclass(frozen=True)
class Cut:
    """Training and test rows meet here, without a gap."""

    place: Place
    parting: Parting | None


class MissingGap(Rule):
    r"""Labels look several rows ahead, and training rows end right where test rows begin.

    ## What it does
    For a label made with `shift(-h)`, h greater than 1, or cut as a window of h rows behind the features' window, it
    looks at the cut between training and test rows: a slice, a date, `train_test_split(shuffle=False)`,
    `TimeSeriesSplit`. Reports cuts without a gap of at least h - 1 rows. Rows left out by another bound (`[:n - h]` and
    `[n:]`) are a gap.

    ## Why is this bad
    The last h - 1 training labels are computed from test rows: the model has seen part of what it is tested on.

    ## Example
    ```python
    y = df["close"].shift(-5)
    folds = TimeSeriesSplit(n_splits=5)
    ```
    Use instead:
    ```python
    folds = TimeSeriesSplit(n_splits=5, gap=5)
    ```

    ## Fix safety
    To be reviewed: `gap=h` for `TimeSeriesSplit`; h rows fewer at the end of a slice of training rows.

    ## References
    - Lopez de Prado: Advances in Financial Machine Learning, chapter 7, 2018
    - scikit-learn documentation, `TimeSeriesSplit`
    """

    code = "L503"
    slug = "missing-gap"
    VALID = (
        program(_LABEL.format(h=1) + _CUT),
        program(
            _LABEL.format(h=5) + "n = 800\nX_train, X_test, y_train, y_test = X[:n - 5], X[n:], y[:n - 5], y[n:]\n"
            + FIT + SCORE
        ),
        program(
            _HEAD + _LABEL.format(h=5)
            + "print(cross_val_score(LogisticRegression(), X, y, cv=TimeSeriesSplit(5, gap=5)).mean())\n"
        ),
        program(
            _LABEL.format(h=5)
            + "X_train, X_test = X[X.index < '2019-12-20'], X[X.index >= '2020-01-01']\n"
            "y_train, y_test = y[y.index < '2019-12-20'], y[y.index >= '2020-01-01']\n" + FIT + SCORE
        ),
        program(
            "n = 800\ntrain, test = df[:n].copy(), df[n:].copy()\nfor part in (train, test):\n"
            "    part['t'] = part['a'].shift(-5)\nmodel = LogisticRegression().fit(train[['a', 'b']], train['t'])\n"
            "print(accuracy_score(test['t'], model.predict(test[['a', 'b']])))\n"
        ),
        program("df['f'] = df['a'].shift(5)\nX, y = df[['f', 'b']], df['y']\n" + _CUT),
        program(
            _HEAD + "for h in (1, 3, 6):\n    y = df['a'].shift(-h)\n    X = df[['a', 'b']]\n"
            "    cv = TimeSeriesSplit(5, gap=h)\n    print(cross_val_score(LogisticRegression(), X, y, cv=cv).mean())\n"
        ),
        program(
            _LABEL.format(h=5) + "n = 800\nX_train, X_test, y_train, y_test = X[:n], X[n:], y[:n], y[n:]\n"
            "X_train, y_train = X_train[:-5], y_train[:-5]\n" + FIT + SCORE
        ),
    )  # fmt: skip
    INVALID = (
        program(_LABEL.format(h=5) + _CUT),
        program(
            _HEAD + _LABEL.format(h=7)
            + "print(cross_val_score(LogisticRegression(), X, y, cv=TimeSeriesSplit(n_splits=5)).mean())\n"
        ),
        program(
            _HEAD + "df['t'] = df['a'].pct_change(10).shift(-10)\nX, y = df[['a', 'b']], df['t']\n"
            "for i, j in TimeSeriesSplit(4).split(X):\n    model = LogisticRegression().fit(X.iloc[i], y.iloc[i])\n"
            "    print(accuracy_score(y.iloc[j], model.predict(X.iloc[j])))\n"
        ),
        program(
            _LABEL.format(h=3) + "X_train, X_test, y_train, y_test = train_test_split(X, y, shuffle=False)\n"
            + FIT + SCORE
        ),
        program(
            "df['t'] = df['a'].shift(-3)\ntrain, test = df.loc[:'2019'], df.loc['2020':]\n"
            "model = LogisticRegression().fit(train[['a', 'b']], train['t'])\n"
            "print(accuracy_score(test['t'], model.predict(test[['a', 'b']])))\n"
        ),
        program(
            "horizon = 24\ndf['t'] = df['a'].shift(-horizon)\ntrain, test = df[df['date'] < '2020'], "
            "df[df['date'] >= '2020']\nmodel = LogisticRegression().fit(train[['a', 'b']], train['t'])\n"
            "print(accuracy_score(test['t'], model.predict(test[['a', 'b']])))\n"
        ),
    )  # fmt: skip

    def check(self, context: Context) -> Iterator[Finding]:
        flow = context.flow
        seen: set[Place] = set()
        for training in flow.trainings:
            note = horizon(training)
            if note is None or note.amount is None:
                continue
            for evaluation in flow.evaluations:
                if not evaluation.held_out or not overlap(
                    evaluation.trained, training.features.rows | _parents(training)
                ):
                    continue
                cut = meeting(flow, evaluation, note)
                if cut is None or cut.place in seen:
                    continue
                seen.add(cut.place)
                message = (
                    f"The label looks {note.amount} rows ahead (line {note.place.line}), and no rows are left out "
                    f"between training and test: leave a gap of {note.amount} rows."
                )
                related = (
                    context.related("The label is made from later rows here.", note.place.node),
                    context.related("The score is computed here.", evaluation.place.node),
                )
                yield self.finding(context, cut.place.node, message, Severity.WARNING, related, (cut, note.amount))

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        if isinstance(place, tuple) and isinstance(place[0], Cut):
            return with_gap(context, place[0], place[1])
        return None


def horizon(training: Training) -> Note | None:
    """The shift that makes the label, where it reaches over more than one row."""
    found = [n for n in lineage.about(training.target, Learns.FUTURE) if n.amount is not None and n.amount > 1]
    found = [n for n in found if n.what.startswith(("shift", "pct_change", "diff", "roll", AHEAD))]
    return max(found, key=lambda n: (n.amount or 0, n.place.position)) if found else None


def _parents(training: Training) -> frozenset[Part]:
    """Cross-validation trains on parts of the rows it is given."""
    return training.features.rows


def meeting(flow: Flow, evaluation: Evaluation, note: Note) -> Cut | None:
    """Where training and test rows of a score meet in order, with too few rows between them for such a label."""
    ahead = note.amount or 0
    for key, found in sorted(sides(evaluation.trained, evaluation.rows).items()):
        pairs = [(a, b) for a, b in found if _reaches(note, a, b)]
        partings = [p for p in flow.of(Parting) if p.key == key]
        if any(p.how is not How.ORDERED for p in partings):
            continue
        if all(a.path[-1][0] != key for a, _ in pairs):
            continue  # more rows were taken off the training side afterwards
        if partings:
            parting = partings[0]
            if any(p.gap is None or p.gap != parting.gap or p.gap >= ahead - 1 for p in partings):
                continue  # a gap that differs from one round of a loop to the next goes with the label
            return Cut(parting.where, parting)
        split = flow.splits.get(key)
        if split is not None and _in_order(key):
            return Cut(_later_side(flow, key, split.place, evaluation), None)
    return _at_labels(flow, evaluation, note)


_LABEL_KEY = re.compile(r"""label at ['"]([\d-]+)['"]$""")


def _at_labels(flow: Flow, evaluation: Evaluation, note: Note) -> Cut | None:
    """``df.loc[:"2019"]`` and ``df.loc["2020":]``: one period after the other."""
    for held_out in sorted(evaluation.rows, key=str):
        for trained in sorted(evaluation.trained, key=str):
            if not trained.path or not held_out.path or trained.path[:-1] != held_out.path[:-1]:
                continue
            (end, before), (start, behind) = trained.path[-1], held_out.path[-1]
            last, first = _LABEL_KEY.match(end), _LABEL_KEY.match(start)
            if last is None or first is None or (before, behind) != (0, 1) or trained.root != held_out.root:
                continue
            split = flow.splits.get(start)
            if follows(last.group(1), first.group(1)) and split is not None and _reaches(note, trained, held_out):
                return Cut(split.place, None)
    return None


def follows(last: str, first: str) -> bool:
    """Whether one date, month or year comes right after another.

    >>> follows("2019", "2020"), follows("2019-12", "2020-01"), follows("2019-12-31", "2020")
    (True, True, True)
    >>> follows("2019-11", "2020"), follows("2019", "2021-01")
    (False, False)
    """
    try:
        year, month, day = (*(int(part) for part in last.split("-")), 0, 0)[:3]
        if day:
            after = datetime.date(year, month, day) + datetime.timedelta(days=1)
        else:
            after = datetime.date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
        begin = [*(int(part) for part in first.split("-")), 1, 1][:3]
        return after == datetime.date(*begin)
    except (ValueError, OverflowError):
        return False  # no date


def _reaches(note: Note, trained: Part, held_out: Part) -> bool:
    """Whether the labels were made where both sides were one: a part has no row behind its last one."""
    mine = [part for part in note.rows if part.root == trained.root]
    return not mine or all(any(part.overlaps(side) for part in mine) for side in (trained, held_out))


def _later_side(flow: Flow, key: str, place: Place, evaluation: Evaluation) -> Place:
    """Where the test rows are cut off, of two statements with the same bound."""
    behind = [c.place for c in flow.of(overlapping.Cut) if c.key == key and overlap(c.rows, evaluation.rows)]
    return max(behind, key=lambda p: p.position) if len(behind) > 1 else place


def _in_order(key: str) -> bool:
    """Whether a split without a splitter is a slice at a position, or a comparison with a moment."""
    if key.startswith(("at ", "label at ", "head ")):
        return True
    left = key.partition("<")[0]
    return "<" in key and (".index" in left or any(is_time_name(w) for w in left.replace("'", '"').split('"')))


def with_gap(context: Context, cut: Cut, ahead: int) -> Fix | None:
    if cut.parting is None or cut.parting.maker is None:
        return None
    maker = cut.parting.maker.node
    if not isinstance(maker, ast.Call):
        return None
    editor = Editor(context)
    kept = [context.source(n) for n in (*maker.args, *(k for k in maker.keywords if k.arg != "gap"))]
    editor.replace(maker, f"{context.source(maker.func)}({', '.join([*kept, f'gap={ahead}'])})")
    return Fix(f"Leave a gap of {ahead} rows", FixClass.REVIEW, editor.edits)
