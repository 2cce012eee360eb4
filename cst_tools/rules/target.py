"""L401: the target among the features."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from cst_tools.flow.dummies import others_of
from cst_tools.flow.values import Columns, Flow, Training
from cst_tools.rules.edit import Editor, reads
from cst_tools.rules.examples import FIT, SCORE, SPLIT, program, split_program
from cst_tools.rules.rule import Context, Rule
from cst_tools.rules.said_text import is_text
from cst_tools.types import Finding, Fix, FixClass, Severity


@dataclass(frozen=True)
class Place:
    """The target's columns among the features and the expression that decided the columns."""

    names: frozenset[str]
    site: ast.AST
    before_split: bool
    """The columns are chosen before training and test rows part, so that one edit reaches both."""


class TargetAmongFeatures(Rule):
    r"""The column to be predicted, or a copy or recoding of it, is still among the features.

    ## What it does
    Follows the columns of one table into the features and the target of a supervised `fit` and reports a target that is
    certainly among the features, also as a copy, under its raw name after recoding, or by position. It keeps
    silent when columns are
    chosen in a way it cannot follow, and when the target is shifted against the features.

    ## Why is this bad
    The model reads the answer off its input. Scores are near perfect and mean nothing.

    ## Example
    ```python
    X = df
    y = df["price"]
    ```
    Use instead:
    ```python
    X = df.drop(columns=["price"])
    y = df["price"]
    ```

    ## Fix safety
    Safe where the features are chosen by a name, a `drop` or a list used once, and the target is not read from
    that table
    later; to be reviewed when the list is used elsewhere too.

    ## References
    - Kaufman, Rosset, Perlich: Leakage in Data Mining: Formulation, Detection, and Avoidance, KDD 2011
    """

    code = "L401"
    slug = "target-in-features"
    VALID = (
        split_program(),
        split_program("X = df\ny = X.pop('y')\n"),
        split_program("X, y = df.iloc[:, :-1], df.iloc[:, -1]\n"),
        split_program("X = df[[c for c in df.columns if c != 'y']]\n"),
        split_program("cols = list(df.columns)\ncols.remove('y')\nX = df[cols]\n"),
        split_program("X = df.loc[:, df.columns != 'y']\n"),
        split_program("X = df.copy()\ndel X['y']\n"),
        split_program("X = df.select_dtypes('number')\n"),
        program(
            "X, y = df[['y', 'a']][:-1], df['y'].shift(-1)[:-1]\n"
            + SPLIT.replace("random_state=0", "shuffle=False")
            + FIT
            + SCORE
        ),
        split_program("y = pd.read_csv('labels.csv')['y']\nX = df\n"),
        split_program("X, y = df.iloc[:, :-1].values, df.iloc[:, 1].values\n"),
        split_program("data = df.iloc[:, 1:]\nX, y = data.iloc[:, 1:4], df.iloc[:, 1]\n"),
        split_program("a = np.loadtxt('t.txt')\nX, y = np.delete(a, 3, axis=1), a[:, 3]\n"),
        split_program("X = df.loc[:, ~df.columns.isin(['id', 'y'])]\n"),
        split_program("n = df.select_dtypes('number').columns.tolist()\nn.remove('y')\nX = df[n]\n"),
        split_program("d = pd.get_dummies(df, columns=['a', 'y'])\nX, y = d.drop(columns=['y_0', 'y_1']), d['y_1']\n"),
        split_program("df['t'] = df['y'].astype('category').cat.codes\nX, y = df.drop(columns=['t', 'y']), df['t']\n"),
        split_program("a = df.values\nX, y = a[:, 1:], a[:, 0]\n"),
        program(
            "from sklearn.compose import ColumnTransformer\n"
            "p = make_pipeline(ColumnTransformer([('s', StandardScaler(), ['a'])]), LogisticRegression())\n"
            "a, b = train_test_split(df)\np.fit(a, a['y'])\nprint(p.score(b, b['y']))\n"
        ),
        split_program(
            "df['sales'].hist()\nd = pd.get_dummies(df)\nX, y = d.drop(columns='sales_all'), d['sales_all']\n"
        ),
        split_program(
            "df.t.unique()\nd = pd.get_dummies(df.drop(columns='t'))\nX, y = d.drop(columns='t_M'), d['t_M']\n"
        ),
        split_program(
            "a = pd.concat([pd.read_csv('a.csv'), pd.read_csv('b.csv')])\nX, y = a.drop(columns='y'), a['y']\n"
        ),
    )
    INVALID = (
        split_program("X = df\n"),
        split_program("X = df.copy()\ny = df.y\n"),
        split_program("X = df.drop(['id'], axis=1)\n"),
        split_program("X = df.drop(columns='id')\n"),
        split_program("X = df[['a', 'b', 'y']]\n"),
        split_program("features = ['a', 'y']\nX = df[features]\n"),
        split_program("X = df[[c for c in df.columns if c not in ['id']]]\n"),
        split_program(
            "df['label'] = df['y'].map({'no': 0, 'yes': 1})\nX, y = df.drop(columns=['label']), df['label']\n"
        ),
        split_program("a = df.values\nX, y = a, a[:, -1]\n"),
        split_program(
            "def load():\n    t = pd.read_csv('t.csv')\n    return t.drop(columns=['id']), t['y']\n\nX, y = load()\n"
        ),
        program("print(cross_val_score(LogisticRegression(), df, df['y']).mean())\n"),
        split_program("a = np.loadtxt('t.txt')\nX, y = a[:, 1:], a[:, -1].astype(int)\n"),
        split_program("X, y = df.iloc[:, 0:5].values, df.iloc[:, 4].values\n"),
        split_program("X = df.loc[:, ~df.columns.isin(['id'])]\n"),
        split_program("X = df.loc[:, 'a':'y']\n"),
        split_program("X = df[list(set(df.columns) - {'id'})]\n"),
        split_program("X = df[[c for c in df if c not in ('id', 'name')]]\n"),
        split_program("X = df.fillna(0)\n"),
        split_program("d = pd.get_dummies(df, columns=['a', 'y'])\nX, y = d.drop(columns='y_1'), d['y_1']\n"),
        split_program("df['t'] = pd.factorize(df['y'])[0]\nX, y = df.drop(columns='t'), df['t']\n"),
        split_program("print((df.t == 'M').mean())\nd = pd.get_dummies(df)\nX, y = d.drop(columns='t_M'), d['t_M']\n"),
        split_program("a = pd.concat([pd.read_csv('a.csv'), pd.read_csv('b.csv')])\nX, y = a, a['y']\n"),
        split_program(
            "n, o = df.select_dtypes('number').columns, df.select_dtypes('object').columns\nX = df[list(n) + list(o)]\n"
        ),
        program(
            "from sklearn.linear_model import Ridge\nfrom sklearn.compose import ColumnTransformer\n"
            "n = df.select_dtypes(include='number').columns.tolist()\na, b = train_test_split(df)\n"
            "p = make_pipeline(ColumnTransformer([('s', StandardScaler(), n)]), Ridge())\n"
            "p.fit(a, a['y'])\nprint(p.score(b, b['y']))\n"
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        seen: set[object] = set()
        for training in context.flow.trainings:
            names = target_columns(training)
            columns = training.features.columns
            if columns is None or not (names or _dummies(context, training)):
                continue
            node = _site(training, columns)
            place = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
            if place in seen:
                continue
            seen.add(place)
            shown = ", ".join(f"`{n}`" if not n.startswith("#") else f"column {n[1:]}" for n in sorted(names))
            severity = Severity.ERROR if is_scored(context.flow, training) else Severity.INFORMATION
            message = f"The target {shown} is still among the features that line {training.key[0]} trains on: drop it."
            if not names:
                others = f"`{_dummies(context, training)}_...`"
                message = (
                    f"The target's other dummy columns {others} are still among the features that line "
                    f"{training.key[0]} trains on: drop them too."
                )
            related = (context.related("The model is trained on it here.", training.node),)
            yield self.finding(
                context,
                node,
                message,
                severity,
                related,
                Place(names, node, _is_parted_after(context.flow, training, node)),
            )

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        return drop_target(context, place) if isinstance(place, Place) else None


def target_columns(training: Training) -> frozenset[str]:
    """The target's columns, copies included, that are certainly among the features."""
    features, target = training.features.columns, training.target.columns
    if features is None or target is None or not training.follows_columns or features.table != target.table:
        return frozenset()
    if target.only is None or len(target.only) > 8 or not target.sure:
        return frozenset()
    if training.features.rows != training.target.rows:
        return frozenset()  # shifted against each other: yesterday's value is no leak
    return frozenset(name for name in features.same_content(target.only) if features.holds(name))


def _dummies(context: Context, training: Training) -> str | None:
    """``sex`` where ``sex_male`` is the target and another dummy of ``sex`` may be read off the features."""
    features, target = training.features.columns, training.target.columns
    if features is None or target is None or target.only is None or features.table != target.table:
        return None
    if not target.sure or len(target.only) > 8 or training.features.rows != training.target.rows:
        return None
    if not training.follows_columns or len(target.only) != 1:
        return None
    name = next(iter(target.only))
    return others_of(features, name, lambda column: is_text(context, column, name))


def _site(training: Training, columns: Columns) -> ast.AST:
    """Where the features were chosen: not where columns went before the target was taken."""
    target = training.target.columns
    before = target is not None and columns.only is None and bool(columns.without) and columns.without <= target.without
    argument = _features_argument(training)
    if columns.site is None or (before and argument is not None and isinstance(columns.site.node, ast.Call)):
        return argument or training.node
    return columns.site.node


def _features_argument(training: Training) -> ast.expr | None:
    call = training.node
    if not isinstance(call, ast.Call):
        return None
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    arguments = call.args[1:] if name.startswith("cross_") else call.args
    return arguments[0] if arguments and isinstance(arguments[0], ast.Name) else None


def _is_parted_after(flow: Flow, training: Training, site: ast.AST) -> bool:
    line = getattr(site, "lineno", 0)
    if any(s.node is training.node for s in flow.splits.values()):
        return True
    keys = {key for part in training.features.rows for key, _ in part.path}
    return any(getattr(flow.splits[k].node, "lineno", 0) >= line for k in keys if k in flow.splits)


def is_scored(flow: Flow, training: Training) -> bool:
    return any(training.model in e.models for e in flow.evaluations) or bool(flow.evaluations)


def drop_target(context: Context, place: Place) -> Fix | None:
    """Drop the target where the feature columns are chosen."""
    names = sorted(place.names)
    if not place.before_split or any(n.startswith("#") for n in names) or _read_from_result(context, place):
        return None
    editor = Editor(context)
    quoted = ", ".join(f'"{n}"' for n in names)
    title = f"Drop {', '.join(f'`{n}`' for n in names)} from the features"
    site = place.site
    safety = FixClass.SAFE
    if isinstance(site, ast.Name):
        editor.replace(site, f"{site.id}.drop(columns=[{quoted}])")
    elif isinstance(site, ast.List):
        kept = [e for e in site.elts if not (isinstance(e, ast.Constant) and e.value in place.names)]
        texts = [context.source(e) for e in kept]
        if len(kept) == len(site.elts):
            texts.append(quoted)
        elif _list_is_shared(context, site):
            safety = FixClass.REVIEW
        editor.replace(site, f"[{', '.join(texts)}]")
    elif isinstance(site, ast.Call) and isinstance(site.func, ast.Attribute) and site.func.attr == "drop":
        given = next((k.value for k in site.keywords if k.arg in ("columns", "labels")), None)
        given = given if given is not None else (site.args[0] if site.args else None)
        if isinstance(given, ast.List):
            editor.replace(given, f"[{', '.join([*(context.source(e) for e in given.elts), quoted])}]")
        elif isinstance(given, ast.Constant):
            editor.replace(given, f"[{context.source(given)}, {quoted}]")
        else:
            return None
    else:
        return None
    return Fix(title, safety, editor.edits)


def _list_is_shared(context: Context, site: ast.List) -> bool:
    """Whether the column list is used in more than one place."""
    statement = context.statement_of(site)
    if statement is None or not isinstance(statement[0], ast.Assign):
        return False
    target = statement[0].targets[0]
    return isinstance(target, ast.Name) and len(reads(context, target.id)) > 1


def _read_from_result(context: Context, place: Place) -> bool:
    """Whether the target is read later from the very table that would lose it."""
    statement = context.statement_of(place.site)
    if statement is None or not isinstance(statement[0], ast.Assign):
        return False
    targets = {t.id for t in statement[0].targets if isinstance(t, ast.Name)}
    line = statement[0].lineno
    for node in context.nodes:
        if getattr(node, "lineno", 0) <= line:
            continue
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in targets:
            if any(isinstance(n, ast.Constant) and n.value in place.names for n in ast.walk(node.slice)):
                return True
            if isinstance(node.slice, ast.Name) and not isinstance(place.site, ast.List):
                return True
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in targets
            and (node.attr in place.names or node.attr == "pop")
        ):
            return True
    return False
