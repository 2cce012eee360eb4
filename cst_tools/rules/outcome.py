"""L402: features computed from the target, and labels computed from columns that stay among the features."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cst_tools.flow import derivation, lineage
from cst_tools.flow.values import Columns, Learns, Training
from cst_tools.rules import aftermath, target
from cst_tools.rules.examples import program, split_program
from cst_tools.rules.rule import Context, Rule
from cst_tools.types import Finding, Fix, FixClass, Severity

_LATE = "df['late'] = df['delivered'] > df['promised']\n"


@dataclass(frozen=True)
class Outcome:
    """Columns among the features that give the target away."""

    names: frozenset[str]
    message: str
    node: ast.AST
    label_made: bool = False
    """The label was made of them, and some may be known beforehand."""
    by_name: bool = False
    """Names say so, no computation does."""


@dataclass(frozen=True)
class MadeOf:
    columns: target.Place


class TargetDerivedFeature(Rule):
    r"""A feature is computed from the target of the same row, or the target from features that are still there.

    ## What it does
    Remembers for each column of a table which columns it was computed from, row by row: arithmetic, comparisons,
    functions, `np.where`, `apply(axis=1)`. Reports features computed from the target, columns that a label was made
    of when all of them are still among the features, and features computed from all that the label was made of. As a
    warning, columns that are filled in with the outcome, where two names agree: a cancellation date beside a label
    `churned`, recoveries beside a loan's status. Lags of the target are no finding, neither are labels whose columns
    are dropped, nor labels that also depend on later rows or on something else.

    ## Why is this bad
    `price / area` next to `area` is the price; `delivered` and `promised` are whether it was late. The model reads the
    answer off its input, and in use the column is not known yet.

    ## Example
    ```python
    df["late"] = df["delivered"] > df["promised"]
    X = df.drop(columns=["late"])
    ```
    Use instead:
    ```python
    df["late"] = df["delivered"] > df["promised"]
    X = df.drop(columns=["late", "delivered"])
    ```

    ## Fix safety
    Safe for a feature computed from the target, where the features are chosen by a name, a `drop` or a list used once:
    the column is dropped there. To be reviewed where a label is made of several columns: the fix drops them all, and
    those known beforehand may stay.

    ## References
    - Kaufman, Rosset, Perlich: Leakage in Data Mining: Formulation, Detection, and Avoidance, KDD 2011
    - Kapoor, Narayanan: Leakage and the reproducibility crisis in machine-learning-based science, 2023
    """

    code = "L402"
    slug = "target-derived-feature"
    VALID = (
        split_program(_LATE + "X, y = df.drop(columns=['late', 'delivered', 'promised']), df['late']\n"),
        split_program(_LATE + "X, y = df.drop(columns=['late', 'delivered']), df['late']\n"),
        split_program("df['ratio'] = df['y'] / df['area']\nX = df.drop(columns=['y', 'ratio'])\ny = df['y']\n"),
        split_program("df['ratio'] = df['a'] / df['area']\nX = df.drop(columns=['y'])\n"),
        split_program("df['y'] = np.log1p(df['y'])\nX, y = df.drop(columns=['y']), df['y']\n"),
        split_program("df['high'] = (df['cost'] > 9).astype(int)\nX, y = df[['a', 'b']], df['high']\n"),
        split_program(
            "rng = np.random.default_rng(0)\ndf = pd.DataFrame({'a': rng.normal(size=99), 'b': rng.normal(size=99)})\n"
            "df['y'] = (df['a'] + df['b'] > 0).astype(int)\nX, y = df[['a', 'b']], df['y']\n"
        ),
        program(
            "df['up'] = (df['y'].shift(-1) > df['y']).astype(int)\nn = 800\nX, y = df[['y', 'a']], df['up']\n"
            "m = LogisticRegression().fit(X[:n], y[:n])\nprint(accuracy_score(y[n:], m.predict(X[n:])))\n"
        ),
        split_program("df['ok'] = df['mark'] >= 10\ndf['r'] = df['a'] / df['b']\nX, y = df[['b', 'r']], df['ok']\n"),
        split_program("X, y = df[['age', 'discharge_date']], df['readmitted']\n"),
        split_program("df['z'] = df['a'] * 2\ndf['a'] = 0\nX, y = df[['a', 'b']], df['z']\n"),
    )
    INVALID = (
        split_program("df['ratio'] = df['y'] / df['area']\nX, y = df.drop(columns=['y']), df['y']\n"),
        split_program("df['log_y'] = np.log1p(df['y'])\nX, y = df.drop(columns=['y']), df['y']\n"),
        split_program(_LATE + "X, y = df.drop(columns=['late']), df['late']\n"),
        split_program("df['high'] = (df['cost'] > 9).astype(int)\nX, y = df.drop(columns='high'), df['high']\n"),
        split_program("df['high'] = np.where(df['cost'] > 9, 1, 0)\nX, y = df[['a', 'cost']], df['high']\n"),
        split_program(
            "df['rate'] = df.apply(lambda r: r['y'] / r['area'], axis=1)\nX, y = df[['area', 'rate']], df['y']\n"
        ),
        split_program("df = df.assign(share=df['y'] / df['total'])\nX, y = df.drop(columns=['y']), df['y']\n"),
        split_program("y = df['end'] - df['start']\nX = df\n"),
        split_program("df['grade'] = pd.cut(df['score'], 3, labels=False)\nX, y = df[['a', 'score']], df['grade']\n"),
        split_program(
            "df['ok'] = df['mark'] >= 10\ndf['over'] = df['mark'] - 10\nX, y = df[['a', 'over']], df['ok']\n"
        ),
        split_program("df['gone'] = df['end'].notna()\nX, y = df.drop(columns='gone'), df['gone']\n"),
        split_program("X, y = df[['tenure', 'cancellation_reason']], df['churned']\n"),
        split_program("df['r'] = df['y'] / df['b']\ndf['s'] = np.sqrt(df['r'])\nX, y = df[['a', 's']], df['y']\n"),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        seen: set[object] = set()
        for training in context.flow.trainings:
            for outcome in outcomes(training):
                if outcome.node in seen:
                    continue
                seen.add(outcome.node)
                scored = target.is_scored(context.flow, training)
                related = (context.related("The model is trained on it here.", training.place.node),)
                severity = Severity.ERROR if scored else Severity.INFORMATION
                site = _site(training)
                columns = target.Place(outcome.names, site, target._is_parted_after(context.flow, training, site))
                place = MadeOf(columns) if outcome.label_made or outcome.by_name else columns
                yield self.finding(context, outcome.node, outcome.message, severity, related, place)

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        if isinstance(place, MadeOf):
            fix = target.drop_target(context, place.columns)
            return None if fix is None else replace(fix, safety=FixClass.REVIEW)
        return target.drop_target(context, place) if isinstance(place, target.Place) else None


def _site(training: Training) -> ast.AST:
    columns = training.features.columns
    if columns is not None and columns.site is not None:
        return columns.site.node
    return target._features_argument(training) or training.place.node


def outcomes(training: Training) -> Iterator[Outcome]:
    features, label = training.features.columns, training.target.columns
    if features is None or label is None or not training.follows_columns or features.table != label.table:
        return
    if training.features.rows != training.target.rows or label.only is None or len(label.only) > 8:
        return
    own: frozenset[str] = frozenset()
    if label.sure:
        own = features.same_content(label.only)
        yield from _from_target(training, features, own)
    made = _made(features, label)
    if made and lineage.any_of(training.features.learned | training.target.learned, Learns.RANDOM):
        return  # made up: the label is meant to follow from the features
    if made:
        yield from _from_features(training, features, label, made)
        yield from _beside_the_label(training, features, label, made, own)
    yield from _known_after(training, features, own, own | label.only | made)


def _made(features: Columns, label: Columns) -> frozenset[str]:
    """The columns that the label was computed from, in the same row; none where something else had a part in it."""
    if not label.sure:
        made = label.only if label.changed and label.only is not None else frozenset()
    elif label.only is None or len(label.only) != 1:
        made = frozenset()
    elif label.changed:
        made = label.only
    else:
        (name,) = label.only
        found = [d for d in (*features.derived, *label.derived) if d[0] == name]
        made = frozenset() if any(how for _, _, how, _ in found) else frozenset(source for _, source, _, _ in found)
    return frozenset() if derivation.OTHER in made else made


def _from_target(training: Training, features: Columns, names: frozenset[str]) -> Iterator[Outcome]:
    for name, (source, how, place) in sorted(
        derivation.computed_from(features, names).items(), key=lambda item: item[0]
    ):
        if how or not features.holds(name):
            continue  # windows over the target are L502
        node = place.node if place is not None else _site(training)
        text = f"`{name}` is computed from the target `{source}` of the same row and is among the features: drop it."
        yield Outcome(frozenset({name}), text, node)


def _from_features(training: Training, features: Columns, label: Columns, made: frozenset[str]) -> Iterator[Outcome]:
    ahead = {n.column for n in lineage.having(training.features.learned, Learns.FUTURE)}
    if not ahead.isdisjoint(made):
        return  # of a later row: L502 says so
    held = [_held(features, source) for source in sorted(made)]
    if not all(held):
        return
    names = frozenset().union(*held)
    shown = ", ".join(f"`{n}`" for n in sorted(names))
    name = next(iter(label.only)) if label.sure and not label.changed and label.only else ""
    subject = f"The target `{name}`" if name else "The target"
    text = f"{subject} is computed from {shown}, still among the features: drop what is only known with the outcome."
    yield Outcome(names, text, _site(training), label_made=True)


def _held(features: Columns, name: str) -> frozenset[str]:
    """The columns among the features that give ``name``: itself, or all that it was computed from."""
    if features.holds(name):
        return frozenset({name})
    copies = {copy for copy in features.same_content(frozenset({name})) if features.holds(copy)}
    if copies:
        return frozenset(copies)
    sources = derivation.made_of(features, name)
    if not sources or derivation.OTHER in sources or not all(features.holds(source) for source in sources):
        return frozenset()
    return sources


def _beside_the_label(
    training: Training, features: Columns, label: Columns, made: frozenset[str], own: frozenset[str]
) -> Iterator[Outcome]:
    """Features computed from what the label was computed from: `margin = grade - 10` for a label `grade >= 10`."""
    for name in sorted({made_ for made_, _, how, _ in features.derived if not how}):
        if name in own or name in made or not features.holds(name):
            continue
        if not made <= derivation.origins(features, name):
            continue
        shown = ", ".join(f"`{n}`" for n in sorted(made))
        place = derivation.written_at(features, name)
        text = f"`{name}` is computed from {shown}, which the target is made of, and is among the features: drop it."
        yield Outcome(frozenset({name}), text, place.node if place is not None else _site(training))


def _known_after(
    training: Training, features: Columns, own: frozenset[str], names: frozenset[str]
) -> Iterator[Outcome]:
    """Columns whose names say that they are filled in with the outcome that the target's names speak of."""
    names = frozenset(n for n in names if not n.startswith("#") and n != derivation.OTHER)
    plain = sorted(n for n in features.only or () if features.holds(n) and n not in own)
    found = {n: outcome for n in plain if (outcome := aftermath.known_after(names, n)) is not None}
    if found:
        shown, outcome = ", ".join(f"`{n}`" for n in found), next(iter(found.values()))
        verb = "is" if len(found) == 1 else "are"
        text = f"{shown} among the features {verb} only known once `{outcome}` is: drop what comes with the outcome."
        yield Outcome(frozenset(found), text, _site(training), by_name=True)
    for name in sorted({made for made, _, how, _ in features.derived if not how}):
        if name in own or name in found or not features.holds(name):
            continue
        origins = sorted(derivation.origins(features, name))
        known = ((source, outcome) for source in origins if (outcome := aftermath.known_after(names, source)))
        source, outcome = next(known, ("", ""))
        if not source or not own.isdisjoint(origins):
            continue
        place = derivation.written_at(features, name)
        text = f"`{name}` is computed from `{source}`, which is only known once `{outcome}` is: drop it."
        yield Outcome(frozenset({name}), text, place.node if place is not None else _site(training), by_name=True)
