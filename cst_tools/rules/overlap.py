"""L202: training and test rows overlap by the way they were made."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.flow.overlap import Cut, Loaded
from cst_tools.flow.relations import Common
from cst_tools.flow.values import Place
from cst_tools.rules.examples import FIT, SCORE, SPLIT, program
from cst_tools.rules.overlap_fixes import drop_sampled, fit_training_part, positions_for_labels
from cst_tools.rules.row_facts import Seen, kind_of, relations, seen
from cst_tools.rules.rule import Context, Rule
from cst_tools.types import Finding, Fix, Severity

_PARTS = "X_train, y_train = {t}[['a', 'b']], {t}['y']\nX_test, y_test = {u}[['a', 'b']], {u}['y']\n"


def _cut(body: str, train: str = "train", test: str = "test") -> str:
    """A program that makes two tables by hand, trains on one and scores the other."""
    return program(body + _PARTS.format(t=train, u=test) + FIT + SCORE)


class Overlap(Rule):
    r"""Some of the test rows are among the training rows by construction.

    ## What it does
    Reports scores on rows that overlap the training rows because of how both were made: `df.loc[:k]` and `df.loc[k:]`
    (labels are inclusive), slices and conditions that reach into each other, two independent random draws (`sample`
    twice, two differently seeded splits), a test part that was never taken out of the training table, a model fitted on
    `X, y` after `train_test_split(X, y)`, and one file read twice as training and as test data.

    ## Why is this bad
    The model has seen the answers of the rows that it is judged by. One shared row does little harm, a sampled fifth
    makes any flexible model look perfect.

    ## Example
    ```python
    train = df.sample(frac=0.8, random_state=1)
    test = df.sample(frac=0.2, random_state=2)
    ```
    Use instead:
    ```python
    train = df.sample(frac=0.8, random_state=1)
    test = df.drop(train.index)
    ```

    ## Fix safety
    Safe: `fit(X_train, y_train)` for `fit(X, y)` after a split, and `.iloc` for `.loc` where the table plainly has the
    index 0, 1, 2, ... For review: `drop(train.index)` for a second sample, and `.iloc` for an unseen index.

    ## References
    - pandas user guide, "Indexing and selecting data: Selection by label"
    - scikit-learn user guide, "Common pitfalls: Data leakage"
    """

    code = "L202"
    slug = "train-test-overlap"
    VALID = (
        _cut("train = df.iloc[:800]\ntest = df.iloc[800:]\n"),
        _cut("train, test = df[:800], df[800:]\n"),
        _cut("train = df.loc[:799]\ntest = df.loc[800:]\n"),
        _cut("k = 800\ntrain = df.loc[:k - 1]\ntest = df.loc[k:]\n"),
        _cut("train = df.loc[:'2019-12-31']\ntest = df.loc['2020-01-01':]\n"),
        _cut("train = df.sample(frac=0.8, random_state=1)\ntest = df.drop(train.index)\n"),
        _cut("train = df.sample(frac=0.8)\ntest = df[~df.index.isin(train.index)]\n"),
        _cut("train = df.sample(frac=0.8)\ntest = df.loc[df.index.difference(train.index)]\n"),
        _cut("train = df.sample(frac=0.8)\ntest = df[~df['id'].isin(train['id'])]\n"),
        _cut("m = np.random.rand(len(df)) < 0.8\ntrain, test = df[m], df[~m]\n"),
        _cut("train, test = df[df['year'] < 2020], df[df['year'] >= 2020]\n"),
        _cut("train = df[(df.year >= 2010) & (df.year < 2015)]\ntest = df[(df.year >= 2015) & (df.year < 2018)]\n"),
        _cut("train, test = df.query('year < 2020'), df.query('year >= 2020')\n"),
        _cut("i = np.random.choice(len(df), 80, replace=False)\ntrain = df.iloc[i]\ntest = df.drop(df.index[i])\n"),
        _cut("order = np.argsort(df['t'].values)\ntrain, test = df.iloc[order[:90]], df.iloc[order[90:]]\n"),
        _cut("train, test = df[::2], df[1::2]\n"),
        _cut("n = len(df)\ntrain, test = df.head(int(0.8 * n)), df.tail(int(0.2 * n))\n"),
        _cut("b = pd.Timestamp('2020-01-01')\ntrain, test = df[df['d'] < '2020-01-01'], df[df['d'] >= b]\n"),
        _cut("LAST, FIRST = 2019, 2020\ntrain, test = df[df['year'] <= LAST], df[df['year'] >= FIRST]\n"),
        _cut("def part(which):\n    return pd.read_csv(f'{which}.csv')\n\ntrain, test = part('train'), part('test')\n"),
        _cut("n = int(len(df) * 0.8)\ntrain, test = df[:n], df[n:]\n"),
        _cut("train, test = df.head(800), df.iloc[800:]\n"),
        program(
            "from sklearn.model_selection import ShuffleSplit\n"
            "a, b = next(ShuffleSplit(1).split(X))\nX_train, X_test, y_train, y_test = X.iloc[a], X.iloc[b], y[a], "
            "y[b]\n"
            + FIT + SCORE
        ),
        program(
            "X_train, X_test = train_test_split(X, test_size=0.3, random_state=7)\n"
            "y_train, y_test = train_test_split(y, test_size=0.3, random_state=7)\n" + FIT + SCORE
        ),
        program(SPLIT + FIT + SCORE + "model.fit(X, y)\nnew = pd.read_csv('new.csv')\nprint(model.predict(new))\n"),
        program(SPLIT + FIT + "pred = model.predict(X_test)\nmodel.fit(X, y)\nprint(accuracy_score(y_test, pred))\n"),
        program(
            "train, test = pd.read_csv('train.csv'), pd.read_csv('test.csv')\n"
            + _PARTS.format(t="train", u="test") + FIT + SCORE
        ),
        program(
            "train = pd.read_csv('all.csv', nrows=800)\ntest = pd.read_csv('all.csv', skiprows=range(1, 801))\n"
            + _PARTS.format(t="train", u="test") + FIT + SCORE
        ),
        program(
            "import argparse\n\ndef read(path):\n    return pd.read_csv(path).fillna(0)\n\n"
            "args = argparse.ArgumentParser().parse_args()\ntrain, test = read(args.train), read(args.test).sample(9)\n"
            + _PARTS.format(t="train", u="test") + FIT + SCORE
        ),
        program(
            "import argparse\n\nargs = argparse.ArgumentParser().parse_args()\ntrain = pd.read_csv(args.data)\n"
            "args.data = args.data.replace('train', 'test')\ntest = pd.read_csv(args.data)\n"
            + _PARTS.format(t="train", u="test") + FIT + SCORE
        ),
        program(
            "def read(path, part):\n    t = pd.read_csv(path)\n    return t[t['part'] == part]\n\n"
            "train, test = read('all.csv', 'train'), read('all.csv', 'test')\n"
            + _PARTS.format(t="train", u="test") + FIT + SCORE
        ),
        program(
            "def read(path, sheet):\n    return pd.read_excel(path, sheet_name=sheet)\n\n"
            "train, test = read('all.xlsx', 'train'), read('all.xlsx', 'test')\n"
            + _PARTS.format(t="train", u="test") + FIT + SCORE
        ),
        program(
            "from sklearn.ensemble import IsolationForest\n" + SPLIT
            + "f = IsolationForest().fit(X)\nprint(accuracy_score(y_test, f.predict(X_test) == -1))\n"
        ),
    )  # fmt: skip
    INVALID = (
        _cut("train = df.loc[:800]\ntest = df.loc[800:]\n"),
        _cut("n = int(len(df) * 0.8)\ntrain = df.loc[:n]\ntest = df.loc[n:]\n"),
        _cut("train = df.loc[:'2020-01-01']\ntest = df.loc['2020-01-01':]\n"),
        _cut("train, test = df[:900], df[800:]\n"),
        _cut("n = len(df)\ntrain, test = df[:int(n * 0.8)], df[int(n * 0.7):]\n"),
        _cut("train = df.sample(frac=0.8, random_state=1)\ntest = df.sample(frac=0.2, random_state=2)\n"),
        _cut("train = df.sample(700, random_state=1)\ntest = df.sample(300, random_state=1)\n"),
        _cut("train = df[np.random.rand(len(df)) < 0.8]\ntest = df[np.random.rand(len(df)) >= 0.8]\n"),
        _cut("train, test = df[df['year'] <= 2020], df[df['year'] >= 2020]\n"),
        _cut("test = df.sample(frac=0.2)\ntrain = df.copy()\n"),
        _cut("n = len(df)\ntrain, test = df.head(int(0.8 * n)), df.tail(int(0.3 * n))\n"),
        _cut("b = pd.Timestamp('2020-01-01')\ntrain, test = df[df['d'] < '2020-06-01'], df[df['d'] >= b]\n"),
        _cut("LAST, FIRST = 2019, 2018\ntrain, test = df[df['year'] <= LAST], df[df['year'] >= FIRST]\n"),
        _cut("train = df\ntest = df.iloc[800:]\n"),
        program(SPLIT + "model = LogisticRegression()\nmodel.fit(X, y)\nprint(model.score(X_test, y_test))\n"),
        program(
            SPLIT + "g = GridSearchCV(RandomForestClassifier(), {'max_depth': [2, 4]}, cv=3)\ng.fit(X, y)\n"
            "print(accuracy_score(y_test, g.predict(X_test)))\n"
        ),
        program(
            "def fit(m, a, b):\n    m.fit(a, b)\n    return m\n\n" + SPLIT
            + "m = fit(RandomForestClassifier(), X, y)\nprint(accuracy_score(y_test, m.predict(X_test)))\n"
        ),
        program(
            "train, test = pd.read_csv('all.csv'), pd.read_csv('all.csv')\n"
            + _PARTS.format(t="train", u="test") + FIT + SCORE
        ),
        program(
            "import argparse\n\ndef read(path):\n    return pd.read_csv(path).fillna(0)\n\n"
            "args = argparse.ArgumentParser().parse_args()\ntrain, test = read(args.data), read(args.data).sample(99)\n"
            + _PARTS.format(t="train", u="test") + FIT + SCORE
        ),
        program(
            "X_train, a, y_train, b = train_test_split(X, y, random_state=1)\n"
            "c, X_test, d, y_test = train_test_split(X, y, random_state=2)\n" + FIT + SCORE
        ),
        program(
            "for a, b in KFold(5).split(X):\n    m = LogisticRegression().fit(X, y)\n"
            "    print(m.score(X.iloc[b], y.iloc[b]))\n"
        ),
    )  # fmt: skip

    def check(self, context: Context) -> Iterator[Finding]:
        found: set[Place] = set()
        for one in seen(context):
            if kind_of(context, one) != self.code or not _counts(one):
                continue
            place = _place(context, one)
            if place in found:
                continue
            found.add(place)
            message = _message(context, one)
            related = [context.related("They are scored here.", one.evaluation.node)]
            if one.training is not None and one.training.place is not place:
                related.insert(0, context.related("The model is fitted on these rows.", one.training.node))
            yield self.finding(context, place.node, message, _severity(context, one), tuple(related), one)

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        if not isinstance(place, Seen):
            return None
        if place.common is Common.INCLUSIVE:
            return positions_for_labels(context, place)
        if place.common is Common.RANDOM:
            return drop_sampled(context, place)
        return fit_training_part(context, place) if place.common is Common.WITHIN else None


def _counts(one: Seen) -> bool:
    """A fit without labels learns nothing that the score asks for."""
    return not one.trainings or any(t.target.rows or len(t.features.items) > 1 for t in one.trainings)


def _place(context: Context, one: Seen) -> Place:
    """Where it went wrong: the fit on all rows, or else the selection of the scored rows."""
    flow = context.flow
    if one.trained.root != one.scored.root:
        loads = {loaded.root: loaded.place for loaded in flow.of(Loaded)}
        first, second = loads.get(one.trained.root), loads.get(one.scored.root)
        if first is not None and first is second:  # one helper reads both
            drawn = [flow.splits[key].place for key, _ in one.scored.path if key in flow.splits]
            return drawn[-1] if drawn else one.evaluation.place
        places = [loads[part.root] for part in (one.trained, one.scored) if part.root in loads]
        return max(places, key=lambda p: p.position) if places else one.evaluation.place
    key = _parting_key(one)
    split = flow.splits.get(key) if key is not None else None
    if one.common is Common.WITHIN and one.training is not None:
        both = split is not None and (split.folds or _gives_both(split.node))
        if both or flow.roles.get(one.trained) != "train":
            return one.training.place
    cuts = [cut.place for cut in flow.of(Cut) if cut.key == key and one.scored in cut.rows]
    if cuts:
        return cuts[0]
    return split.place if split is not None else one.evaluation.place


def _parting_key(one: Seen) -> str | None:
    """The selection by which the scored rows leave the way that both have in common."""
    for index, step in enumerate(one.scored.path):
        if index >= len(one.trained.path) or one.trained.path[index] != step:
            return step[0]
    return None


def _gives_both(node: ast.AST) -> bool:
    name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
    return name in ("train_test_split", "random_split")


def _severity(context: Context, one: Seen) -> Severity:
    if one.common is Common.MASKS:
        return Severity.WARNING
    if one.common is Common.INCLUSIVE:
        cut = relations(context).cuts.get(_parting_key(one) or "")
        bound = (cut.low or cut.high) if cut is not None else None
        return Severity.ERROR if bound is not None and not bound.label else Severity.WARNING
    return Severity.ERROR


def _message(context: Context, one: Seen) -> str:
    line = one.evaluation.place.line
    fitted = f"line {one.training.place.line}" if one.training is not None else "training"
    if one.trained.root != one.scored.root:
        loads = {loaded.root: loaded.place for loaded in context.flow.of(Loaded)}
        if one.scored.root in loads and loads[one.scored.root] is loads.get(one.trained.root):
            return (
                f"The rows scored in line {line} and those of {fitted} come from one file, which line "
                f"{loads[one.scored.root].line} reads twice: read another one, or split this one."
            )
        return (
            f"This is the file that was read before: the rows scored in line {line} are training rows; read "
            "another one, or split this one."
        )
    if one.common is Common.WITHIN:
        return f"The rows scored in line {line} are among those of {fitted}: fit on the training part only."
    if one.common is Common.INCLUSIVE:
        return (
            f"Both parts hold the row at the cut, as labels are inclusive: it is trained on in {fitted} and scored in "
            f"line {line}; cut by position with `.iloc`."
        )
    if one.common is Common.RANDOM:
        return (
            f"These rows were drawn independently of the training rows of {fitted}, so many are among them and "
            f"scored in line {line}: take the rows that are left, as `df.drop(train.index)` does."
        )
    what = "conditions" if one.common is Common.MASKS else "slices"
    return (
        f"The {what} overlap: rows scored in line {line} are trained on in {fitted}; begin where the training part "
        "ends."
    )
