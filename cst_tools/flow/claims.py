"""What the program calls its scores: the words printed before one, the name or key one is stored under."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cst_tools.flow.values import Event, Kind, Place, Rows, Value

if TYPE_CHECKING:
    from cst_tools.flow.arguments import Arguments
    from cst_tools.flow.interpreter import Interpreter

_ROLES = {
    **dict.fromkeys(("train", "training", "insample", "resubstitution"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "holdout", "heldout", "unseen"), "test"),
}
_MEASURES = frozenset(
    [
        "accuracy",
        "acc",
        "score",
        "scores",
        "auc",
        "roc",
        "f1",
        "mse",
        "rmse",
        "mae",
        "mape",
        "r2",
        "loss",
        "error",
        "err",
        "logloss",
        "precision",
        "recall",
        "metric",
        "metrics",
        "set",
        "data",
        "performance",
        "result",
        "results",
        "report",
        "rmsle",
        "gini",
        "kappa",
        "mcc",
        "ap",
        "average",
        "balanced",
        "mean",
        "r",
        "squared",
        "sample",
        "samples",
        "split",
    ]
)
_LINKS = frozenset(("on", "for", "over", "in"))
_AMOUNTS = frozenset(
    ("size", "sizes", "time", "times", "fraction", "fractions", "ratio", "percentage", "percent", "rows", "length",
     "duration", "seconds", "count", "epoch", "epochs", "window", "windows")
)  # fmt: skip
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+")


@dataclass(frozen=True, slots=True)
class Said(Event):
    """A score (of ``rows``, computed at ``score``) is called ``role`` here."""

    role: str
    score: Place
    rows: Rows


@lru_cache(maxsize=4096)
def claimed(text: str) -> str | None:
    """Which rows the words before a number say it is about.

    >>> claimed("Test accuracy: "), claimed("acc_train"), claimed("Training done. Accuracy: "), claimed("on test")
    ('test', 'train', None, 'test')
    >>> claimed("Best training size by RMSE: ")  # the best size, not a score of training
    """
    sentence = re.split(r"[.!?;\n]\s|[\n,|]", text.rstrip(" .\n,|"))[-1]
    sentence = sentence.replace("held-out", "heldout").replace("hold-out", "holdout").replace("in-sample", "insample")
    words = [w.lower() for w in _WORD.findall(sentence)]
    found = [(i, _ROLES[w]) for i, w in enumerate(words) if w in _ROLES]
    if len({role for _, role in found}) != 1:
        return None
    at, role = found[-1]
    after = words[at + 1 : at + 4]
    before = words[max(0, at - 2) : at]
    if after and after[0] in _AMOUNTS:
        return None
    if not after or any(w in _MEASURES for w in after) or any(w in _LINKS for w in before):
        return role
    return None


def say(m: Interpreter, node: ast.AST, text: object, value: Value) -> None:
    """The score in ``value`` is called by ``text``."""
    if not value.scores or not isinstance(text, str):
        return
    role = claimed(text)
    if role is None or len({score.rows for score in value.scores}) > 1:
        return
    for score in value.scores:
        if score.chosen is None:
            m.record_event(Said(m.place(node), role, score.place, score.rows))


def in_text(m: Interpreter, node: ast.JoinedStr) -> None:
    """``f"test {score:.3f}"``: what stands before each value."""
    before = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            before += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            value = m.evaluate(part.value)
            if value.kind is Kind.CONST and isinstance(value.const, str):
                before += value.const
            elif value.scores:
                say(m, node, before, value)
                before = ""


def in_call(m: Interpreter, a: Arguments) -> None:
    """``print("test", score)``, ``log_metric("test_auc", score)``, ``log(test_auc=score)``."""
    before: object = None
    for value in a.positional:
        if value.kind is Kind.CONST:
            before = value.const
        else:
            say(m, a.node, before, value)
    for name, value in a.keywords.items():
        say(m, a.node, name, value)


def in_format(m: Interpreter, text: str, values: Sequence[Value], node: ast.AST) -> None:
    """``"test {}".format(score)`` and ``"test %f" % score``."""
    pieces = re.split(r"\{[^}]*\}|%[-+.\d]*[a-zA-Z]", text)
    for piece, value in zip(pieces, values, strict=False):
        say(m, node, piece, value)
