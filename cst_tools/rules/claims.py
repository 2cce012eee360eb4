"""L701: the score is not of what it is said to be of."""

from __future__ import annotations

from collections.abc import Iterator

from cst_tools.flow.claims import Said
from cst_tools.flow.values import Evaluation, EvaluationKind, Part, Rows, overlap
from cst_tools.rules.examples import FIT, SCORE, SPLIT, program, split_program
from cst_tools.rules.row_facts import kind_of, named_role, seen
from cst_tools.rules.rule import Context, Rule
from cst_tools.rules.transformed import Mismatch, mismatches, transform_too
from cst_tools.types import Finding, Fix, Severity

_SCALED = "s = StandardScaler()\n"
_NEW_TRAIN = "Z = s.fit_transform(X_train)\nmodel = LogisticRegression().fit(Z, y_train)\n"
_REGRESSION = "from sklearn.linear_model import Ridge\nfrom sklearn.metrics import mean_squared_error as mse\n"
_LOG = _REGRESSION + SPLIT + "model = Ridge().fit(X_train, np.log1p(y_train))\n"


class ScoreNotAsClaimed(Rule):
    r"""The score is printed under a wrong name, or its rows were not transformed as the training rows were.

    ## What it does
    Reports a score of training rows that is printed, logged or stored as a test or validation score; a score of
    held-out rows that is called a training score; a score of the validation rows called a test score where there are
    test rows; and scores of rows that did not go through the transformation that the training rows went through
    (scaled training rows and raw test rows, another scaler for either, a logarithm of the training target that is not
    undone in the predictions).

    ## Why is this bad
    Readers take the number for what it is called. And a model that was fitted on scaled rows sees raw rows as far
    outliers: its score says nothing about it.

    ## Example
    ```python
    X_train = scaler.fit_transform(X_train)
    model.fit(X_train, y_train)
    print("Test accuracy:", model.score(X_test, y_test))
    ```
    Use instead:
    ```python
    X_train = scaler.fit_transform(X_train)
    model.fit(X_train, y_train)
    print("Test accuracy:", model.score(scaler.transform(X_test), y_test))
    ```

    ## Fix safety
    Safe where the transformer has a name and the predicted table is a plain name: the same `transform` for both.
    There is no edit for a wrong name, as either the name or the rows may be meant.

    ## References
    - scikit-learn user guide, "Common pitfalls: Inconsistent preprocessing"
    """

    code = "L701"
    slug = "score-not-as-claimed"
    VALID = (
        program(
            SPLIT + FIT + "print('Train:', model.score(X_train, y_train))\n"
            "print('Test:', model.score(X_test, y_test))\n"
        ),
        program(
            SPLIT + FIT + "a = accuracy_score(y_train, model.predict(X_train))\n"
            "b = accuracy_score(y_test, model.predict(X_test))\n"
            "print(f'train accuracy {a:.2f}, test accuracy {b:.2f}')\n"
        ),
        program(SPLIT + FIT + "print('Training done. Accuracy:', model.score(X_test, y_test))\n"),
        program(SPLIT + FIT + "print('Time of training and test accuracy', 3, model.score(X_test, y_test))\n"),
        program(
            "def report(name, m, a, b):\n    print(f'{name} accuracy: {accuracy_score(b, m.predict(a)):.3f}')\n\n"
            + SPLIT + FIT + "report('train', model, X_train, y_train)\nreport('test', model, X_test, y_test)\n"
        ),
        program(
            SPLIT + FIT
            + "r = {'train_acc': model.score(X_train, y_train), 'test_acc': model.score(X_test, y_test)}\nprint(r)\n"
        ),
        program(SPLIT + FIT + "print('Validation accuracy:', model.score(X_test, y_test))\n"),
        program(
            SPLIT + FIT + "train, test = model.score(X_train, y_train), model.score(X_test, y_test)\n"
            "print('train-test gap', train - test)\n"
        ),
        split_program(after="s = StandardScaler()\nX_train = s.fit_transform(X_train)\nX_test = s.transform(X_test)\n"),
        program(SPLIT + _SCALED + _NEW_TRAIN + "print(model.score(s.transform(X_test), y_test))\n"),
        program(
            SPLIT + "p = make_pipeline(StandardScaler(), LogisticRegression())\np.fit(X_train, y_train)\n"
            "print(accuracy_score(y_test, p.predict(X_test)))\n"
        ),
        program(
            SPLIT + _SCALED + _NEW_TRAIN + "print(model.score(s.transform(X_test), y_test))\n"
            "tree = RandomForestClassifier().fit(X_train, y_train)\nprint(tree.score(X_test, y_test))\n"
        ),
        program(
            SPLIT + _SCALED + "s.fit(X_train)\nA, B = s.transform(X_train), s.transform(X_test)\n"
            "model = LogisticRegression().fit(A, y_train)\nprint(model.score(B, y_test))\n"
        ),
        program(
            SPLIT + _SCALED + "X_train[['a']] = s.fit_transform(X_train[['a']])\nX_test[['a']] = "
            "s.transform(X_test[['a']])\n"
            + FIT + SCORE
        ),
        program(
            SPLIT + "mean, std = X_train.mean(), X_train.std()\nz = ((X_train - mean) / std).abs().max(axis=1)\n"
            "X_train, y_train = X_train[z < 3], y_train[z < 3]\n" + FIT + SCORE
        ),
        program(_LOG + "print(mse(y_test, np.expm1(model.predict(X_test))))\n"),
        program(SPLIT + "for t in (X_train, X_test):\n    t['a'] = np.log1p(t['a'])\n" + FIT + SCORE),
        program(_LOG + "print(mse(np.log1p(y_test), model.predict(X_test)))\n"),
        program(_REGRESSION + "y = np.log1p(y)\n" + SPLIT + "model = Ridge().fit(X_train, y_train)\n"
        "print(mse(y_test, model.predict(X_test)))\n"),
        program(
            _REGRESSION + SPLIT + "s = StandardScaler()\nt = s.fit_transform(y_train.values.reshape(-1, 1))\n"
            "model = Ridge().fit(X_train, t)\n"
            "print(mse(y_test, s.inverse_transform(model.predict(X_test))))\n"
        ),
        program(
            "import joblib\n" + SPLIT + "s = joblib.load('scaler.pkl')\nX_train = "
            "StandardScaler().fit_transform(X_train)\n"
            "X_test = s.transform(X_test)\n" + FIT + SCORE
        ),
    )  # fmt: skip
    INVALID = (
        program(SPLIT + FIT + "print('Test accuracy:', model.score(X_train, y_train))\n"),
        program(SPLIT + FIT + SCORE + "acc = accuracy_score(y_train, model.predict(X_train))\n"
        "print(f'Accuracy on the test set: {acc:.3f}')\n"),
        program(SPLIT + FIT + SCORE + "test_accuracy = model.score(X_train, y_train)\n"),
        program(SPLIT + FIT + "print('Train accuracy: %.3f' % model.score(X_test, y_test))\n"),
        program(
            "import mlflow\n" + SPLIT + FIT + SCORE
            + "pred = model.predict(X_train)\nmlflow.log_metric('test_auc', accuracy_score(y_train, pred))\n"
        ),
        program(
            SPLIT + "X_train, X_val, y_train, y_val = train_test_split(X_train, y_train)\n" + FIT
            + "print('val', model.score(X_test, y_test))\n".replace("val", "score")
            + "print('Test accuracy: {}'.format(model.score(X_val, y_val)))\n"
        ),
        program(SPLIT + FIT + SCORE + "results = {}\nresults['validation score'] = model.score(X_train, y_train)\n"),
        program(SPLIT + _SCALED + _NEW_TRAIN + "print(model.score(X_test, y_test))\n"),
        program(SPLIT + _SCALED + "X_train = s.fit_transform(X_train)\n" + FIT + "pred = model.predict(X_test)\n"
        "print(accuracy_score(y_test, pred))\n"),
        program(
            SPLIT + "X_train = StandardScaler().fit_transform(X_train)\no = MinMaxScaler().fit(X_train)\n"
            "X_test = o.transform(X_test)\n" + FIT + SCORE
        ),
        program(SPLIT + _SCALED + "s.fit(X_train)\nX_test = s.transform(X_test)\n" + FIT + SCORE),
        program(
            SPLIT + "mean, std = X_train.mean(), X_train.std()\nX_train = (X_train - mean) / std\n" + FIT + SCORE
        ),
        program(_LOG + "print(mse(y_test, model.predict(X_test)))\n"),
        program(SPLIT + "X_train = X_train.copy()\nX_train['a'] = np.log1p(X_train['a'])\n" + FIT + SCORE),
        program(
            _REGRESSION + SPLIT + "s = StandardScaler()\nt = s.fit_transform(y_train.values.reshape(-1, 1))\n"
            "model = Ridge().fit(X_train, t)\nprint(mse(y_test, model.predict(X_test)))\n"
        ),
        program(
            SPLIT + "class Task:\n    def __init__(self):\n        self.s, self.m = StandardScaler(), "
            "LogisticRegression()\n\n"
            "    def fit(self, a, b):\n        self.m.fit(self.s.fit_transform(a), b)\n\n"
            "    def judge(self, a, b):\n        return accuracy_score(b, self.m.predict(a))\n\n"
            "t = Task()\nt.fit(X_train, y_train)\nprint(t.judge(X_test, y_test))\n"
        ),
    )  # fmt: skip

    def check(self, context: Context) -> Iterator[Finding]:
        yield from self._misnamed(context)
        for mismatch in mismatches(context):
            related = tuple(context.related(text, node) for text, node in mismatch.related)
            yield self.finding(context, mismatch.place.node, mismatch.message, Severity.ERROR, related, mismatch)

    def _misnamed(self, context: Context) -> Iterator[Finding]:
        found: set[tuple[object, Rows]] = set()
        for said in context.flow.of(Said):
            what = (said.score, said.rows)
            evaluation = _evaluation(context, said)
            if evaluation is None or what in found:
                continue
            verdict = _verdict(context, said, evaluation)
            if verdict is not None:
                found.add(what)
                message, severity = verdict
                related = (context.related("The score is computed here.", said.score.node),)
                yield self.finding(context, said.place.node, message, severity, related)

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        return transform_too(context, place) if isinstance(place, Mismatch) else None


