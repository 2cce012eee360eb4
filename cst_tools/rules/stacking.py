"""L306: a model learns from predictions that other models make of their own training rows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.flow.libraries import Act, by_bare_name
from cst_tools.flow.stacking import FittedOnPredictions
from cst_tools.flow.values import Evaluation, EvaluationKind, Flow, Kind, Learned, Learns, Training, overlap
from cst_tools.rules.edit import Editor
from cst_tools.rules.examples import SPLIT, program
from cst_tools.rules.rule import Context, Rule
from cst_tools.types import Finding, Fix, FixClass, Severity

_BASES = "a = RandomForestClassifier().fit(X_train, y_train)\nb = LogisticRegression().fit(X_train, y_train)\n"
_META = "meta = LogisticRegression().fit({train}, y_train)\nprint(accuracy_score(y_test, meta.predict({test})))\n"


def _stack(body: str) -> str:
    return program("from sklearn.ensemble import StackingClassifier\n"
                   "from sklearn.model_selection import cross_val_predict\n" + SPLIT + body)  # fmt: skip


class StackingInSample(Rule):
    r"""A meta model is fitted on what base models predict for the rows they were trained on.

    ## What it does
    Follows predictions into the features of another supervised model and reports where the predicting model was
    trained, with labels, on the very rows it predicts, and the result is scored. `StackingClassifier(cv="prefit")` does
    the same inside when it is fitted on the rows that its members were fitted on.

    ## Why is this bad
    A forest or a boosted model knows its training rows almost by heart: its predictions of them are nearly the labels.
    The meta model learns to trust the one that overfits most, which fails on new rows, and every score of the meta
    model on those rows, cross-validation included, is far too good.

    ## Example
    ```python
    forest.fit(X_train, y_train)
    Z = forest.predict_proba(X_train)
    meta.fit(Z, y_train)
    ```
    Use instead:
    ```python
    Z = cross_val_predict(forest, X_train, y_train, method="predict_proba")
    meta.fit(Z, y_train)
    forest.fit(X_train, y_train)
    ```

    ## Fix safety
    Safe where one named model, fitted once on two names, predicts the same name: `cross_val_predict` takes the place of
    the prediction, and the fitted model goes on to predict new rows. Otherwise there is no edit.

    ## References
    - Wolpert: Stacked generalization, Neural Networks 1992
    - scikit-learn user guide, "Stacked generalization"
    """

    code = "L306"
    slug = "stacking-in-sample"
    VALID = (
        _stack(
            "X_train, Z, y_train, z = train_test_split(X_train, y_train)\n" + _BASES
            + "s = StackingClassifier([('a', a), ('b', b)], cv='prefit').fit(Z, z)\nprint(s.score(X_test, y_test))\n"
        ),
        _stack(
            "a = RandomForestClassifier()\nZ = cross_val_predict(a, X_train, y_train, method='predict_proba')\n"
            "a.fit(X_train, y_train)\n" + _META.format(train="Z", test="a.predict_proba(X_test)")
        ),
        _stack(
            "m = StackingClassifier([('a', RandomForestClassifier())], LogisticRegression()).fit(X_train, y_train)\n"
            "print(m.score(X_test, y_test))\n"
        ),
        _stack(
            "X_base, X_train, y_base, y_train = train_test_split(X_train, y_train)\n"
            "a = RandomForestClassifier().fit(X_base, y_base)\n"
            + _META.format(train="a.predict_proba(X_train)", test="a.predict_proba(X_test)")
        ),
        _stack(
            "from sklearn.cluster import KMeans\nk = KMeans(3).fit(X_train)\n"
            + _META.format(train="np.c_[X_train, k.predict(X_train)]", test="np.c_[X_test, k.predict(X_test)]")
        ),
        _stack(
            _BASES + "print(accuracy_score(y_train, a.predict(X_train)))\n"
            "print(accuracy_score(y_test, a.predict(X_test)))\n"
        ),
        _stack(
            "Z = np.zeros((len(X_train), 2))\nfor i, j in KFold(5).split(X_train):\n"
            "    m = RandomForestClassifier().fit(X_train.iloc[i], y_train.iloc[i])\n"
            "    Z[j] = m.predict_proba(X_train.iloc[j])\na = RandomForestClassifier().fit(X_train, y_train)\n"
            + _META.format(train="Z", test="a.predict_proba(X_test)")
        ),
        _stack(
            _BASES + "p = (a.predict_proba(X_test) + b.predict_proba(X_test)).argmax(1)\n"
            "print(accuracy_score(y_test, p))\n"
        ),
        _stack(
            "a = RandomForestClassifier().fit(X_train, y_train)\nwrong = y_train - a.predict(X_train)\n"
            "b = LogisticRegression().fit(X_train, wrong)\n"
            "print(accuracy_score(y_test, a.predict(X_test) + b.predict(X_test)))\n"
        ),
    )  # fmt: skip
    INVALID = (
        _stack(
            _BASES + "s = StackingClassifier([('a', a), ('b', b)], cv='prefit').fit(X_train, y_train)\n"
            "print(s.score(X_test, y_test))\n"
        ),
        _stack(
            "a = RandomForestClassifier()\na.fit(X_train, y_train)\nZ = a.predict_proba(X_train)\n"
            + _META.format(train="Z", test="a.predict_proba(X_test)")
        ),
        _stack(
            _BASES + "Z = np.column_stack([a.predict_proba(X_train)[:, 1], b.predict_proba(X_train)[:, 1]])\n"
            "T = np.column_stack([a.predict_proba(X_test)[:, 1], b.predict_proba(X_test)[:, 1]])\n"
            + _META.format(train="Z", test="T")
        ),
        _stack(
            "models = [RandomForestClassifier(), LogisticRegression()]\nZ, T = [], []\nfor m in models:\n"
            "    m.fit(X_train, y_train)\n    Z.append(m.predict(X_train))\n    T.append(m.predict(X_test))\n"
            + _META.format(train="np.array(Z).T", test="np.array(T).T")
        ),
        _stack(
            "a = RandomForestClassifier()\na.fit(X_train, y_train)\nX_train = X_train.copy()\nX_test = X_test.copy()\n"
            "X_train['first'] = a.predict(X_train)\nX_test['first'] = a.predict(X_test)\n"
            + _META.format(train="X_train", test="X_test")
        ),
        _stack(
            "def level(m, t):\n    return m.predict_proba(t)[:, [1]]\n\na = RandomForestClassifier()\n"
            "a.fit(X_train, y_train)\n" + _META.format(train="level(a, X_train)", test="level(a, X_test)")
        ),
        _stack(
            "a = RandomForestClassifier()\na.fit(X_train, y_train)\nZ = a.predict_proba(X_train)\n"
            "print(cross_val_score(LogisticRegression(), Z, y_train).mean())\n"
        ),
        _stack(
            _BASES + "Z = pd.DataFrame({'a': a.predict(X_train), 'b': b.predict(X_train)})\n"
            "T = pd.DataFrame({'a': a.predict(X_test), 'b': b.predict(X_test)})\n" + _META.format(train="Z", test="T")
        ),
        _stack(
            "class Stack:\n    def fit(self, X, y):\n"
            "        self.bases = [RandomForestClassifier(), LogisticRegression()]\n"
            "        for m in self.bases:\n            m.fit(X, y)\n        self.meta = LogisticRegression()\n"
            "        self.meta.fit(self.level(X), y)\n        return self\n\n    def level(self, X):\n"
            "        return np.column_stack([m.predict(X) for m in self.bases])\n\n    def predict(self, X):\n"
            "        return self.meta.predict(self.level(X))\n\n"
            "s = Stack().fit(X_train, y_train)\nprint(accuracy_score(y_test, s.predict(X_test)))\n"
        ),
    )  # fmt: skip

    def check(self, context: Context) -> Iterator[Finding]:
        seen: set[object] = set()
        for training in context.flow.trainings:
            made = sorted(
                (p for p in training.features.learned if _in_sample(context.flow, p, training)), key=lambda p: p.key
            )
            if not made or training.place in seen:
                continue
            score = _score_of(context.flow, training)
            seen.add(training.place)
            predicted = made[0]
            message = (
                f"{context.where(training.place).capitalize()} fits a model on what `{predicted.what}` predicts here "
                "for the rows it was trained on: use `cross_val_predict` for those rows."
            )
            related = (context.related("The model on top is fitted here.", training.node),)
            severity = Severity.ERROR if score is not None else Severity.INFORMATION
            yield self.finding(context, predicted.node, message, severity, related, tuple(made))
        yield from self._fitted_before(context)

    def _fitted_before(self, context: Context) -> Iterator[Finding]:
        """A `StackingClassifier(cv="prefit")` is fitted on the rows that its members were fitted on."""
        for fitted in context.flow.of(FittedOnPredictions):
            if not fitted.inside or not overlap(fitted.rows, fitted.trained):
                continue
            score = next(
                (
                    e
                    for e in context.flow.evaluations
                    if e.place is not fitted.place and overlap(e.trained, fitted.rows)
                ),
                None,
            )
            message = (
                f"`{fitted.inside}` learns here from what its members predict for rows they were fitted on before: "
                "let it fit them itself by cross-validation (`cv=5`), or fit it on rows they have not seen."
            )
            stacked = score is not None and fitted.inside.startswith("Stacking")  # a calibration is useless, no more
            severity = Severity.ERROR if stacked else Severity.INFORMATION
            related = (context.related("It is scored here.", score.node),) if score is not None else ()
            yield self.finding(context, fitted.place.node, message, severity, related, fitted)

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        """``cross_val_predict(base, X_train, y_train)`` for ``base.predict(X_train)``."""
        if not isinstance(place, tuple):
            return None
        editor = Editor(context)
        function = editor.name_for("sklearn.model_selection", "cross_val_predict")
        for predicted in place:
            if function is None or not _predict_out_of_fold(context, editor, function, predicted):
                return None
        return Fix("Predict each training row by a model that has not seen it", FixClass.SAFE, editor.edits)


def _predict_out_of_fold(context: Context, editor: Editor, function: str, predicted: Learned) -> bool:
    """Write ``cross_val_predict`` for one prediction, where it is plain what the model was fitted on."""
    call = predicted.node
    fitted = [t for t in context.flow.trainings if t.model == predicted.ref]
    spec = by_bare_name(predicted.what)
    if spec is None or spec.act is not Act.MODEL or len(fitted) != 1 or not isinstance(call, ast.Call):
        return False
    fit = fitted[0].node
    if not isinstance(fit, ast.Call) or not isinstance(fit.func, ast.Attribute) or fit.func.attr != "fit":
        return False
    base = call.func.value if isinstance(call.func, ast.Attribute) else None
    if len(fit.args) != 2 or fit.keywords or len(call.args) != 1 or call.keywords or not isinstance(base, ast.Name):
        return False
    names = [n.id if isinstance(n, ast.Name) else "" for n in (*fit.args, call.args[0])]
    if not all(names) or names[0] != names[2] or not _is_unchanged_between(context, fit, call, {*names, base.id}):
        return False
    done = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    method = "" if done == "predict" else f', method="{done}"'
    editor.replace(call, f"{function}({base.id}, {names[0]}, {names[1]}{method})")
    return True


def _in_sample(flow: Flow, predicted: Learned, training: Training) -> bool:
    """Whether these are predictions, among the features, by a model that saw the labels of the rows."""
    if predicted.kind is not Learns.PREDICTION or predicted.ref == training.model:
        return False
    if not training.target.rows or not overlap(predicted.rows, training.features.rows | training.target.rows):
        return False
    return any(t.model == predicted.ref and t is not training and _is_supervised(t) for t in flow.trainings)


def _is_supervised(training: Training) -> bool:
    """Whether there was a target, and not the features themselves as in an autoencoder."""
    target, features = training.target, training.features
    if target.kind is not Kind.DATA or not target.rows:
        return len(features.items) > 1
    return target.columns != features.columns or target.columns is None


def _score_of(flow: Flow, training: Training) -> Evaluation | None:
    for evaluation in flow.evaluations:
        if evaluation.kind is not EvaluationKind.METRIC and evaluation.kind is not EvaluationKind.CROSS_VALIDATION:
            continue
        if training.model in evaluation.models or evaluation.place is training.place:
            return evaluation
    return None


def _is_unchanged_between(context: Context, fit: ast.Call, call: ast.Call, names: set[str]) -> bool:
    """Whether both stand in one block and nothing in between gives one of the names another value."""
    first, second = context.statement_of(fit), context.statement_of(call)
    if first is None or second is None or first[1] is not second[1]:
        return False
    block = first[1]
    low, high = block.index(first[0]), block.index(second[0])
    if low >= high:
        return False
    for statement in block[low + 1 : high]:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del) and node.id in names:
                return False
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                if isinstance(owner, ast.Name) and owner.id in names and node.func.attr in ("fit", "set_params"):
                    return False
    return True
