"""L201: the rows a model was trained on are scored, and nothing else is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.flow.relations import Common
from cst_tools.rules.descents import descent_of, reported
from cst_tools.rules.edit import Editor
from cst_tools.rules.examples import FIT, SCORE, SPLIT, program
from cst_tools.rules.labels import said_of
from cst_tools.rules.row_facts import Seen, has_honest_score, is_supervised, kind_of, named_role, seen
from cst_tools.rules.rule import Context, Rule
from cst_tools.types import Finding, Fix, FixClass, Severity

_ALL = "model = LogisticRegression()\nmodel.fit(X, y)\n"
_KNOWN = ("oob_score_", "validation_split", "validation_fraction")


class TrainingRowsScored(Rule):
    r"""The only score of the program is on rows that the model was trained on.

    ## What it does
    Reports scores of rows that the model had been fitted on when it predicted them, where no other score of the
    program is on rows it had not seen: neither a test set, nor cross-validation, nor validation data. Where the
    scored table is called test or validation and yet holds the training rows, it is an error.

    ## Why is this bad
    A model can learn its training rows by heart: a deep tree has accuracy 1.0 on pure noise. The score says how well
    the model remembers, not how well it predicts. Printed next to the score of held-out rows, the training score
    shows overfitting; alone, it hides it.

    ## Example
    ```python
    model.fit(X_train, y_train)
    print(model.score(X_train, y_train))
    ```
    Use instead:
    ```python
    model.fit(X_train, y_train)
    print(model.score(X_test, y_test))
    ```

    ## Fix safety
    For review: where held-out rows exist, they are scored instead. The printed number will change, that is the point.

    ## References
    - scikit-learn user guide, "Cross-validation: evaluating estimator performance"
    """

    code = "L201"
    slug = "training-rows-scored"
    VALID = (
        program(SPLIT + FIT + SCORE),
        program(SPLIT + FIT + "print(model.score(X_train, y_train))\n" + SCORE),
        program(SPLIT + FIT + "print(f'train {model.score(X_train, y_train)} test {model.score(X_test, y_test)}')\n"),
        program(_ALL + "print('Training accuracy', model.score(X, y))\n"),
        program(_ALL + "train_accuracy = accuracy_score(y, model.predict(X))\nprint(train_accuracy)\n"),
        program(_ALL + "print(model.score(X, y))\nprint(cross_val_score(model, X, y).mean())\n"),
        program(
            "from sklearn.model_selection import cross_val_predict\n"
            "p = cross_val_predict(LogisticRegression(), X, y)\nprint(accuracy_score(y, p))\n"
        ),
        program(
            "oof = np.zeros(len(X))\nfor a, b in KFold(5).split(X):\n    model = LogisticRegression()\n"
            "    model.fit(X.iloc[a], y.iloc[a])\n    oof[b] = model.predict(X.iloc[b])\n"
            "print(accuracy_score(y, oof))\n"
        ),
        program(
            "m = RandomForestClassifier(oob_score=True)\nm.fit(X, y)\n"
            "print(m.oob_score_, accuracy_score(y, m.predict(X)))\n"
        ),
        program("from sklearn.cluster import KMeans\nk = KMeans(3)\nk.fit(X)\nprint(k.score(X))\n"),
        program(SPLIT + FIT + SCORE + "model.fit(X, y)\nprint(model.score(X, y))\n"),
        program(
            SPLIT + "def report(name, m, a, b):\n    print(name, accuracy_score(b, m.predict(a)))\n\n"
            + FIT + "report('train', model, X_train, y_train)\nreport('test', model, X_test, y_test)\n"
        ),
        program(
            "g = GridSearchCV(LogisticRegression(), {'C': [1, 2]})\ng.fit(X, y)\nprint(g.best_params_, g.score(X, y))\n"
            "print(cross_val_score(g, X, y).mean())\n"
        ),
        program(_ALL + "print(model.coef_)\nnew = pd.read_csv('new.csv')\nprint(model.predict(new))\n"),
        program(
            SPLIT + "for n in [50, 100]:\n    m = LogisticRegression().fit(X_train[:n], y_train[:n])\n"
            "    print(n, m.score(X_train[:n], y_train[:n]), m.score(X_test, y_test))\n"
        ),
    )  # fmt: skip
    INVALID = (
        program(_ALL + "print(model.score(X, y))\n"),
        program(_ALL + "pred = model.predict(X)\nprint('accuracy:', accuracy_score(y, pred))\n"),
        program(SPLIT + FIT + "print(accuracy_score(y_train, model.predict(X_train)))\n"),
        program(
            SPLIT + FIT + "acc = round(model.score(X_train, y_train) * 100, 2)\nprint(acc)\n"
            "out = pd.DataFrame({'p': model.predict(X_test)})\nout.to_csv('out.csv')\n"
        ),
        program(
            "def run(m, a, b):\n    m.fit(a, b)\n    return accuracy_score(b, m.predict(a))\n\n"
            "print(run(RandomForestClassifier(), X, y))\n"
        ),
        program(
            "class Task:\n    def __init__(self, X, y):\n        self.X, self.y = X, y\n"
            "        self.model = LogisticRegression()\n\n    def train(self):\n"
            "        self.model.fit(self.X, self.y)\n\n"
            "    def quality(self):\n        return self.model.score(self.X, self.y)\n\n"
            "task = Task(X, y)\ntask.train()\nprint(task.quality())\n"
        ),
        program(SPLIT + FIT + "print(model.score(X, y))\n"),
        program(
            SPLIT + "X_test, y_test = X_train, y_train\n" + FIT + "print(model.score(X_test, y_test))\n"
        ),
        program("m = make_pipeline(StandardScaler(), LogisticRegression())\nm.fit(X, y)\nprint(m.score(X, y))\n"),
    )  # fmt: skip

    def check(self, context: Context) -> Iterator[Finding]:
        found: set[object] = set()
        for one in seen(context):
            training = one.training
            if kind_of(context, one) != self.code:
                continue
            trained = training if training is not None and is_supervised(training) else descent_of(context, one)
            if trained is None:
                continue
            what = (trained.place, one.predicted.model)
            if what in found:
                continue
            severity = self._severity(context, one)
            if severity is None:
                continue
            found.add(what)
            whole = "holds the rows" if one.common is Common.AROUND else "is on the rows"
            message = (
                f"The score {whole} that the model was fitted on in line {trained.place.line}, and no other score is "
                "on rows it has not seen: score held-out rows, or cross-validate."
            )
            if severity is Severity.ERROR:
                message = (
                    f"The table scored here holds the rows that the model was fitted on in line {trained.place.line}, "
                    "whatever it is called: score rows the model has not seen."
                )
            related = [context.related("The model is fitted on them here.", trained.place.node)]
            behind = reported(context, one.evaluation.node)
            if behind is not None:
                related.append(context.related("The score is told here.", behind))
            yield self.finding(context, one.evaluation.node, message, severity, tuple(related), one)

    def _severity(self, context: Context, one: Seen) -> Severity | None:
        if one.common is Common.SAME and named_role(one.evaluation) in ("test", "validation"):
            return Severity.ERROR
        if said_of(context, one.evaluation) or has_honest_score(context):
            return None
        if any(word in context.script.text for word in _KNOWN):
            return None
        return Severity.WARNING

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        """Score the part that was held out of the training rows, where there is one."""
        if not isinstance(place, Seen) or not place.scored.path:
            return None
        split = context.flow.splits.get(place.scored.path[-1][0])
        statement = context.statement_of(split.node) if split is not None else None
        if split is None or statement is None or not isinstance(statement[0], ast.Assign):
            return None
        names = held_out_names(statement[0], split.node)
        node = place.evaluation.node
        used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & names.keys()
        if not used or not isinstance(node, ast.Call):
            return None
        spoken = [n for n in ast.walk(node) if isinstance(n, ast.Call) and n is not node]
        if len(used) < 2 or (not spoken and not isinstance(node.func, ast.Attribute)):
            return None
        editor = Editor(context)
        editor.replace(node, editor.substituted(node, {name: names[name] for name in used}))
        return Fix("Score the held-out rows", FixClass.REVIEW, editor.edits)


def held_out_names(statement: ast.Assign, call: ast.AST) -> dict[str, str]:
    """``X_train: X_test, y_train: y_test`` of ``X_train, X_test, y_train, y_test = train_test_split(X, y)``."""
    target = statement.targets[0]
    if statement.value is not call or not isinstance(target, ast.Tuple) or len(target.elts) % 2:
        return {}
    names = [e.id if isinstance(e, ast.Name) else "" for e in target.elts]
    return {a: b for a, b in zip(names[::2], names[1::2], strict=True) if a and b}
