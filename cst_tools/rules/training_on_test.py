"""L204: the model is trained on test rows before it is scored on them."""

from __future__ import annotations

from collections.abc import Iterator

from cst_tools.flow.values import Place
from cst_tools.rules.examples import FIT, SCORE, SPLIT, program
from cst_tools.rules.row_facts import is_supervised, kind_of, seen
from cst_tools.rules.rule import Context, Rule
from cst_tools.types import Finding, Severity

_SGD = "from sklearn.linear_model import SGDClassifier\n"
_KERAS = "from keras import Sequential, layers\nm = Sequential([layers.Dense(1)])\nm.compile('adam', 'mse')\n"
_BOTH = "X_all, y_all = pd.concat([X_train, X_test]), pd.concat([y_train, y_test])\n"


class TrainingOnTest(Rule):
    r"""The model was trained on the test rows, and then it is scored on them.

    ## What it does
    Reports `fit`, `partial_fit` and further training of networks on test rows (alone or put together with the training
    rows) where the model is scored on these rows afterwards. Predictions that were made before count as they were
    made.

    ## Why is this bad
    The model has seen the answers. To train on everything before the model goes into service is right, but its score
    has to be taken before.

    ## Example
    ```python
    model.fit(np.vstack([X_train, X_test]), np.hstack([y_train, y_test]))
    print(accuracy_score(y_test, model.predict(X_test)))
    ```
    Use instead:
    ```python
    model.fit(X_train, y_train)
    print(accuracy_score(y_test, model.predict(X_test)))
    model.fit(np.vstack([X_train, X_test]), np.hstack([y_train, y_test]))
    ```

    ## Fix safety
    There is no edit: whether to leave the second training out or to score before it, only the author knows.

    ## References
    - scikit-learn user guide, "Common pitfalls: Data leakage"
    """

    code = "L204"
    slug = "training-on-test"
    VALID = (
        program(SPLIT + FIT + SCORE + _BOTH + "model.fit(X_all, y_all)\n"),
        program(SPLIT + FIT + "pred = model.predict(X_test)\nmodel.fit(X_test, y_test)\n"
        "print(accuracy_score(y_test, pred))\n"),
        program(
            SPLIT + "X_train, X_val, y_train, y_val = train_test_split(X_train, y_train)\n"
            "model = LogisticRegression().fit(pd.concat([X_train, X_val]), pd.concat([y_train, y_val]))\n" + SCORE
        ),
        program(_SGD + SPLIT + "model = SGDClassifier()\nfor _ in range(3):\n    model.partial_fit(X_train, "
        "y_train)\n" + SCORE),
        program(
            _SGD + SPLIT + "model = SGDClassifier()\nmodel.partial_fit(X_train, y_train, classes=[0, 1])\nhits = []\n"
            "for i in range(len(X_test)):\n    hits.append(model.predict(X_test[i:i + 1]) == y_test[i:i + 1])\n"
            "    model.partial_fit(X_test[i:i + 1], y_test[i:i + 1])\nprint(np.mean(hits))\n"
        ),
        program(SPLIT + FIT + SCORE + "final = LogisticRegression().fit(X, y)\nprint(final.coef_)\n"),
        program(_KERAS + SPLIT + "m.fit(X_train, y_train, epochs=9)\nm.fit(X_train, y_train, epochs=2)\n"
        "print(m.evaluate(X_test, y_test))\n"),
        program(
            SPLIT + "def run(m, a, b, train=False):\n    if train:\n        m.fit(a, b)\n"
            "    return accuracy_score(b, m.predict(a))\n\n"
            "m = LogisticRegression()\nprint(run(m, X_train, y_train, train=True), run(m, X_test, y_test))\n"
        ),
    )  # fmt: skip
    INVALID = (
        program(SPLIT + _BOTH + "model = LogisticRegression().fit(X_all, y_all)\n" + SCORE),
        program(
            SPLIT + "model = LogisticRegression()\n"
            "model.fit(np.vstack([X_train, X_test]), np.hstack([y_train, y_test]))\n" + SCORE
        ),
        program(_SGD + SPLIT + "model = SGDClassifier()\nmodel.partial_fit(X_train, y_train, classes=[0, 1])\n"
        "model.partial_fit(X_test, y_test)\n" + SCORE),
        program(SPLIT + FIT + "model.fit(X_test, y_test)\n" + SCORE),
        program(SPLIT + FIT + "model.fit(X, y)\n" + SCORE),
        program(
            _SGD + "a, b = train_test_split(df)\nm = SGDClassifier()\n\n\ndef batches(t):\n"
            "    for i in range(0, len(t), 9):\n        yield t.iloc[i:i + 9][['a']], t.iloc[i:i + 9]['y']\n\n\n"
            "for u, v in batches(a):\n    m.partial_fit(u, v, classes=[0, 1])\n"
            "for u, v in batches(b):\n    m.partial_fit(u, v)\n"
            "print('test', np.mean([accuracy_score(v, m.predict(u)) for u, v in batches(b)]))\n"
        ),
        program(
            _KERAS + SPLIT + "m.fit(X_train, y_train, epochs=9)\nm.fit(X_test, y_test, epochs=2)\n"
            "print(m.evaluate(X_test, y_test))\n"
        ),
        program(
            "train, test = pd.read_csv('a.csv'), pd.read_csv('b.csv')\nboth = pd.concat([train, test])\n"
            "m = RandomForestClassifier()\nm.fit(both.drop(columns='y'), both['y'])\n"
            "print(m.score(test.drop(columns='y'), test['y']))\n"
        ),
        program(
            SPLIT + "class Task:\n    def __init__(self):\n        self.m = RandomForestClassifier()\n\n"
            "    def learn(self, a, b):\n        self.m.fit(a, b)\n\n"
            "    def judge(self, a, b):\n        return accuracy_score(b, self.m.predict(a))\n\n"
            "t = Task()\nt.learn(pd.concat([X_train, X_test]), pd.concat([y_train, y_test]))\n"
            "print(t.judge(X_test, y_test))\n"
        ),
        program(
            "import xgboost as xgb\n" + SPLIT + _BOTH + "d = xgb.DMatrix(X_all, label=y_all)\nb = xgb.train({}, d)\n"
            "print(accuracy_score(y_test, b.predict(xgb.DMatrix(X_test)) > 0.5))\n"
        ),
    )  # fmt: skip

    def check(self, context: Context) -> Iterator[Finding]:
        found: set[Place] = set()
        for one in seen(context):
            training = one.training
            if training is None or not is_supervised(training) or kind_of(context, one) != self.code:
                continue
            if training.place in found:
                continue
            found.add(training.place)
            message = (
                f"The model is trained on the test rows here and scored on them in line "
                f"{one.evaluation.place.line}: score "
                "it before, or train on the training rows only."
            )
            related = (context.related("The same rows are scored here.", one.evaluation.node),)
            yield self.finding(context, training.node, message, Severity.ERROR, related, one)
