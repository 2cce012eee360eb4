"""L110: a transformer fitted again on the rows that are scored."""

from __future__ import annotations

import ast

from cst_tools.flow.values import Learns, overlap
from cst_tools.rules.edit import Editor
from cst_tools.rules.examples import FIT, SCORE, SPLIT, program, split_program
from cst_tools.rules.fixes.refits import by_training_rows
from cst_tools.rules.fixes.variables import root, subject
from cst_tools.rules.leak import Leak
from cst_tools.rules.preprocessing import PreprocessingRule
from cst_tools.rules.rule import Context
from cst_tools.types import Finding, Fix, FixClass


class RefitOnTest(PreprocessingRule):
    r"""A transformer is fitted on the test rows themselves.

    ## What it does
    Reports `fit` and `fit_transform` (and hand-written statistics) whose rows are the held-out rows of a score,
    where the model
    was trained on other rows.

    ## Why is this bad
    The test rows are scaled, encoded or projected differently from the training rows, with the help of their
    own statistics. The
    score neither says how the model does on one new row nor belongs to the transformation the model was trained behind.

    ## Example
    ```python
    X_train = scaler.fit_transform(X_train)
    X_test = scaler.fit_transform(X_test)
    ```
    Use instead:
    ```python
    X_train = scaler.fit_transform(X_train)
    X_test = scaler.transform(X_test)
    ```

    ## Fix safety
    Safe: the object that was fitted on the training rows transforms the test rows, or the statistic of the training
    rows fills and scales both. To be reviewed where a loop over both parts is changed. No edit when what was fitted is
    out of reach, for instance inside a helper that both parts go through.

    ## References
    - scikit-learn user guide, "Common pitfalls: Inconsistent preprocessing"
    """

    code = "L110"
    slug = "refit-on-test"
    VALID = (
        split_program(after="s = StandardScaler()\nX_train = s.fit_transform(X_train)\nX_test = s.transform(X_test)\n"),
        split_program(after="y_test = pd.Series(y_test).astype(int)\nX_test = Normalizer().fit_transform(X_test)\n"),
        split_program(
            after="from sklearn.preprocessing import LabelEncoder\ny_test = LabelEncoder().fit_transform(y_test)\n"
        ),
        split_program(after="print(X_test.mean(), X_test.describe())\n"),
        split_program()
        + "r2 = 1 - ((y_test - model.predict(X_test)) ** 2).sum() / ((y_test - y_test.mean()) ** 2).sum()\n",
        split_program(after="Z = PCA(2).fit_transform(X_test)\nprint(Z[:3])\n"),
        split_program(
            after="X_train, X_test = pd.get_dummies(X_train), pd.get_dummies(X_test)\n"
            "X_test = X_test.reindex(columns=X_train.columns, fill_value=0)\n"
        ),
        program(
            "sub = pd.read_csv('test.csv')\n"
            + SPLIT
            + FIT
            + SCORE
            + "model.predict(StandardScaler().fit_transform(sub))\n"
        ),
        split_program(
            after="class Scale:\n    def fit(self, t):\n        self.m = t.mean()\n        return self\n\n"
            "    def transform(self, t):\n        return t - self.m\n\n"
            "s = Scale().fit(X_train)\nX_train = s.transform(X_train)\nX_test = s.transform(X_test)\n"
        ),
    )
    INVALID = (
        split_program(
            after="s = StandardScaler()\nX_train = s.fit_transform(X_train)\nX_test = s.fit_transform(X_test)\n"
        ),
        split_program(
            after="X_train = MinMaxScaler().fit_transform(X_train)\nX_test = MinMaxScaler().fit_transform(X_test)\n"
        ),
        split_program(
            after=(
                "a, b = StandardScaler(), StandardScaler()\n"
                "X_train = a.fit_transform(X_train)\n"
                "X_test = b.fit_transform(X_test)\n"
            )
        ),
        split_program(
            after=(
                "s = StandardScaler().fit(X_train)\n"
                "X_train = s.transform(X_train)\n"
                "s.fit(X_test)\n"
                "X_test = s.transform(X_test)\n"
            )
        ),
        split_program(
            after=(
                "def scale(t):\n"
                "    return StandardScaler().fit_transform(t)\n"
                "\n"
                "X_train, X_test = scale(X_train), scale(X_test)\n"
            )
        ),
        split_program(after="p = PCA(2)\nX_train = p.fit_transform(X_train)\nX_test = p.fit_transform(X_test)\n"),
        split_program(
            "X = df['text']\n",
            "v = TfidfVectorizer()\nX_train = v.fit_transform(X_train)\nX_test = v.fit_transform(X_test)\n",
        ),
        split_program(
            after="for part in (X_train, X_test):\n    part[['a']] = MinMaxScaler().fit_transform(part[['a']])\n"
        ),
        split_program(
            after="both = [X_train, X_test]\nfor part in both:\n    part['a'].fillna(part['a'].mean(), inplace=True)\n"
        ),
        split_program(
            after="for c in ['a', 'b']:\n    e = OneHotEncoder()\n    X_train[c] = e.fit_transform(X_train[c])\n"
            "    X_test[c] = e.fit_transform(X_test[c])\n"
        ),
        split_program(after="X_train, X_test = pd.get_dummies(X_train), pd.get_dummies(X_test)\n"),
        split_program(after="X_train = X_train.fillna(X_train.mean())\nX_test = X_test.fillna(X_test.mean())\n"),
    )

    def message(self, leak: Leak) -> str:
        line = leak.evaluation.key[0] if leak.evaluation is not None else 0
        if leak.learned.kind is Learns.RESAMPLE:
            return (
                f"Rows are made out of the test rows scored on line {line}, so the score is not on the rows as they "
                "come: resample the training rows only."
            )
        return (
            f"`{leak.learned.what}` learns from the test rows scored on line {line}, so they are not transformed as "
            "the training rows were: use `transform` of the object fitted on the training rows."
        )

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        """Use the object that was fitted on the training rows."""
        if not isinstance(place, Leak) or place.evaluation is None:
            return None
        return _by_fitted_object(context, place) or by_training_rows(context, place)


