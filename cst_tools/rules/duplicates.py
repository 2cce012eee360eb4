"""L203: copies of one row on both sides of the split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cst_tools.flow import duplicates
from cst_tools.flow.duplicates import Duplicated
from cst_tools.flow.lineage import any_of
from cst_tools.flow.parting import How, Parting
from cst_tools.flow.values import Evaluation, EvaluationKind, Flow, Learns, Part, Split, in_order
from cst_tools.rules.examples import FIT, SCORE, SPLIT, program
from cst_tools.rules.rule import Context, Rule
from cst_tools.types import Finding, Severity

_XY = "X, y = df.drop(columns=['y']), df['y']\n"
_REST = _XY + SPLIT + FIT + SCORE
_WORDS = {
    duplicates.COPIES: "Rows are repeated here",
    duplicates.EXPLODE: "`explode` makes several rows of one here",
    duplicates.JOIN: "This join makes several rows of one here",
}


@dataclass(frozen=True)
class Spread:
    duplicated: Duplicated
    split: Split
    evaluation: Evaluation
    how: How


class DuplicatesAcrossSplit(Rule):
    r"""One row, or most of it, is there several times, and the copies are split apart at random.

    ## What it does
    Reports what makes several rows of one (`explode`, a join with several matches a row, `concat` of a table with
    itself, `repeat`) where the rows are afterwards split at random or into folds and scored. Rows of one class
    repeated, or drawn with replacement, are resampling: L108.
    `drop_duplicates`, aggregating, group splitters and splits by position end the matter.

    ## Why is this bad
    The model has seen copies of the test rows, with their labels. It is asked what it knows by heart, and a model that
    learns by heart wins.

    ## Example
    ```python
    df = pd.concat([df, df])
    X_train, X_test, y_train, y_test = train_test_split(df[features], df["y"])
    ```
    Use instead:
    ```python
    train, test = train_test_split(df)
    train = pd.concat([train, train])
    ```

    ## Fix safety
    There is no edit: whether rows are repeated after the split, dropped, or split in groups is for the author to say.

    ## References
    - scikit-learn user guide, "Group cross-validation iterators"
    - imbalanced-learn user guide, "Common pitfalls and recommended practices"
    """

    code = "L203"
    slug = "duplicates-across-split"
    VALID = (
        program(
            SPLIT + "X_train, y_train = pd.concat([X_train, X_train]), pd.concat([y_train, y_train])\n" + FIT + SCORE
        ),
        program("df = pd.concat([df, df]).drop_duplicates()\n" + _REST),
        program("more = pd.read_csv('more.csv')\ndf = pd.concat([df, more])\n" + _REST),
        program("df = pd.concat([df, df[['a']].rename(columns={'a': 'b'})], axis=1)\n" + _REST),
        program(
            "customers, orders = pd.read_csv('customers.csv'), pd.read_csv('orders.csv')\n"
            "sums = orders.groupby('customer_id', as_index=False).agg({'price': 'sum'})\n"
            "df = customers.merge(sums, on='customer_id')\n" + _REST
        ),
        program("df = pd.concat([df[df['y'] == 0], df[df['y'] == 1]])\n" + _REST),
        program("df = df.sample(frac=1, random_state=0)\n" + _REST),
        program("df = df.sample(n=500, random_state=0)\n" + _REST),
        program("a = df.explode('tags')\nprint(a['tags'].value_counts())\n" + _REST),
        program(
            "df = df.explode('tags')\nX, y = df[['a']], df['y']\n"
            "X_train, X_test, y_train, y_test = X[:90], X[90:], y[:90], y[90:]\n" + FIT + SCORE
        ),
        program("df = df.explode('tags').drop_duplicates('doc')\n" + _REST),
        program(
            "train, test = train_test_split(df)\ntrain, test = train.explode('tags'), test.explode('tags')\n"
            "model = LogisticRegression().fit(train[['a']], train['y'])\nprint(model.score(test[['a']], test['y']))\n"
        ),
        program(
            "from sklearn.model_selection import GroupShuffleSplit\ndf = df.explode('tags')\n" + _XY
            + "a, b = next(GroupShuffleSplit(1).split(X, y, groups=df['doc']))\n"
            "model = LogisticRegression().fit(X.iloc[a], y.iloc[a])\nprint(model.score(X.iloc[b], y.iloc[b]))\n"
        ),
        program("cities = pd.read_csv('cities.csv')\ndf = df.merge(cities, on='city_id', how='left')\n" + _REST),
        program(
            "train, test = train_test_split(df)\nboot = train.sample(frac=1, replace=True)\n"
            "model = LogisticRegression().fit(boot[['a']], boot['y'])\nprint(model.score(test[['a']], test['y']))\n"
        ),
        program(
            "boot = df.sample(frac=1, replace=True, random_state=1)\nout = df.drop(boot.index)\n"
            "model = LogisticRegression().fit(boot[['a']], boot['y'])\nprint(model.score(out[['a']], out['y']))\n"
        ),
    )  # fmt: skip
    INVALID = (
        program("df = df.explode('tags')\n" + _REST),
        program("df = pd.concat([df] * 3, ignore_index=True)\n" + _REST),
        program("X, y = np.vstack([X, X]), np.hstack([y, y])\n" + SPLIT + FIT + SCORE),
        program(
            "A, b = np.repeat(X.values, 5, axis=0), np.repeat(y.values, 5)\n"
            "print(cross_val_score(LogisticRegression(), A, b, cv=KFold(5, shuffle=True)).mean())\n"
        ),
        program(
            "def load():\n    t = pd.read_csv('t.csv')\n    t['tags'] = t['tags'].str.split()\n"
            "    return t.explode('tags')\n\ndf = load()\n" + _REST
        ),
        program(
            "df = df.explode('tags')\n" + _XY
            + "for a, b in KFold(5, shuffle=True).split(X):\n    m = LogisticRegression().fit(X.iloc[a], y.iloc[a])\n"
            "    print(m.score(X.iloc[b], y.iloc[b]))\n"
        ),
        program("df = df.loc[df.index.repeat(4)]\n" + _REST),
        program(
            "customers, orders = pd.read_csv('customers.csv'), pd.read_csv('orders.csv')\n"
            "df = customers.merge(orders, on='customer_id')\n" + _REST
        ),
        program(
            "orders, clicks = pd.read_csv('orders.csv'), pd.read_csv('clicks.csv')\n"
            "df = orders.merge(clicks[['order_id', 'a']], on='order_id', how='left')\n" + _REST
        ),
        program("df = pd.merge(df, pd.read_csv('b.csv'), on='k', validate='one_to_many')\n" + _REST),
    )  # fmt: skip

    def check(self, context: Context) -> Iterator[Finding]:
        made = context.flow.of(Duplicated)
        if not made:
            return
        found: set[object] = set()
        for evaluation in context.flow.evaluations:
            spread = _spread(context.flow, evaluation, made)
            if spread is None or spread.split.key in found or spread.duplicated.place in found:
                continue
            found |= {spread.split.key, spread.duplicated.place}
            split_line = spread.split.place.line
            message = (
                f"{_WORDS[spread.duplicated.what]}, and line {split_line} splits them apart: copies of test rows are "
                "trained on; split first, or keep copies together with a group splitter."
            )
            related = (
                context.related("The copies are split apart here.", spread.split.node),
                context.related("The score is computed here.", evaluation.node),
            )
            yield self.finding(context, spread.duplicated.place.node, message, Severity.WARNING, related, spread)


def _spread(flow: Flow, evaluation: Evaluation, made: tuple[Duplicated, ...]) -> Spread | None:
    """Duplicates made before the split that parts the scored rows from the training rows."""
    if not evaluation.held_out or not evaluation.trained or evaluation.kind is EvaluationKind.LOG:
        return None
    if any(one.kind is Learns.AUGMENT for one in evaluation.learned):
        return None  # the copies were changed: L109 says so
    marks = {one.place for one in evaluation.learned if one.kind is Learns.DUPLICATES}
    for duplicated in made:
        if duplicated.place not in marks:
            continue
        split = _parted_after(flow, duplicated, evaluation)
        if split is None:
            continue
        how = _how(flow, split)
        copies = duplicated.what == duplicates.COPIES
        if how is How.RANDOM or (how is How.FOLDS and copies):
            return Spread(duplicated, split, evaluation, how)
    return None


def _parted_after(flow: Flow, duplicated: Duplicated, evaluation: Evaluation) -> Split | None:
    """The split of the duplicated rows that has training rows on one side and scored rows on another."""
    for whole in in_order(duplicated.rows):
        for scored in in_order(evaluation.rows):
            for trained in in_order(evaluation.trained):
                if whole.strictly_contains(scored) and whole.strictly_contains(trained):
                    key = _key(whole, trained, scored)
                    if key is not None and key in flow.splits:
                        return flow.splits[key]
    return None


def _key(whole: Part, trained: Part, scored: Part) -> str | None:
    taken = dict(trained.path[len(whole.path) :])
    return next((key for key, side in scored.path[len(whole.path) :] if key in taken and taken[key] != side), None)


def _how(flow: Flow, split: Split) -> How:
    found = [p for p in flow.of(Parting) if p.key == split.key]
    if any(any_of(p.learned, Learns.ORDERED, Learns.DATES) for p in found):
        return How.UNKNOWN  # rows in time order: the random split itself is the finding
    return found[0].how if found else How.UNKNOWN