def _evaluation(context: Context, said: Said) -> Evaluation | None:
    return next(
        (
            e
            for e in context.flow.evaluations
            if e.place is said.score and e.kind is EvaluationKind.METRIC and e.rows == said.rows
        ),
        None,
    )


def _verdict(context: Context, said: Said, evaluation: Evaluation) -> tuple[str, Severity] | None:
    """What is wrong with the name, if anything."""
    seen_rows = [s for s in seen(context) if s.evaluation is evaluation]
    if said.role != "train":
        trained_on = [s for s in seen_rows if kind_of(context, s) == "L201" and s.training is not None]
        if trained_on and named_role(evaluation) not in ("test", "validation"):
            training = trained_on[0].training
            line = training.place.line if training is not None else 0
            return (
                f"This is called a {said.role} score, but its rows are those the model was fitted on in line {line}: "
                f"score the {said.role} rows, or call it a training score."
            ), Severity.ERROR
        if said.role == "test" and not seen_rows and _is_validation(context, said.rows):
            return (
                "This is called a test score, but its rows are the validation rows, and there is a test set: score "
                "the test rows, or call it a validation score."
            ), Severity.WARNING
        return None
    if seen_rows or not evaluation.trained or not evaluation.held_out:
        return None
    if not all(_shares_table(part, evaluation.trained) for part in evaluation.rows):
        return None
    return (
        "This is called a training score, but the model was not fitted on its rows: call it what it is, or score the "
        "training rows."
    ), Severity.WARNING


def _shares_table(part: Part, trained: Rows) -> bool:
    return any(other.root == part.root for other in trained)


def _is_validation(context: Context, rows: Rows) -> bool:
    """Whether the rows are called validation and other rows are called test."""
    roles = context.flow.roles
    if {roles.get(part) for part in rows} != {"validation"}:
        return False
    return any(role == "test" and not overlap(frozenset({part}), rows) for part, role in roles.items())
