"""L302: the number of rounds, or the best version, chosen on the rows that are then reported."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.flow.values import Choice, Evaluation, EvaluationKind, Flow, Learns, overlap
from cst_tools.rules.carve import carve_validation
from cst_tools.rules.decided import Decision, decisions
from cst_tools.rules.examples import SPLIT, program
from cst_tools.rules.rule import Context, Rule, parting
from cst_tools.rules.scored import scored
from cst_tools.types import Finding, Fix, Severity


def _boosted(body: str, score: str = "print(accuracy_score(y_test, m.predict(X_test)))\n") -> str:
    head = (
        "import lightgbm as lgb\nimport xgboost as xgb\nfrom catboost import CatBoostClassifier\n"
        "from lightgbm import LGBMClassifier\nfrom xgboost import XGBClassifier\n"
    )
    return head + program(SPLIT + body + score)


def _keras(callback: str, after: str = "") -> str:
    return (
        "from keras import Sequential, layers\nfrom keras.callbacks import EarlyStopping, ModelCheckpoint\n"
        + program(
            SPLIT + "m = Sequential([layers.Dense(1)])\nm.compile('adam', 'mse')\n"
            f"m.fit(X_train, y_train, validation_data=(X_test, y_test), epochs=99, callbacks=[{callback}])\n{after}"
            "print(m.evaluate(X_test, y_test))\n"
        )
    )


class EarlyStoppingOnTest(Rule):
    r"""Training stops, or the best version is kept, by the score on the rows that are then reported.

    ## What it does
    Reports `fit` (and `train`) calls of XGBoost, LightGBM, CatBoost, Keras, TabNet, skorch, Lightning, fastai and the
    Hugging Face trainer (`load_best_model_at_end`) that watch rows (`eval_set`, `valid_sets`, `validation_data`,
    `eval_dataset`, a validation loader) and stop early, keep the best iteration or the best checkpoint by them, when
    the only held-out score of that model is on the same rows. CatBoost and TabNet do so by default. Patience counted by
    hand or by an early-stopping object is reported alike, and so is a model that takes over another one's
    `best_iteration`.

    ## Why is this bad
    The number of rounds is a hyper-parameter. Chosen on the test rows, it fits them, and their score is too
    good: the more so the
    fewer the rows and the noisier the curve. The warning is weaker for rows that are called validation.

    ## Example
    ```python
    model = XGBClassifier(early_stopping_rounds=50)
    model.fit(X_train, y_train, eval_set=[(X_test, y_test)])
    print(accuracy_score(y_test, model.predict(X_test)))
    ```
    Use instead:
    ```python
    X_fit, X_val, y_fit, y_val = train_test_split(X_train, y_train, test_size=0.2, random_state=0)
    model.fit(X_fit, y_fit, eval_set=[(X_val, y_val)])
    print(accuracy_score(y_test, model.predict(X_test)))
    ```

    ## Fix safety
    Safe where training and watched rows are plain names, or data sets (`DMatrix`, `Dataset`, `Pool`) made of plain
    names and used for nothing else: the model is trained on a fifth fewer rows, the price of an honest score. Otherwise
    there is no edit.

    ## References
    - XGBoost documentation, "Early Stopping"
    - Prechelt: Early Stopping - But When? 1998
    """

    code = "L302"
    slug = "early-stopping-on-test"
    VALID = (
        _boosted("m = XGBClassifier()\nm.fit(X_train, y_train, eval_set=[(X_test, y_test)])\n"),
        _boosted(
            "m = XGBClassifier(early_stopping_rounds=None)\nm.fit(X_train, y_train, eval_set=[(X_test, y_test)])\n"
        ),
        _boosted("m = CatBoostClassifier(use_best_model=False)\nm.fit(X_train, y_train, eval_set=(X_test, y_test))\n"),
        _boosted(
            "a, X_val, b, y_val = train_test_split(X_train, y_train)\n"
            "m = XGBClassifier(early_stopping_rounds=9)\nm.fit(a, b, eval_set=[(X_val, y_val)])\n"
        ),
        _boosted(
            "m = LGBMClassifier()\n"
            "m.fit(X_train, y_train, eval_set=[(X_test, y_test)], callbacks=[lgb.log_evaluation(9)])\n"
        ),
        _boosted(
            "m = CatBoostClassifier()\nm.fit(X_train, y_train, eval_set=(X_test, y_test))\n",
            "print(m.best_iteration_)\n",
        ),
        _boosted(
            "m = XGBClassifier(early_stopping_rounds=9)\nm.fit(X_train, y_train, eval_set=[(X_test, y_test)])\n"
            "hold = pd.read_csv('later.csv')\nprint(accuracy_score(hold['y'], m.predict(hold.drop(columns='y'))))\n"
        ),
        _boosted(
            "m = XGBClassifier(early_stopping_rounds=9)\nm.fit(X_train, y_train, eval_set=[(X_train, y_train)])\n"
        ),
        _boosted(
            "from pytorch_tabnet.tab_model import TabNetClassifier\nm = TabNetClassifier()\n"
            "m.fit(X_train, y_train, eval_set=[(X_test, y_test)], patience=0)\n"
        ),
        _boosted(
            "from skorch import NeuralNetClassifier\nfrom skorch.callbacks import EarlyStopping\n"
            "m = NeuralNetClassifier(Net, callbacks=[EarlyStopping()])\nm.fit(X_train, y_train)\n"
        ),
        _keras("EarlyStopping(monitor='loss')"),
        _keras("ModelCheckpoint('m.keras')", "m.load_weights('m.keras')\n"),
        _keras("ModelCheckpoint('m.keras', save_best_only=True)"),
    )
    INVALID = (
        _boosted("m = XGBClassifier(early_stopping_rounds=9)\nm.fit(X_train, y_train, eval_set=[(X_test, y_test)])\n"),
        _boosted(
            "m = XGBClassifier()\nm.fit(X_train, y_train, early_stopping_rounds=9, eval_set=[(X_test, y_test)])\n"
        ),
        _boosted("m = CatBoostClassifier()\nm.fit(X_train, y_train, eval_set=(X_test, y_test))\n"),
        _boosted(
            "m = LGBMClassifier()\n"
            "m.fit(X_train, y_train, eval_set=[(X_train, y_train), (X_test, y_test)], "
            "callbacks=[lgb.early_stopping(9)])\n"
        ),
        _boosted(
            "m = LGBMClassifier(early_stopping_round=9)\nm.fit(X_train, y_train, eval_X=(X_test,), eval_y=(y_test,))\n"
        ),
        _boosted(
            "a, b = xgb.DMatrix(X_train, y_train), xgb.DMatrix(X_test, y_test)\n"
            "m = xgb.train({}, a, 900, evals=[(b, 'test')], early_stopping_rounds=9)\n",
            "print(accuracy_score(y_test, m.predict(b) > 0.5))\n",
        ),
        _boosted(
            "a, b = lgb.Dataset(X_train, y_train), lgb.Dataset(X_test, y_test)\n"
            "m = lgb.train({'early_stopping_round': 9}, a, valid_sets=[b])\n"
        ),
        _boosted(
            "def train(m, a, b, c, d):\n    m.fit(a, b, eval_set=[(c, d)])\n    return m\n\n"
            "m = train(XGBClassifier(early_stopping_rounds=9), X_train, y_train, X_test, y_test)\n"
        ),
        _boosted(
            "a, b = X_train, X_test\nwatched = [(b, y_test)]\nm = XGBClassifier(early_stopping_rounds=9)\n"
            "m.fit(X=a, y=y_train, eval_set=watched)\n"
        ),
        _boosted(
            "a = lgb.Dataset(X_train, y_train)\nb = lgb.Dataset(X_test, y_test, reference=a)\n"
            "m = lgb.train({}, a, valid_sets=[a, b], callbacks=[lgb.early_stopping(9)])\n"
        ),
        _boosted(
            "from pytorch_tabnet.tab_model import TabNetClassifier\nm = TabNetClassifier()\n"
            "m.fit(X_train, y_train, eval_set=[(X_test, y_test)])\n"
        ),
        _boosted(
            "from sklearn.linear_model import SGDClassifier\nm = SGDClassifier()\nbest = waited = 0\n"
            "for epoch in range(99):\n    m.partial_fit(X_train, y_train, classes=[0, 1])\n"
            "    s = m.score(X_test, y_test)\n    if s > best:\n        best, waited = s, 0\n    else:\n"
            "        waited += 1\n    if waited > 5:\n        break\n"
        ),
        _keras("EarlyStopping(patience=3)"),
        _keras("ModelCheckpoint('m.keras', save_best_only=True)", "m.load_weights('m.keras')\n"),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        for decision in decisions(context):
            if decision.code == self.code:
                yield self._by_hand(context, decision)
        seen: set[Choice] = set()
        for evaluation in scored(context.flow).held_out if context.flow.choices else ():
            reused = _reused(context.flow, evaluation)
            for choice in sorted(evaluation.choices | reused, key=lambda c: (c.key, c.what)):
                if choice in seen or not chosen_on_reported(context.flow, choice, evaluation):
                    continue
                seen.add(choice)
                roles = {context.flow.roles.get(p) for p in choice.rows}
                severity = Severity.WARNING if "validation" in roles else Severity.ERROR
                message = (
                    f"`{choice.what}` chooses the model by its score on the same rows that line {evaluation.key[0]} "
                    "reports: carve a validation set out of the training rows for it."
                )
                related = (context.related("The same rows are scored here.", evaluation.node),)
                yield self.finding(context, choice.expression or choice.node, message, severity, related, choice)

    def _by_hand(self, context: Context, decision: Decision) -> Finding:
        """Patience counted in the training loop."""
        node = decision.selection.place.node
        score = min(decision.scores, key=lambda s: s.place.position)
        message = (
            f"The number of epochs is chosen by the score on the held-out rows of {context.where(score.place)}, which "
            "are then reported: choose it on a part split off the training rows."
        )
        related = (context.related("The rows are scored here.", score.place.node),)
        at = node.test if isinstance(node, ast.If) else node
        return self.finding(context, at, message, decision.severity, related, decision)

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        return carve_validation(context, place) if isinstance(place, Choice) else None


def _reused(flow: Flow, evaluation: Evaluation) -> frozenset[Choice]:
    """Choices of other models whose number of rounds this one was given."""
    places = {learned.place for learned in evaluation.learned if learned.kind is Learns.CHOICE}
    return frozenset(c for c in flow.choices if c.place in places) if places else frozenset()


def chosen_on_reported(flow: Flow, choice: Choice, evaluation: Evaluation, *, folds: bool = False) -> bool:
    """Whether the rows of the choice are those reported, and no other held-out score of the model is.

    ``folds``: ask about rows that are held out in turn by cross-validation, else about others.
    """
    if evaluation.kind is not EvaluationKind.METRIC or not evaluation.held_out:
        return False
    if not overlap(choice.rows, evaluation.rows):
        return False
    parted = parting(evaluation.trained, evaluation.rows)
    if folds is not (parted is not None and parted[0] in flow.splits and flow.splits[parted[0]].folds):
        return False  # early stopping inside cross-validation is L305
    return not _scored_apart(flow, choice)


def _scored_apart(flow: Flow, choice: Choice) -> bool:
    """Whether the model is scored on other held-out rows too, or one that was refitted with the rows of the choice."""
    known: dict[Choice, bool] = flow.cache.setdefault("choices scored apart", {})
    if choice not in known:
        scores = scored(flow)
        known[choice] = any(not overlap(choice.rows, e.rows) for e in scores.by_choice.get(choice, ())) or any(
            overlap(choice.rows, e.trained) and not overlap(choice.rows, e.rows) for e in scores.trained_on(choice.rows)
        )
    return known[choice]
