"""L501: rows that follow each other in time, split at random."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.flow import lineage
from cst_tools.flow.parting import How, Parting, reported_elsewhere, scored_apart
from cst_tools.flow.values import Evaluation, Flow, Learned, Learns, contains_some
from cst_tools.rules.edit import Editor
from cst_tools.rules.examples import FIT, SCORE, SPLIT, program
from cst_tools.rules.groups import is_a_look, several_rows_each
from cst_tools.rules.rule import Context, Rule
from cst_tools.types import Finding, Fix, FixClass, Severity

_LAG = "df['before'] = df['y'].shift(1)\ndf = df.dropna()\nX, y = df[['a', 'before']], df['y']\n"
_TRAIN = FIT + SCORE


class RandomSplitOfSeries(Rule):
    r"""Rows that follow each other in time are split, or folded, at random.

    ## What it does
    Reports random splits (`train_test_split` with its default `shuffle=True`, `KFold(shuffle=True)`, `ShuffleSplit`,
    `sample`, a shuffled index, a random mask) of a table whose rows are in time order: it has a date index, was sorted
    by date or resampled, has lags, differences or rolling windows among its columns, a label shifted from a later row,
    or consists of overlapping windows of a series. Folds in order of the rows (`KFold` without shuffling) are a hint.

    ## Why is this bad
    Neighbouring rows are alike. With a test row's yesterday and tomorrow among the training rows, the model
    interpolates, where in use it has to extrapolate: the score is that of another, easier task.

    ## Example
    ```python
    df["yesterday"] = df["sales"].shift(1)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
    ```
    Use instead:
    ```python
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, shuffle=False)
    ```

    ## Fix safety
    To be reviewed: the split is made in order of the rows (`shuffle=False`, `TimeSeriesSplit`), which supposes that
    they are sorted by time. A date that only serves as a feature of independent rows is no evidence, and no finding.

    ## References
    - Bergmeir, Benitez: On the use of cross-validation for time series predictor evaluation, 2012
    - scikit-learn documentation, "Time Series Split"
    """

    code = "L501"
    slug = "random-split-of-time-series"
    VALID = (
        program(_LAG + "X_train, X_test, y_train, y_test = train_test_split(X, y, shuffle=False)\n" + _TRAIN),
        program(
            "df['when'] = pd.to_datetime(df['when'])\ndf['month'] = df['when'].dt.month\nX = df[['a', 'month']]\n"
            + SPLIT
            + _TRAIN
        ),
        program(
            "df = df.sort_values('date')\nn = int(len(df) * 0.8)\nX, y = df[['a', 'b']], df['y']\n"
            "X_train, X_test, y_train, y_test = X[:n], X[n:], y[:n], y[n:]\n" + _TRAIN
        ),
        program(
            "from sklearn.model_selection import TimeSeriesSplit\n"
            + _LAG
            + "print(cross_val_score(LogisticRegression(), X, y, cv=TimeSeriesSplit(5)).mean())\n"
        ),
        program(
            "df = df.sort_values('date').groupby('customer_id').agg({'a': 'last', 'b': 'sum', 'y': 'max'})\n"
            "X, y = df[['a', 'b']], df['y']\n" + SPLIT + _TRAIN
        ),
        program(
            "df = df.sort_values('date').drop_duplicates('house_id', keep='last')\nX, y = df[['a', 'b']], df['y']\n"
            + SPLIT
            + _TRAIN
        ),
        program(
            _LAG + "X_train, X_test = X[X.index < '2020'], X[X.index >= '2020']\n"
            "y_train, y_test = y[y.index < '2020'], y[y.index >= '2020']\n" + _TRAIN
        ),
        program(
            "vectors = []\nfor i in range(0, len(df), 32):\n    vectors.append(encode(df[['a', 'b']][i:i + 32]))\n"
            "X = np.vstack(vectors)\n" + SPLIT + _TRAIN
        ),
    )
    INVALID = (
        program(_LAG + SPLIT + _TRAIN),
        program(
            "df = pd.read_csv('d.csv', parse_dates=['date'], index_col='date')\nX, y = df[['a', 'b']], df['y']\n"
            + SPLIT
            + _TRAIN
        ),
        program(
            "df['date'] = pd.to_datetime(df['date'])\ndf = df.sort_values('date')\nX, y = df[['a', 'b']], df['y']\n"
            + SPLIT
            + _TRAIN
        ),
        program(
            "df['week'] = df['y'].shift(1).rolling(7).mean()\nX, y = df[['a', 'week']], df['y']\n"
            "print(cross_val_score(LogisticRegression(), X, y, cv=KFold(5, shuffle=True)).mean())\n"
        ),
        program(
            "y = df['a'].shift(-1)\nX = df[['a', 'b']]\nfor i, j in KFold(n_splits=5, shuffle=True).split(X):\n"
            "    model = LogisticRegression().fit(X.iloc[i], y.iloc[i])\n"
            "    print(accuracy_score(y.iloc[j], model.predict(X.iloc[j])))\n"
        ),
        program(
            "s = df['a'].values\nX, y = [], []\nfor i in range(len(s) - 10):\n    X.append(s[i:i + 10])\n"
            "    y.append(s[i + 10])\nX, y = np.array(X), np.array(y)\n" + SPLIT + _TRAIN
        ),
        program(
            _LAG + "order = np.random.permutation(len(df))\nX, y = X.iloc[order], y.iloc[order]\n"
            "X_train, X_test, y_train, y_test = X[:900], X[900:], y[:900], y[900:]\n" + _TRAIN
        ),
        program(
            "daily = df.set_index(pd.to_datetime(df['day'])).resample('D').mean()\n"
            "train = daily.sample(frac=0.8, random_state=0)\ntest = daily.drop(train.index)\n"
            "model = LogisticRegression().fit(train[['a', 'b']], train['y'])\n"
            "print(accuracy_score(test['y'], model.predict(test[['a', 'b']])))\n"
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        flow = context.flow
        for parting in random_partings(flow):
            scored = scores(flow, parting)
            note = evidence(parting.learned) or _from_scores(parting, scored)
            group = several_rows_each(flow, parting)
            if note is None or (group is not None and not is_a_look(group)):
                continue
            if not scored and parting.tool in ("sample", "a random choice of rows", "a slice of shuffled rows"):
                continue  # fewer rows, not two sides
            severity = Severity.WARNING
            if parting.how is How.FOLDS or not scored or reported_elsewhere(flow, parting):
                severity = Severity.INFORMATION
            how = "in folds that train on later rows" if parting.how is How.FOLDS else "at random"
            message = (
                f"Rows in time order ({note.what} on line {note.place.line}) are split {how} by `{parting.tool}`: "
                "train on earlier rows and test on later ones."
            )
            related = [context.related("This says that the rows follow each other in time.", note.node)]
            related += [context.related("The score is computed here.", e.place.node) for e in scored[:1]]
            yield self.finding(context, parting.where.node, message, severity, tuple(related), parting)

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        return in_order(context, place) if isinstance(place, Parting) else None


def random_partings(flow: Flow) -> Iterator[Parting]:
    """Every place where rows are parted without regard to order or group, once."""
    seen: set[str] = set()
    for parting in flow.of(Parting):
        if parting.how in (How.RANDOM, How.FOLDS) and parting.key not in seen:
            same = [p for p in flow.of(Parting) if p.key == parting.key]
            seen.add(parting.key)
            yield next((p for p in same if evidence(p.learned) is not None), parting)


def evidence(learned: frozenset[Learned]) -> Learned | None:
    """The first sign that rows follow each other in time."""
    found = lineage.having(learned, Learns.ORDERED)
    return min(found, key=lambda n: (n.place.position, n.what)) if found else None


def _from_scores(parting: Parting, scored: list[Evaluation]) -> Learned | None:
    """A label shifted from a later row says so too, though only the features went through the split."""
    before = (n for e in scored for n in e.learned if contains_some(n.rows, parting.rows))
    return evidence(frozenset(before))


def scores(flow: Flow, parting: Parting) -> list[Evaluation]:
    """Held-out scores whose training and test rows this parted."""
    return scored_apart(flow).get(parting.key, [])


def in_order(context: Context, parting: Parting) -> Fix | None:
    """Split in the order of the rows."""
    editor = Editor(context)
    call = parting.place.node
    maker = parting.maker.node if parting.maker is not None else None
    if isinstance(maker, ast.Call):
        name = editor.name_for("sklearn.model_selection", "TimeSeriesSplit")
        if name is None:
            return None
        editor.replace(maker, f"{name}(n_splits={folds_of(context, maker)})")
        return Fix("Train on earlier folds, test on later ones", FixClass.REVIEW, editor.edits)
    if not isinstance(call, ast.Call) or parting.tool != "train_test_split":
        return None
    gone = ("shuffle", "random_state", "stratify")
    kept = [context.source(n) for n in (*call.args, *(k for k in call.keywords if k.arg not in gone))]
    editor.replace(call, f"{context.source(call.func)}({', '.join([*kept, 'shuffle=False'])})")
    return Fix("Split in the order of the rows", FixClass.REVIEW, editor.edits)


def folds_of(context: Context, maker: ast.Call) -> str:
    """The number of folds that a splitter is made with, as written."""
    given = next((k.value for k in maker.keywords if k.arg == "n_splits"), maker.args[0] if maker.args else None)
    return context.source(given) if given is not None else "5"
