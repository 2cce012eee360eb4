"""L301: settings, or a model, chosen by the score on the rows that are then reported."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.flow.choosing import How, Selection
from cst_tools.flow.values import Learned, Learns, contains_some, learned_in_order
from cst_tools.rules.decided import Decision, decisions, scored_elsewhere
from cst_tools.rules.examples import SPLIT, program
from cst_tools.rules.rule import Context, Rule
from cst_tools.rules.scored import scored
from cst_tools.types import Finding, Severity

_VERBS = {
    How.COMPARE: "The better one is kept",
    How.EXTREME: "The best one is taken",
    How.POSITION: "The best one is taken",
    How.SEARCH: "The search goes",
    How.PATIENCE: "Training stops",
}


class ChoiceRule(Rule):
    """Base of the rules that report a `Decision`."""

    advice = ""

    def check(self, context: Context) -> Iterator[Finding]:
        for decision in decisions(context):
            if decision.code == self.code:
                yield self.report(context, decision)

    def report(self, context: Context, decision: Decision) -> Finding:
        node = decision.selection.place.node
        score = min(decision.scores, key=lambda s: s.place.position)
        message = (
            f"{_VERBS[decision.selection.how]} by the score on the held-out rows that {context.where(score.place)} "
            f"reports, so that score is too good: {self.advice}."
        )
        related = (context.related("The rows are scored here.", score.place.node),)
        at = node.test if isinstance(node, ast.If) else node
        return self.finding(context, at, message, decision.severity, related, decision)


def _is_choice_of_rounds(context: Context, learned: Learned) -> bool:
    """Early stopping: L302."""
    return any(c.place is learned.place for c in context.flow.choices)


def _models(body: str, before: str = "", after: str = "") -> str:
    return program(SPLIT + before + body + after)


_LOOP = """\
best = 0
for c in {values}:
    m = LogisticRegression(C=c).fit(X_train, y_train)
    score = accuracy_score({rows}, m.predict({features}))
    {test}
"""
_KEEP = "if score > best:\n        best, best_c = score, c"
_TEST = {"rows": "y_test", "features": "X_test", "values": "[0.1, 1, 10]"}
_VAL = {"rows": "y_val", "features": "X_val", "values": "[0.1, 1, 10]"}
_CARVE = "X_train, X_val, y_train, y_val = train_test_split(X_train, y_train)\n"
_DICT = (
    "models = {'lr': LogisticRegression(), 'rf': RandomForestClassifier()}\nresults = {}\n"
    "for name, m in models.items():\n    m.fit(X_train, y_train)\n    results[name] = m.score(X_test, y_test)\n"
)
_STUDY = """\
import optuna

def objective(trial):
    m = LogisticRegression(C=trial.suggest_float("C", 0.01, 10))
    m.fit(X_train, y_train)
    return accuracy_score({y}, m.predict({x}))

