"""Which rows a score was computed on: the proof that two variants were judged by the same evaluation.

scikit-learn's metrics, and the scoring step of its cross-validation, are watched from outside: each call leaves its
value and a digest of the true labels it was given. When the script reports its objective, the calls that give that
number (itself, its root, its mean over folds ...) say which rows were scored. A number that no call explains, such as
one computed by hand, has no such proof.
"""

from __future__ import annotations

import functools
import math
import threading
from collections import deque
from hashlib import blake2b
from types import ModuleType
from typing import Any, Callable, Deque, Iterable, NamedTuple

from . import hooks

_LIMIT_BYTES = 64 * 1024**2
_KEPT = 512
_MOST_REPORTS = 100
_MOST_EXPLANATIONS = 32
_METRIC_MODULES = ("_classification", "_ranking", "_regression")
_FORMS: "tuple[Callable[[float], float], ...]" = (
    lambda v: v,
    lambda v: -v,
    lambda v: math.sqrt(abs(v)),
    lambda v: 1.0 - v,
    lambda v: 100.0 * v,
    lambda v: 2.0 * v - 1.0,
)
"""What scripts do with a metric before they print it: sign, root, error rate, per cent, Gini."""


class Scored(NamedTuple):
    """One call of a metric: its value, how many rows, and a digest of their true labels in order."""

    name: str
    value: float
    rows: int
    digest: str


_calls: Deque[Scored] = deque(maxlen=_KEPT)
_inside = threading.local()
_observers: "list[Callable[[Scored], None]]" = []


def record(scored: Scored) -> None:
    """Keep one call of a metric."""
    _calls.append(scored)
    for observer in _observers:
        observer(scored)


def observe(observer: "Callable[[Scored], None]") -> "Callable[[], None]":
    """Have ``observer`` called with each call that is kept; gives what ends that."""
    _observers.append(observer)
    return lambda: _observers.remove(observer)


def inside_metric() -> bool:
    """Whether this thread is in a metric whose inner calls are not kept."""
    return bool(getattr(_inside, "metric", False))


def install() -> None:
    hooks.after_import("sklearn.metrics", _watch_metrics)
    hooks.after_import("sklearn.model_selection._validation", _watch_folds)


def _watch_metrics(module: ModuleType) -> None:
    homes = [getattr(module, name) for name in _METRIC_MODULES if hasattr(module, name)]
    for name in getattr(module, "__all__", ()):
        function = getattr(module, name, None)
        home = next((m for m in homes if getattr(m, name, None) is function), None)
        if home is None or not callable(function) or isinstance(function, type):
            continue
        watched = _watched(name, function, 0, "y_true")
        # in both places, or pickling by name would find another function than it holds
        setattr(module, name, watched)
        setattr(home, name, watched)


def _watch_folds(module: ModuleType) -> None:
    module._score = _watched("cross-validation", module._score, 2, "y_test")  # type: ignore[attr-defined]


def _watched(name: str, function: Callable[..., Any], place: int, keyword: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if getattr(_inside, "metric", False):  # a metric that calls others is one score
            return function(*args, **kwargs)
        _inside.metric = True
        try:
            value = function(*args, **kwargs)
        finally:
            _inside.metric = False
        try:
            labels = args[place] if len(args) > place else kwargs.get(keyword)
            for part, number in value.items() if isinstance(value, dict) else (("", value),):
                _remember(name + part, number, labels)
        except Exception:  # labels of a kind we cannot read: the score has no proof, the script goes on
            return value
        return value

    return call


def _remember(name: str, value: Any, labels: Any) -> None:
    if labels is None or len(getattr(value, "shape", ())) > 0:
        return
    number = float(value)
    if math.isfinite(number):
        rows, digest = digest_of(labels)
        record(Scored(name, number, rows, digest))


def digest_of(labels: Any) -> "tuple[int, str]":
    """Rows and a digest of the labels in their order; numbers by value, whatever their type."""
    import numpy as np

    array = np.asarray(labels)
    if array.dtype.kind in "biuf":
        data = np.ascontiguousarray(array, dtype="float64").tobytes()[:_LIMIT_BYTES]
    else:
        data = "\x1f".join(str(v) for v in array.ravel()[:1_000_000]).encode("utf-8", "surrogatepass")
    return len(array), blake2b(data + repr(array.shape).encode(), digest_size=12).hexdigest()


def explain(number: float) -> "list[tuple[int, str]]":
    """Rows and digest of every evaluation that gives ``number``, the largest first; empty when no watched call does.

    Several may: a fold's score can equal the mean over the folds. Two runs were judged alike when they share one.
    """
    if not math.isfinite(number):
        return []
    calls = list(_calls)
    for tolerance in (1e-12, 5e-5):  # as it is; then as rounded to four places
        found = {
            (scored.rows, scored.digest): None
            for scored in reversed(calls)
            if any(_near(form(scored.value), number, tolerance) for form in _FORMS)
        }
        found.update(dict.fromkeys(_means_of_last(calls, number, tolerance)))
        if found:
            return sorted(found, reverse=True)[:_MOST_EXPLANATIONS]
    return []


def explain_all(numbers: "list[float]") -> "dict[str, list[tuple[int, str]]]":
    """By aggregate (``last``, ``max``, ``min``, ``mean``): what may have given the score of the reported numbers."""
    finite = [n for n in numbers if math.isfinite(n)]
    if not finite:
        return {}
    found = {"last": explain(finite[-1]), "max": explain(max(finite)), "min": explain(min(finite))}
    if len(finite) <= _MOST_REPORTS:
        each = [explain(n) for n in finite]
        if all(each):
            found["mean"] = [(sum(e[0][0] for e in each), _combined(e[0][1] for e in each))]
    return {how: seen for how, seen in found.items() if seen}


def _means_of_last(calls: "list[Scored]", number: float, tolerance: float) -> "list[tuple[int, str]]":
    found = []
    for name in {scored.name for scored in calls}:
        same = [scored for scored in reversed(calls) if scored.name == name]
        for form in _FORMS:
            total = 0.0
            for count, scored in enumerate(same, start=1):
                total += form(scored.value)
                if count > 1 and _near(total / count, number, tolerance):
                    found.append((sum(s.rows for s in same[:count]), _combined(s.digest for s in same[:count])))
    return found


def _combined(digests: Iterable[str]) -> str:
    return blake2b("".join(digests).encode(), digest_size=12).hexdigest()


def _near(value: float, number: float, tolerance: float) -> bool:
    return abs(value - number) <= tolerance * max(1.0, abs(number))
