"""L304: a threshold, a mix or a calibration made with the labels that are then scored."""

from __future__ import annotations

from collections.abc import Iterator

from cst_tools.flow.stacking import FittedOnPredictions
from cst_tools.flow.values import EvaluationKind, overlap
from cst_tools.rules.decided import scored_elsewhere
from cst_tools.rules.examples import FIT, SPLIT, program
from cst_tools.rules.rule import Context
from cst_tools.rules.tuning import ChoiceRule
from cst_tools.types import Finding, Severity

_METRICS = "from sklearn.metrics import f1_score, precision_recall_curve, roc_auc_score, roc_curve\n"
_PROBABLE = "p = model.predict_proba(X_test)[:, 1]\n"
_VAL = (
    "X_train, X_val, y_train, y_val = train_test_split(X_train, y_train)\n" + FIT
    + "q = model.predict_proba(X_val)[:, 1]\n"
)  # fmt: skip
_SWEEP = (
    "best, cut = 0, 0.5\nfor t in np.linspace(0.1, 0.9, 81):\n    f = f1_score({y}, {p} >= t)\n"
    "    if f > best:\n        best, cut = f, t\n"
)


def _scored(body: str) -> str:
    return program(_METRICS + SPLIT + FIT + _PROBABLE + body)


class ThresholdOnTest(ChoiceRule):
    r"""A decision threshold, blending weights or a calibration is fitted to the labels that are then scored.

    ## What it does
    Reports the best point of a ROC or precision-recall curve (`argmax`), sweeps over thresholds or mixing weights that
    keep the best score, and `CalibratedClassifierCV(cv="prefit")`, isotonic or logistic models fitted on predictions of
    the held-out rows, when the result is scored on the same rows and on no other held-out ones.

    ## Why is this bad
    A threshold is learned from the labels like any other parameter. Accuracy or F1 at the best threshold for just
    these rows is not what the model will reach on new ones. Drawing a curve chooses nothing and is fine.

    ## Example
    ```python
    fpr, tpr, thresholds = roc_curve(y_test, p_test)
    cut = thresholds[np.argmax(tpr - fpr)]
    print(f1_score(y_test, p_test >= cut))
    ```
    Use instead:
    ```python
    p_train = cross_val_predict(model, X_train, y_train, method="predict_proba")[:, 1]
    fpr, tpr, thresholds = roc_curve(y_train, p_train)
    cut = thresholds[np.argmax(tpr - fpr)]
    print(f1_score(y_test, p_test >= cut))
    ```

    ## Fix safety
    No edit.

    ## References
    - scikit-learn user guide, "Tuning the decision threshold for class prediction"
    """

    code = "L304"
    slug = "threshold-on-test"
    advice = "choose it on a validation part or on `cross_val_predict` of the training rows"
    VALID = (
        _scored("fpr, tpr, t = roc_curve(y_test, p)\nimport matplotlib.pyplot as plt\nplt.plot(fpr, tpr)\n"),
        _scored("print(roc_auc_score(y_test, p), f1_score(y_test, p > 0.5))\n"),
        program(
            _METRICS + SPLIT + _VAL + "fpr, tpr, t = roc_curve(y_val, q)\ncut = t[np.argmax(tpr - fpr)]\n"
            + _PROBABLE + "print(f1_score(y_test, p >= cut))\n"
        ),
        program(
            _METRICS + SPLIT + _VAL + _SWEEP.format(y="y_val", p="q") + _PROBABLE
            + "print(f1_score(y_test, p >= cut))\n"
        ),
        _scored("for t in (0.3, 0.5, 0.7):\n    print(t, f1_score(y_test, p >= t))\n"),
        _scored("fpr, tpr, t = roc_curve(y_test, p)\neer = fpr[np.nanargmin(np.abs(1 - tpr - fpr))]\nprint(eer)\n"),
        program(
            "from sklearn.calibration import CalibratedClassifierCV\n" + SPLIT + _VAL
            + "c = CalibratedClassifierCV(model, cv='prefit').fit(X_val, y_val)\nprint(c.score(X_test, y_test))\n"
        ),
        program(
            "from sklearn.isotonic import IsotonicRegression\n" + SPLIT + _VAL
            + "c = IsotonicRegression().fit(q, y_val)\n"
            "print(accuracy_score(y_test, c.predict(model.predict_proba(X_test)[:, 1]) > 0.5))\n"
        ),
    )  # fmt: skip
    INVALID = (
        _scored(
            "fpr, tpr, t = roc_curve(y_test, p)\ncut = t[np.argmax(tpr - fpr)]\nprint(f1_score(y_test, p >= cut))\n"
        ),
        _scored(
            "precision, recall, thresholds = precision_recall_curve(y_test, p)\n"
            "f = 2 * precision * recall / (precision + recall)\nix = np.argmax(f)\n"
            "print('best', thresholds[ix], f[ix])\nlabels = (p >= thresholds[ix]).astype(int)\n"
            "print(accuracy_score(y_test, labels))\n"
        ),
        _scored(_SWEEP.format(y="y_test", p="p") + "print(cut, best)\n"),
        _scored(
            "cuts = np.arange(0.1, 0.9, 0.01)\nscores = [f1_score(y_test, (p > c).astype(int)) for c in cuts]\n"
            "cut = cuts[np.argmax(scores)]\nprint(accuracy_score(y_test, p > cut))\n"
        ),
        _scored(
            "other = RandomForestClassifier().fit(X_train, y_train)\nq = other.predict_proba(X_test)[:, 1]\n"
            "best = 0\nfor w in np.linspace(0, 1, 21):\n    score = roc_auc_score(y_test, w * p + (1 - w) * q)\n"
            "    if score > best:\n        best, weight = score, w\nprint(best)\n"
        ),
        _scored(
            "def find(y, p):\n    best_t, best_f = 0.5, 0\n"
            "    for t in range(100):\n        f = f1_score(y, p > t / 100)\n"
            "        if f > best_f:\n            best_t, best_f = t / 100, f\n    return best_t\n\n"
            "print(f1_score(y_test, p > find(y_test, p)))\n"
        ),
        program(
            "from sklearn.calibration import CalibratedClassifierCV\n" + SPLIT + FIT
            + "c = CalibratedClassifierCV(model, cv='prefit')\nc.fit(X_test, y_test)\n"
            "print(accuracy_score(y_test, c.predict(X_test)))\n"
        ),
        _scored(
            "from sklearn.isotonic import IsotonicRegression\nc = IsotonicRegression(out_of_bounds='clip')\n"
            "c.fit(p, y_test)\nprint(accuracy_score(y_test, c.predict(p) > 0.5))\n"
        ),
    )  # fmt: skip

    def check(self, context: Context) -> Iterator[Finding]:
        yield from super().check(context)
        for fitted in context.flow.of(FittedOnPredictions):
            if overlap(fitted.rows, fitted.trained):
                continue  # in-sample predictions: L306
            for score in context.flow.evaluations:
                if (
                    score.kind is EvaluationKind.METRIC
                    and fitted.model in score.models
                    and overlap(score.rows, fitted.rows)
                    and not scored_elsewhere(context, fitted.rows, fitted.trained, None)
                ):
                    message = (
                        "A model is fitted here on top of predictions of the held-out rows that "
                        f"{context.where(score.place)} scores: fit it on a validation part of the training rows."
                    )
                    related = (context.related("The same rows are scored here.", score.node),)
                    yield self.finding(context, fitted.place.node, message, Severity.ERROR, related, fitted)
                    break
