"""L601: rows of one patient, user or session on both sides of the split."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.flow import lineage
from cst_tools.flow.grouping import Grouped, names_person, words
from cst_tools.flow.parting import How, Parting, reported_elsewhere, scored_apart
from cst_tools.flow.values import Flow, Learns
from cst_tools.rules.edit import Editor
from cst_tools.rules.examples import FIT, SCORE, SPLIT, program
from cst_tools.rules.rule import Context, Rule
from cst_tools.types import Finding, Fix, FixClass, Severity

_VISIT = "df['visit'] = df.groupby('patient_id').cumcount()\nX, y = df[['a', 'visit']], df['y']\n"
_TRAIN = FIT + SCORE
_FILES = (
    "import torch\nfrom pathlib import Path\nfrom torch.utils.data import DataLoader, Dataset, random_split\n"
    "class Scans(Dataset):\n    def __init__(self, root):\n        self.items = []\n"
    "        for path in Path(root).glob('*.png'):\n            {0} = path.stem.split('_')[0]\n"
    "            self.items.append((path, {0}))\n    def __getitem__(self, i):\n        return load(self.items[i])\n"
    "train, test = random_split(Scans('scans'), [80, 20])\nnet = torch.nn.Linear(9, 1)\n"
    "steps = torch.optim.Adam(net.parameters())\nfor x, y in DataLoader(train, 8):\n"
    "    torch.nn.functional.mse_loss(net(x), y).backward()\n    steps.step()\n"
    "for x, y in DataLoader(test, 8):\n    print(accuracy_score(y, net(x).argmax(1)))\n"
)
_VISITS = "visits = pd.read_csv('v.csv')\npatients = pd.read_csv('p.csv')\n"


class GroupsSplitApart(Rule):
    r"""Several rows belong to one patient, user or session, and the split puts them on both sides.

    ## What it does
    Looks for a column that tells whose row it is (`patient_id`, `subject`, `user_id`, `session`, `speaker`, ...) and
    for a sign that several rows share its values: values for each row from `groupby` (`transform`, `cumcount`,
    `shift`), windows cut for each subject, records merged with a table of persons, ids cut out of file names, counts of
    rows an id, one file a subject put together, `groups` that no splitter gets. Reports splits and folds of these rows
    that do not keep groups together. Users with the items they rate are a hint: known users are asked about again.

    ## Why is this bad
    The model recognises the patient instead of the disease. On patients it has never seen, the score will not hold.

    ## Example
    ```python
    df["visit"] = df.groupby("patient_id").cumcount()
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    ```
    Use instead:
    ```python
    rows = GroupShuffleSplit(n_splits=1, test_size=0.25).split(X, y, groups=df["patient_id"])
    train_rows, test_rows = next(rows)
    ```

    ## Fix safety
    To be reviewed: the fix splits by the group column, which must have the same rows as the features. One row for each
    id (`groupby(...).agg`, `drop_duplicates`), ids split first, and group splitters are no finding.

    ## References
    - Saeb et al.: The need to approximate the use-case in clinical machine learning, GigaScience 2017
    - scikit-learn documentation, "Cross-validation iterators for grouped data"
    """

    code = "L601"
    slug = "groups-split-apart"
    VALID = (
        program("df = df.groupby('patient_id').agg({'a': 'mean', 'y': 'max'})\nX, y = df[['a']], df['y']\n" + SPLIT
                + _TRAIN),
        program(
            "from sklearn.model_selection import GroupKFold\n" + _VISIT
            + "print(cross_val_score(LogisticRegression(), X, y, cv=GroupKFold(5), groups=df['patient_id']).mean())\n"
        ),
        program(
            "from sklearn.model_selection import GroupShuffleSplit\n" + _VISIT
            + "i, j = next(GroupShuffleSplit(1).split(X, y, df['patient_id']))\n"
            "X_train, X_test, y_train, y_test = X.iloc[i], X.iloc[j], y.iloc[i], y.iloc[j]\n" + _TRAIN
        ),
        program(
            _VISIT + "a, b = train_test_split(df['patient_id'].unique())\n"
            "train, test = df[df['patient_id'].isin(a)], df[df['patient_id'].isin(b)]\n"
            "model = LogisticRegression().fit(train[['a']], train['y'])\n"
            "print(accuracy_score(test['y'], model.predict(test[['a']])))\n"
        ),
        program("print(df['speaker'].value_counts())\nX, y = df[['a', 'b']], df['speaker']\n" + SPLIT + _TRAIN),
        program("X = df.drop(columns=['patient_id', 'y'])\n" + SPLIT + _TRAIN),
        program("assert df['patient_id'].nunique() == len(df)\nX = df[['a', 'b']]\n" + SPLIT + _TRAIN),
        program(
            "df['nth'] = df.groupby('user_id').cumcount()\nX, y = df[['user_id', 'movie_id']], df['rating']\n"
            + SPLIT + _TRAIN
        ),
        program(
            "students = []\nfor name in ('a', 'b'):\n    students.append(np.full(9, name))\nX = df[['a', 'b']]\n"
            + SPLIT + _TRAIN
        ),
        program(
            "parts, speaker = [], []\nfor k, name in enumerate(['a', 'b']):\n    part = pd.read_csv(name)\n"
            "    parts.append(part)\n    speaker.append(np.full(len(part), k))\n"
            "X, y = pd.concat(parts), np.concatenate(speaker)\n" + SPLIT + _TRAIN
        ),
        program("df['nth'] = df.groupby('colour').cumcount()\nX = df[['a', 'nth']]\n" + SPLIT + _TRAIN),
        program(
            "print(df['user_id'].nunique())\ndf = df.drop_duplicates('user_id')\nX, y = df[['a']], df['y']\n"
            + SPLIT + _TRAIN
        ),
        program(
            _VISITS + "sums = visits.groupby('patient_id').agg({'cost': 'sum'})\n"
            "df = patients.merge(sums, on='patient_id')\nX, y = df[['age', 'cost']], df['y']\n" + SPLIT + _TRAIN
        ),
        program(_FILES.format("kind")),
    )  # fmt: skip
    INVALID = (
        program(_FILES.format("patient_id")),
        program(_VISIT + SPLIT + _TRAIN),
        program("df['visit'] = df.groupby('user_id').cumcount()\nX = df[['a', 'visit']]\n" + SPLIT + _TRAIN),
        program(_VISIT + "print(cross_val_score(LogisticRegression(), X, y, cv=5).mean())\n"),
        program(
            _VISIT + "for i, j in KFold(5).split(X, y):\n    model = LogisticRegression().fit(X.iloc[i], y.iloc[i])\n"
            "    print(accuracy_score(y.iloc[j], model.predict(X.iloc[j])))\n"
        ),
        program(
            _VISITS + "df = visits.merge(patients, on='patient_id')\nX, y = df[['age', 'cost']], df['y']\n"
            + SPLIT + _TRAIN
        ),
        program(
            "df['subject'] = df['file'].str.split('_').str[0]\nX = df[['a', 'b']]\n" + SPLIT + _TRAIN
        ),
        program("groups = df['patient_id']\nX = df[['a', 'b']]\n" + SPLIT + _TRAIN),
        program(
            "parts = []\nfor subject in range(20):\n    parts.append(pd.read_csv(f's{subject}.csv'))\n"
            "df = pd.concat(parts)\nX, y = df[['a', 'b']], df['y']\n" + SPLIT + _TRAIN
        ),
        program(
            "parts, subjects = [], []\nfor name in open('all.txt').read().split():\n    part = pd.read_csv(name)\n"
            "    parts.append(part)\n    subjects.append(np.full(len(part), int(name)))\n"
            "df, subjects = pd.concat(parts), np.concatenate(subjects)\nX, y = df[['a', 'b']], df['y']\n"
            + SPLIT + _TRAIN
        ),
        program(
            "parts, owners = [], []\nfor name in open('all.txt').read().split():\n    part = pd.read_csv(name)\n"
            "    parts.append(part)\n    owners.extend([name] * len(part))\n"
            "df = pd.concat(parts)\nX, y = df[['a', 'b']], df['y']\n" + SPLIT + _TRAIN
        ),
        program("print(len(df), df['participant'].nunique())\nX = df[['a', 'b']]\n" + SPLIT + _TRAIN),
    )  # fmt: skip

    def check(self, context: Context) -> Iterator[Finding]:
        flow = context.flow
        seen: set[object] = set()
        for parting in flow.of(Parting):
            group = several_rows_each(flow, parting) or things_each(flow, parting)
            if group is None or parting.key in seen or _is_the_label(context, group):
                continue
            if group.how in _LOOKS and _checks_that_all_differ(context, group.place.node):
                continue
            seen.add(parting.key)
            scored = scored_apart(flow).get(parting.key, [])
            severity = Severity.WARNING if scored and not is_a_look(group) else Severity.INFORMATION
            inner = _picked_by_id(parting, group) or reported_elsewhere(flow, parting, group.column)
            if inner or _recommends(flow, parting, group):
                severity = Severity.INFORMATION
            message = (
                f"Several rows share a `{group.column}` (line {group.place.line}), and `{parting.tool}` puts them on "
                "both sides: split by group."
            )
            related = [context.related("Rows belong together here.", group.place.node)]
            related += [context.related("The score is computed here.", e.place.node) for e in scored[:1]]
            yield self.finding(context, parting.where.node, message, severity, tuple(related), (parting, group))

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        if isinstance(place, tuple) and isinstance(place[0], Parting) and isinstance(place[1], Grouped):
            return by_group(context, place[0], place[1])
        return None


def _picked_by_id(parting: Parting, group: Grouped) -> bool:
    """``df[df["patient_id"].isin(train_ids)]``: what is parted here is one side of a split by id."""
    keys = (key for part in parting.rows for key, _ in part.path)
    return any(".isin(" in key and group.column in key for key in keys)


def _checks_that_all_differ(context: Context, node: ast.AST) -> bool:
    """``assert df["patient_id"].nunique() == len(df)``"""
    parent = context.parents.get(node)
    while isinstance(parent, ast.expr) and not isinstance(parent, ast.Compare):
        parent = context.parents.get(parent)
    if not isinstance(parent, ast.Compare):
        return False
    sizes = (
        n.id if isinstance(n, ast.Name) else n.attr for n in ast.walk(parent) if isinstance(n, ast.Name | ast.Attribute)
    )
    return not {"len", "shape"}.isdisjoint(sizes)


def _is_the_label(context: Context, group: Grouped) -> bool:
    """Who speaks, who wrote it: what is to be predicted has several rows for each value and is no group."""
    for training in context.flow.trainings:
        columns = training.target.columns
        if columns is not None and columns.only is not None and group.column in columns.same_content(columns.only):
            return True
    if group.rows or not isinstance(group.place.node, ast.expr):
        return False
    for use in context.names.get(group.column, ()):
        if _becomes_the_label(context, use):
            return True
        call = context.parents.get(use)
        while isinstance(call, ast.expr) and not isinstance(call, ast.Call):
            call = context.parents.get(call)
        if isinstance(call, ast.Call):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in ("train_test_split", "fit", "fit_transform", "to_categorical", "factorize"):
                return True
    return False


_LABELS = ("y", "Y", "label", "labels", "target", "targets")


def _becomes_the_label(context: Context, use: ast.AST) -> bool:
    """``y = np.concatenate(speakers)``"""
    part, parent = use, context.parents.get(use)
    while isinstance(parent, ast.expr) and not isinstance(parent, ast.Tuple):
        part, parent = parent, context.parents.get(parent)
    place = parent.elts.index(part) if isinstance(parent, ast.Tuple) and isinstance(part, ast.expr) else None
    assign = context.parents.get(parent) if place is not None and parent is not None else parent
    if not isinstance(assign, ast.Assign) or use in assign.targets:
        return False
    target = assign.targets[0]
    if place is not None:
        target = target.elts[place] if isinstance(target, ast.Tuple) and place < len(target.elts) else target
    return isinstance(target, ast.Name) and target.id in _LABELS


_ITEMS = frozenset(
    ("item", "movie", "film", "product", "book", "isbn", "song", "track", "artist", "article", "anime", "game",
     "recipe", "restaurant", "hotel", "business", "asin", "sku", "video", "poi", "venue", "show", "offer", "ad", "news")
)  # fmt: skip
_LIKING = frozenset(
    ("rating", "ratings", "stars", "star", "click", "clicked", "liked", "score", "listened", "purchased")
)


def _recommends(flow: Flow, parting: Parting, group: Grouped) -> bool:
    """Whether rows are users with items: known users are asked about again, so their rows may be on both sides."""
    roots = {part.root for part in parting.rows}
    for training in flow.trainings:
        columns, target = training.features.columns, training.target.columns
        if columns is None or not any(part.root in roots for part in training.features.rows):
            continue
        held = columns.same_content(columns.only or frozenset())
        user = group.column in held or (columns.only is None and columns.holds(group.column))
        if user and any(_ITEMS.intersection(w.removesuffix("s") for w in words(name)) for name in held):
            return True
        if user and target is not None and any(_LIKING.intersection(words(name)) for name in target.only or ()):
            return True
    return False


def several_rows_each(flow: Flow, parting: Parting) -> Grouped | None:
    """The sign that rows of one person are parted here; None when there is none, or the split keeps them together."""
    return _sign(flow, parting, people=True)


_OF_THINGS = ("groups", "windows")
_LOOKS = ("nunique", "value_counts", "duplicated")
_NEVER_ALONE = frozenset(
    ("patient", "subject", "participant", "speaker", "session", "respondent", "mouse", "animal", "child", "infant",
     "pupil", "singer", "volunteer", "signer", "rat", "monkey", "athlete")
)  # fmt: skip


def is_a_look(group: Grouped) -> bool:
    """Counting customers may only check that they are unique; patients are counted for another reason."""
    return group.how in _LOOKS and not any(w.removesuffix("s") in _NEVER_ALONE for w in words(group.column))


def _strength(group: Grouped) -> tuple[bool, tuple[int, int]]:
    return group.how in _LOOKS, group.place.position


def things_each(flow: Flow, parting: Parting) -> Grouped | None:
    """As `several_rows_each` for stores, machines, sensors, asked about again later when time plays a part."""
    if lineage.any_of(parting.learned, Learns.ORDERED):
        return None
    return _sign(flow, parting, people=False)


def _sign(flow: Flow, parting: Parting, *, people: bool) -> Grouped | None:
    if parting.how not in (How.RANDOM, How.FOLDS):
        return None
    roots = {part.root for part in parting.rows}
    unique = {n.what for n in lineage.having(parting.learned, Learns.UNIQUE)}
    for group in sorted(flow.of(Grouped), key=_strength):
        if not people and group.how not in _OF_THINGS and not group.how.endswith(".cumcount"):
            continue  # a mean by product is a feature like others
        if names_person(group.column) is not people or group.column in unique:
            continue
        if parting.only is not None and parting.only == {group.column}:
            continue  # the ids themselves are split
        if any(part.root in roots for part in group.rows):
            return group
        if not group.rows and flow.rank_of(group) < flow.rank_of(parting):
            return group  # ids of files, not of the rows of a table
    return None


def by_group(context: Context, parting: Parting, group: Grouped) -> Fix | None:
    """Split by the group column, where the table that has it is a plain name."""
    table = _table(group.place.node)
    call = parting.place.node
    if table is None or not isinstance(call, ast.Call):
        return None
    groups = f'{table}["{group.column}"]'
    editor = Editor(context)
    maker = parting.maker.node if parting.maker is not None else None
    title = f"Keep the rows of one `{group.column}` together"
    if parting.tool == "train_test_split":
        return _split_by_group(context, editor, call, groups, title)
    name = editor.name_for("sklearn.model_selection", "GroupKFold")
    if name is None or any(k.arg == "groups" for k in call.keywords):
        return None
    if isinstance(maker, ast.Call):
        from cst_tools.rules.time_split import folds_of

        editor.replace(maker, f"{name}(n_splits={folds_of(context, maker)})")
        cv = None
    else:
        cv = next((k for k in call.keywords if k.arg == "cv"), None)
    kept = [context.source(n) for n in (*call.args, *(k for k in call.keywords if k is not cv))]
    if not isinstance(maker, ast.Call):
        folds = context.source(cv.value) if cv is not None else "5"
        kept.append(f"cv={name}(n_splits={folds})")
    elif any(maker is n for n in ast.walk(call)):
        return None  # one edit inside another
    kept.append(f"groups={groups}")
    editor.replace(call, f"{context.source(call.func)}({', '.join(kept)})")
    return Fix(title, FixClass.REVIEW, editor.edits)


def _table(node: ast.AST) -> str | None:
    """``df`` in ``df.groupby("patient_id")...``"""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) and node.id not in ("pd", "np") else None


def _split_by_group(context: Context, editor: Editor, call: ast.Call, groups: str, title: str) -> Fix | None:
    statement = context.statement_of(call)
    name = editor.name_for("sklearn.model_selection", "GroupShuffleSplit")
    if statement is None or name is None or not isinstance(statement[0], ast.Assign):
        return None
    assign = statement[0]
    if assign.value is not call or not all(isinstance(n, ast.Name) for n in call.args):
        return None
    options = [context.source(k) for k in call.keywords if k.arg in ("test_size", "train_size", "random_state")]
    train, test = editor.unused("train_rows"), editor.unused("test_rows")
    first = context.source(call.args[0])
    made = f"{name}({', '.join(['n_splits=1', *options])})"
    if not editor.insert_before(assign, f"{train}, {test} = next({made}.split({first}, groups={groups}))"):
        return None
    parts = [f"{context.source(n)}.iloc[{rows}]" for n in call.args for rows in (train, test)]
    editor.replace(call, ", ".join(parts))
    return Fix(title, FixClass.REVIEW, editor.edits)
