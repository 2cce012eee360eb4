"""L305: a choice was made by cross-validation, and the score of the chosen one is reported as if it were not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.flow.overlap import Predicted
from cst_tools.flow.values import (
    Choice,
    Evaluation,
    EvaluationKind,
    Learned,
    Learns,
    Part,
    Rows,
    contains_some,
    in_order,
    learned_in_order,
    overlap,
)
from cst_tools.rules.decided import scored_elsewhere
from cst_tools.rules.early_stopping import chosen_on_reported
from cst_tools.rules.examples import SPLIT, program
from cst_tools.rules.rule import Context
from cst_tools.rules.scored import scored
from cst_tools.rules.tuning import ChoiceRule
from cst_tools.types import Finding, Severity

_BOOST = "import lightgbm as lgb\nfrom lightgbm import LGBMClassifier\nfrom xgboost import XGBClassifier\n"
_FOLDS = """\
scores = []
for a, b in KFold(5).split(X):
    m = {model}
    m.fit(X.iloc[a], y.iloc[a]{watch})
    scores.append(accuracy_score(y.iloc[b], m.predict(X.iloc[b])))
print(np.mean(scores))
"""
_WATCH = ", eval_set=[(X.iloc[b], y.iloc[b])]"
_GRID = "g = GridSearchCV(LogisticRegression(), {'C': [0.1, 1, 10]}, cv=5)\n"


class NestedChoice(ChoiceRule):
    r"""The folds that a choice was made on give the score that is reported for it.

    ## What it does
    Reports, where no other held-out rows are scored: early stopping on the fold whose score is averaged; a search's
    `best_score_` (and Optuna's `best_value` over `cross_val_score`) as the only score of a program; and
    `cross_val_score` of a model tuned on the same rows.

    ## Why is this bad
    The best of many cross-validation scores is too good, and a number of rounds fitted to each fold fits its noise. The
    bias grows with the number of candidates and with the noise of the folds; on small data it reaches several points.

    ## Example
    ```python
    search = GridSearchCV(model, grid).fit(X, y)
    print(search.best_score_)
    ```
    Use instead:
    ```python
    print(cross_val_score(GridSearchCV(model, grid), X, y).mean())
    ```

    ## Fix safety
    No edit: an inner split costs training rows, a nested search costs time.

    ## References
    - Varma, Simon: Bias in error estimation when using cross-validation for model selection, BMC Bioinformatics 2006
    - scikit-learn examples, "Nested versus non-nested cross-validation"
    """

    code = "L305"
    slug = "choice-and-score-on-the-same-folds"
    advice = "score it on rows that took no part in the choice (a test set, or nested cross-validation)"
    VALID = (
        program(_BOOST + _FOLDS.format(model="XGBClassifier()", watch=_WATCH)),
        program(_BOOST + _FOLDS.format(model="XGBClassifier(early_stopping_rounds=9)", watch="")),
        program(
            _BOOST + "scores = []\nfor a, b in KFold(5).split(X):\n"
            "    A, V, c, d = train_test_split(X.iloc[a], y.iloc[a])\n    m = XGBClassifier(early_stopping_rounds=9)\n"
            "    m.fit(A, c, eval_set=[(V, d)])\n    scores.append(m.score(X.iloc[b], y.iloc[b]))\nprint(scores)\n"
        ),
        program(SPLIT + _GRID + "g.fit(X_train, y_train)\nprint(g.best_score_, g.score(X_test, y_test))\n"),
        program(_GRID + "print(cross_val_score(g, X, y).mean())\n"),
        program(_GRID + "g.fit(X, y)\nprint(g.best_score_)\nprint(cross_val_score(g, X, y).mean())\n"),
        program(_GRID + "g.fit(X, y)\nprint(g.best_params_)\n"),
        program(
            SPLIT + "best = 0\nfor c in (1, 10):\n"
            "    s = cross_val_score(LogisticRegression(C=c), X_train, y_train).mean()\n"
            "    if s > best:\n        best, best_c = s, c\n"
            "print(LogisticRegression(C=best_c).fit(X_train, y_train).score(X_test, y_test))\n"
        ),
        program(
            "for m in (LogisticRegression(), RandomForestClassifier()):\n    print(cross_val_score(m, X, y).mean())\n"
        ),
    )  # fmt: skip
    INVALID = (
        program(_BOOST + _FOLDS.format(model="XGBClassifier(early_stopping_rounds=9)", watch=_WATCH)),
        program(
            _BOOST + _FOLDS.format(model="LGBMClassifier()", watch=_WATCH + ", callbacks=[lgb.early_stopping(9)]")
        ),
        program(_GRID + "g.fit(X, y)\nprint('accuracy', g.best_score_)\n"),
        program(SPLIT + _GRID + "g.fit(X_train, y_train)\nprint(f'{g.best_score_:.3f}')\n"),
        program(_GRID + "g.fit(X, y)\nprint(cross_val_score(g.best_estimator_, X, y).mean())\n"),
        program(
            _GRID + "g.fit(X, y)\nm = LogisticRegression(**g.best_params_)\n"
            "print(cross_val_score(m, X, y, cv=10).mean())\n"
        ),
        program(
            "import optuna\n\ndef objective(trial):\n    m = LogisticRegression(C=trial.suggest_float('c', 0.1, 9))\n"
            "    return cross_val_score(m, X, y, cv=5).mean()\n\nstudy = optuna.create_study()\n"
            "study.optimize(objective, n_trials=99)\nprint(study.best_value)\n"
        ),
        program(
            "best = 0\nfor c in (0.1, 1, 10):\n    s = cross_val_score(LogisticRegression(C=c), X, y).mean()\n"
            "    if s > best:\n        best, best_c = s, c\nprint('accuracy of the best', best)\n"
        ),
    )  # fmt: skip

    def check(self, context: Context) -> Iterator[Finding]:
        yield from super().check(context)
        yield from self._early_stopping(context)
        yield from self._best_scores(context)
        yield from self._tuned_before(context)

    def _early_stopping(self, context: Context) -> Iterator[Finding]:
        for choice in context.flow.choices:
            for evaluation in scored(context.flow).of_rows(choice.rows):
                direct = choice in evaluation.choices and chosen_on_reported(
                    context.flow, choice, evaluation, folds=True
                )
                if not direct and not _out_of_fold(context, choice, evaluation):
                    continue
                message = (
                    f"`{choice.what}` chooses the number of rounds on the fold that {context.where(evaluation.place)} "
                    "scores, so the mean over the folds is too good: stop on a part split off the training fold."
                )
                related = (context.related("The fold is scored here.", evaluation.node),)
                yield self.finding(
                    context, choice.expression or choice.node, message, Severity.WARNING, related, choice
                )
                break

    def _best_scores(self, context: Context) -> Iterator[Finding]:
        seen: set[frozenset[int]] = set()
        for evaluation in context.flow.evaluations:
            node = evaluation.node
            if (
                evaluation.kind is not EvaluationKind.SEARCH
                or not isinstance(node, ast.Attribute)
                or node.attr != "best_score_"
                or evaluation.models in seen
                or _is_flagged_already(evaluation)
                or _scored_apart(context, evaluation)
            ):
                continue
            seen.add(evaluation.models)
            used = any(
                p.model in evaluation.models and not overlap(p.rows, evaluation.rows | evaluation.trained)
                for p in context.flow.of(Predicted)
            )
            message = (
                "`best_score_` is the best of many scores on the same folds and the only score here: score held-out "
                "rows, or cross-validate the search itself."
            )
            severity = Severity.INFORMATION if used else Severity.WARNING
            split = context.flow.splits.get(in_order(evaluation.rows)[0].path[-1][0])
            related = (context.related("The search is made here.", split.node),) if split is not None else ()
            yield self.finding(context, node, message, severity, related, evaluation)

    def _tuned_before(self, context: Context) -> Iterator[Finding]:
        for evaluation in context.flow.evaluations:
            if evaluation.kind is not EvaluationKind.CROSS_VALIDATION:
                continue
            tuned = next((c for c in learned_in_order(evaluation.learned) if _was_chosen_on(c, evaluation.rows)), None)
            if tuned is None or scored_elsewhere(context, evaluation.rows, evaluation.trained, None):
                continue
            message = (
                f"The model that is cross-validated here was tuned in {context.where(tuned.place)} on the same rows, "
                "so its score is too good: cross-validate the search, or score held-out rows."
            )
            related = (context.related("It was tuned here.", tuned.node),)
            yield self.finding(context, evaluation.node, message, Severity.WARNING, related, evaluation)


def _out_of_fold(context: Context, choice: Choice, evaluation: Evaluation) -> bool:
    """Whether the score is of all rows at once, with predictions that were gathered fold by fold."""
    if evaluation.kind is not EvaluationKind.METRIC or not _are_folds(context, choice.rows):
        return False
    if evaluation.models and choice not in evaluation.choices:
        return False
    if not contains_some(evaluation.rows, choice.rows, strictly=True):
        return False
    return not scored_elsewhere(context, evaluation.rows, frozenset(), None)


def _are_folds(context: Context, rows: Rows) -> bool:
    keys = {part.path[-1][0] for part in rows if part.path}
    return bool(keys) and all(k in context.flow.splits and context.flow.splits[k].folds for k in keys)


def _was_chosen_on(learned: Learned, rows: Rows) -> bool:
    return learned.kind is Learns.CHOICE and overlap(learned.rows, rows)


def _is_flagged_already(evaluation: Evaluation) -> bool:
    """Whether a finding on preprocessing before the folds is about the same score: that is to be mended first."""
    return any(
        contains_some(learned.rows, evaluation.rows, strictly=True)
        for learned in evaluation.learned
        if learned.kind not in (Learns.CHOICE, Learns.CUT, Learns.PREDICTION, Learns.CATEGORIES)
    )


def _scored_apart(context: Context, search: Evaluation) -> bool:
    """Whether the program also scores rows the search had not seen, or cross-validates the search."""
    whole = frozenset(Part(p.root, p.path[:-1]) for p in search.rows)
    for evaluation in context.flow.evaluations:
        if evaluation.kind is EvaluationKind.METRIC and evaluation.held_out and not overlap(evaluation.rows, whole):
            return True
        nested = evaluation.kind is EvaluationKind.CROSS_VALIDATION and search.models & evaluation.models
        if nested and not any(_was_chosen_on(c, evaluation.rows) for c in evaluation.learned):
            return True
    return False