def _by_fitted_object(context: Context, place: Leak) -> Fix | None:
    call = place.learned.node
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or len(call.args) != 1:
        return None
    editor = Editor(context)
    fitted = _fitted_on_training(context, place, call.func.value)
    if fitted is None:
        return _name_the_first(context, place, call)
    title = f"Transform with `{fitted}` as fitted on the training rows"
    if call.func.attr == "fit_transform":
        editor.replace(call.func, f"{fitted}.transform")
        return Fix(title, FixClass.SAFE, editor.edits)
    statement = context.statement_of(call)
    if call.func.attr == "fit" and statement is not None and isinstance(statement[0], ast.Expr):
        if not editor.delete(statement[0], keep_comment=True):
            return None
        return Fix(title, FixClass.SAFE, editor.edits)
    return None


def _fitted_on_training(context: Context, leak: Leak, refitted: ast.expr) -> str | None:
    """Name of the object of the same kind that was fitted, before, on rows the score's model was trained on."""
    wanted = _without_owner(context, leak.learned.node)
    found: dict[str, bool] = {}
    for learned in context.flow.learned:
        if leak.evaluation is None or learned.what != leak.learned.what or learned.key >= leak.learned.key:
            continue
        if not overlap(learned.rows, leak.evaluation.trained) or overlap(learned.rows, leak.evaluation.rows):
            continue
        node = learned.node
        if learned.ref is not None and learned.ref == leak.learned.ref and isinstance(refitted, ast.Name):
            return refitted.id
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            name = node.func.value.id
            if isinstance(refitted, ast.Name) and refitted.id == name:
                return name
            if _same_scope(context, node, leak.learned.node):
                found[name] = found.get(name, False) or _without_owner(context, node) == wanted
    alike = [name for name, same in found.items() if same]
    if len(found) > 1 and len(alike) == 1:  # several of a kind: the one that was fitted on the same columns
        return alike[0]
    return next(iter(found)) if len(found) == 1 else None


def _without_owner(context: Context, call: ast.AST) -> str:
    """The columns that a call is given, whichever table they are of."""
    rows = subject(context, call)
    name = root(rows) if rows is not None else None
    return ast.unparse(rows).replace(name or "", "", 1) if rows is not None else ""


def _name_the_first(context: Context, leak: Leak, call: ast.Call) -> Fix | None:
    """``A().fit_transform(train)`` and ``A().fit_transform(test)`` side by side: give the first a name and use it."""
    for learned in context.flow.learned:
        node = learned.node
        if leak.evaluation is None or learned.what != leak.learned.what or learned.key >= leak.learned.key:
            continue
        if not overlap(learned.rows, leak.evaluation.trained) or overlap(learned.rows, leak.evaluation.rows):
            continue
        if (
            not isinstance(node, ast.Call)
            or not isinstance(node.func, ast.Attribute)
            or not _same_scope(context, node, call)
        ):
            continue
        made, statement = node.func.value, context.statement_of(node)
        second = call.func.value if isinstance(call.func, ast.Attribute) else None
        if second is None or statement is None or context.source(made) != context.source(second):
            continue
        editor = Editor(context)
        name = editor.unused("fitted")
        if node.func.attr != "fit_transform" or not editor.insert_before(
            statement[0], f"{name} = {context.source(made)}"
        ):
            continue
        editor.replace(made, name)
        editor.replace(call.func, f"{name}.transform")
        return Fix("Transform with the object fitted on the training rows", FixClass.SAFE, editor.edits)
    return None


def _same_scope(context: Context, a: ast.AST, b: ast.AST) -> bool:
    first, second = context.statement_of(a), context.statement_of(b)
    return first is not None and second is not None and first[1] is second[1]