study = optuna.create_study(direction="maximize")
study.optimize(objective, n_trials=50)
"""


class TuningOnTest(ChoiceRule):
    r"""Settings, or one of several models, are chosen by the score on the rows that are then reported.

    ## What it does
    Follows scores through lists, dictionaries and tables into comparisons (`if score > best`), `max`, `argmax`,
    sorting and the objectives of Optuna, hyperopt, scikit-optimize and SciPy; also what `fit` logs of each epoch into
    the number of epochs for the next `fit`. Reports where the scored rows are held
    out, something is kept because of the score, and no other held-out rows are scored. Which rows are validation rows
    is told by what is done with them, not by their name; rows that are called validation give a hint only.

    ## Why is this bad
    The best of many noisy scores is too good by construction: the more was tried, the more. The settings fit the test
    rows, and no rows are left to say how good they really are. Scores that are only printed side by side are fine, and
    so are the best and the worst of several runs beside their mean.

    ## Example
    ```python
    for c in (0.1, 1, 10):
        score = LogisticRegression(C=c).fit(X_train, y_train).score(X_test, y_test)
        if score > best:
            best, best_c = score, c
    ```
    Use instead:
    ```python
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1, 10]}).fit(X_train, y_train)
    print(search.score(X_test, y_test))
    ```

    ## Fix safety
    No edit: which rows to choose on instead is a decision about the experiment.

    ## References
    - scikit-learn user guide, "Tuning the hyper-parameters of an estimator"
    - Cawley, Talbot: On Over-fitting in Model Selection and Subsequent Selection Bias, JMLR 2010
    """

    code = "L301"
    slug = "tuning-on-test"

    def check(self, context: Context) -> Iterator[Finding]:
        yield from super().check(context)
        yield from self._before_the_split(context)

    def _before_the_split(self, context: Context) -> Iterator[Finding]:
        """A search went over rows that hold the test rows of what it chose."""
        seen: set[object] = set()
        decided = {s.place for s in context.flow.of(Selection)}
        for evaluation in scored(context.flow).held_out:
            for learned in learned_in_order(evaluation.learned):
                if learned.kind is not Learns.CHOICE or learned.place in seen:
                    continue
                if _is_choice_of_rounds(context, learned) or not contains_some(learned.rows, evaluation.rows):
                    continue
                if learned.place in decided and not contains_some(learned.rows, evaluation.rows, strictly=True):
                    continue  # a `Decision` of its own
                if scored_elsewhere(context, learned.rows, frozenset(), None):
                    continue
                seen.add(learned.place)
                message = (
                    "The search chooses on rows that hold the held-out rows scored on "
                    f"{context.where(evaluation.place)}: search on the training rows only."
                )
                related = (context.related("The held-out rows are scored here.", evaluation.node),)
                yield self.finding(context, learned.node, message, Severity.ERROR, related, learned)

    advice = "choose by cross-validation on the training rows, or on a validation part of them"
    VALID = (
        _models(_LOOP.format(test="print(c, score)", **_TEST)),
        _models(
            _LOOP.format(test=_KEEP, **_VAL),
            _CARVE,
            "m = LogisticRegression(C=best_c).fit(X_train, y_train)\nprint(m.score(X_test, y_test))\n",
        ),
        _models(_DICT + "for name, score in sorted(results.items(), key=lambda p: -p[1]):\n    print(name, score)\n"),
        _models(_DICT + "import matplotlib.pyplot as plt\nplt.ylim(0, max(results.values()))\n"),
        _models(
            _LOOP.format(test=_KEEP, **_TEST),
            after="new = pd.read_csv('new.csv')\nm = LogisticRegression(C=best_c).fit(X_train, y_train)\n"
            "print(m.score(new.drop(columns='y'), new['y']))\n",
        ),
        _models(_STUDY.format(x="X_val", y="y_val"), _CARVE, "print(accuracy_score(y_test, m.predict(X_test)))\n")
        .replace("print(acc", "m = LogisticRegression(**study.best_params).fit(X_train, y_train)\nprint(acc"),
        _models(
            "scores = [cross_val_score(LogisticRegression(C=c), X_train, y_train).mean() for c in (1, 2)]\n"
            "c = (1, 2)[int(np.argmax(scores))]\nm = LogisticRegression(C=c).fit(X_train, y_train)\n"
            "print(m.score(X_test, y_test))\n"
        ),
        _models("m = LogisticRegression().fit(X_train, y_train)\nr = m.score(X_test, y_test)\n"
                "if r > 0.9:\n    print('good')\nprint(max(0, r))\n"),
        _models(_DICT + "print(pd.Series(results).sort_values())\n"),
    )  # fmt: skip
    INVALID = (
        _models(_LOOP.format(test=_KEEP, **_TEST), after="print(best_c, best)\n"),
        _models(_DICT + "name = max(results, key=results.get)\nprint(name, results[name])\n"),
        _models(
            "scores = []\nfor k in range(1, 30):\n    m = RandomForestClassifier(max_depth=k)\n"
            "    m.fit(X_train, y_train)\n    scores.append(accuracy_score(y_test, m.predict(X_test)))\n"
            "k = np.argmax(scores) + 1\nm = RandomForestClassifier(max_depth=k).fit(X_train, y_train)\n"
            "print(m.score(X_test, y_test))\n"
        ),
        _models(_STUDY.format(x="X_test", y="y_test") + "print(study.best_value)\n"),
        _models(
            "def fit(c):\n    m = LogisticRegression(C=c).fit(X_train, y_train)\n"
            "    return m, m.score(X_test, y_test)\n\n"
            "runs = [fit(c) for c in (0.1, 1, 10)]\nmodel, score = max(runs, key=lambda r: r[1])\nprint(score)\n"
        ),
        _models(
            "rows = []\nfor c in (0.1, 1, 10):\n    m = LogisticRegression(C=c).fit(X_train, y_train)\n"
            "    rows.append({'c': c, 'acc': m.score(X_test, y_test)})\ntable = pd.DataFrame(rows)\n"
            "best = table.sort_values('acc', ascending=False).iloc[0]\nprint(best)\n"
        ),
        _models(
            "a = LogisticRegression().fit(X_train, y_train)\nb = RandomForestClassifier().fit(X_train, y_train)\n"
            "p, q = a.score(X_test, y_test), b.score(X_test, y_test)\nfinal = a if p > q else b\n"
            "print(final.score(X_test, y_test))\n"
        ),
        _models(
            "from hyperopt import fmin, hp, tpe\n\ndef loss(space):\n"
            "    m = RandomForestClassifier(**space).fit(X_train, y_train)\n"
            "    return {'loss': -m.score(X_test, y_test), 'status': 'ok'}\n\n"
            "print(fmin(fn=loss, space={'max_depth': hp.choice('d', [2, 4])}, algo=tpe.suggest, max_evals=50))\n"
        ),
        _models(_DICT + "ranking = sorted(results.items(), key=lambda p: p[1], reverse=True)\nprint(ranking[0])\n"),
    )  # fmt: skip
