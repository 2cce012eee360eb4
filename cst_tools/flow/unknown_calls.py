"""Calls of what is not known, and of builtins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cst_tools.flow import (
    calls,
    choosing,
    column_sets,
    duplicates,
    hand_folds,
    handmade,
    overlap,
    parting,
    scores,
    selection,
    series_calls,
    vocabularies,
)
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.bounds import LENGTH, SHARE
from cst_tools.flow.values import (
    UNKNOWN,
    Estimator,
    Kind,
    Value,
    flatten,
    merged,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


_PLAIN_BUILTINS = frozenset(
    (
        "print",
        "len",
        "range",
        "isinstance",
        "type",
        "str",
        "int",
        "bool",
        "sum",
        "min",
        "max",
        "open",
        "display",
        "hasattr",
        "getattr",
        "id",
        "any",
        "all",
        "repr",
        "super",
        "vars",
        "input",
        "format",
        "callable",
    )
)


_RANDOM = frozenset(
    ("normal", "standard_normal", "uniform", "random", "integers", "multivariate_normal", "rand", "randn")
)


_METRIC_WORDS = (
    "score",
    "metric",
    "accuracy",
    "rmse",
    "rmsle",
    "auc",
    "f1",
    "mae",
    "mse",
    "mape",
    "logloss",
    "evaluat",
)


def unknown_call(m: Interpreter, name: str, a: Arguments) -> Value:
    """Unknown is not a leak: the result has its argument's rows, and predictions with labels may be a score."""
    if name.endswith("load_model"):
        saved = [r for r, s in m.heap.items() if isinstance(s, Estimator) and s.trained and s.spec.evaluation]
        if saved:
            return Value(Kind.ESTIMATOR, ref=saved[-1])
    if choosing.is_stopper(name.rpartition(".")[2]):
        choosing.patience(m, a)
        return Value(name="earlystopping")
    if name.rpartition(".")[2] in ("array_split", "split", "tensor_split", "chunk") and "." in name:
        pieces = hand_folds.cut(m, a)
        if pieces is not None:
            return pieces
    values = [leaf for v in a.values for leaf in flatten(v)]
    data = [v for v in values if v.kind is Kind.DATA and v.rows]
    predicted = [v for v in data if v.models]
    labels = [v for v in data if not v.models]
    lower = name.lower()
    if predicted and labels and (any(w in lower for w in _METRIC_WORDS) or len(data) == 2):
        for together in _sets_of_rows(data, predicted):
            m.record_evaluation(a.node, together, frozenset())
        both = merged(data)
        return scores.scored(m, replace(both, kind=Kind.RESIDUAL, columns=None), a.node, data)
    for value in values:  # an unknown function may train what it is given: forget nothing, claim nothing
        if value.kind is Kind.RESIDUAL or (value.scores and not data):
            return value
    if not data:
        short = name.rpartition(".")[2]
        if short in _RANDOM and "." in name:
            return m.fresh_table()
        if (parsed := overlap.settings(m, a.node)) is not None:
            return parsed
        return m.fresh_table(opaque=True) if _looks_like_loading(short) or opens(name) else Value(ref=m.number())
    if name.rpartition(".")[2] in handmade.PRODUCTS and len(data) == 2:
        made = handmade.product(m, a.node, *data)
        if made is not None:
            return made
    if name.startswith("statsmodels.") and len(data) == 2 and a.get(1, "exog") is data[1]:
        m.record_training(a.node, data[1], data[0], None, False)
    first = data[0]
    result = Value(
        Kind.DATA,
        rows=first.rows,
        learned=frozenset().union(*(v.learned for v in data)),
        models=frozenset().union(*(v.models for v in data)),
        opaque=True,
        concatenated=first.concatenated,
        ref=m.number(),
    )
    if not result.models:
        result = duplicates.by_call(m, name, a, result)
    return result if result.models or _keeps_rows(name) else overlap.unsure_rows(m, result, a.node)


def _sets_of_rows(data: list[Value], predicted: list[Value]) -> list[list[Value]]:
    """``evaluate(y_val, y_test, p_val, p_test)``: each set of rows has a score of its own."""
    if len({p.rows for p in predicted}) == 1:
        return [data]
    return [[v for v in data if v.rows == rows] for rows in dict.fromkeys(p.rows for p in predicted)]


def _keeps_rows(name: str) -> bool:
    """Functions of array libraries work element by element, unless their name says that they choose."""
    package, _, rest = name.partition(".")
    chooses = ("split", "take", "choice", "sample", "compress", "extract", "unique", "delete", "sort", "select")
    arrays = ("numpy", "pandas", "torch", "tensorflow", "keras", "scipy", "jax", "cupy")
    return package in arrays and not any(word in rest for word in chooses)


def opens(name: str) -> bool:
    """``Image.open(path)``: what is in a file, not the file."""
    return name.endswith("Image.open") or name.startswith(("rasterio.open", "xarray.open_", "zarr.open"))


def _looks_like_loading(name: str) -> bool:
    lower = name.lower()
    if "model" in lower or lower.endswith(("net", "optimizer", "criterion")):
        return False
    return any(
        w in lower for w in ("load", "read", "fetch", "get_data", "make_", "dataset", "prepare", "import_data", "split")
    )


def builtin(m: Interpreter, name: str, a: Arguments) -> Value | None:
    first = a.positional[0] if a.positional else UNKNOWN
    if name in ("max", "min", "sorted"):
        best = choosing.best_of(m, name, a)
        if best is not None:
            return best
    if name in ("sum", "int", "str") and first.kind is not Kind.DATA and (found := scores.scores_of(first)):
        if name == "sum" and first.kind is not Kind.RESIDUAL:
            found = scores.averaged(m, "mean", found, a.node)  # to be divided by their number
        return replace(first, scores=found) if first.kind is Kind.RESIDUAL else Value(scores=found)
    if name in ("int", "float", "bool") and first.kind is Kind.RESIDUAL and not first.scores:
        m.record_evaluation(a.node, [first], first.models)
        return first
    if name in ("list", "tuple", "set", "sorted", "iter", "reversed", "next", "float", "round", "abs", "frozenset"):
        if name == "next" and first.kind in (Kind.SEQUENCE, Kind.DATA):
            parting.first_of_folds(m, first)
            return m.iterate(first)[0]
        if name in ("list", "tuple", "set") and not a.positional:
            return Value(Kind.SEQUENCE)
        if name in ("set", "frozenset") and (known := vocabularies.collected(m, a.node, "set of words", first)):
            return known
        if name in ("list", "set", "sorted", "tuple") and first.kind is Kind.DATA:
            return column_sets.names_of(first)
        return first
    if name == "dict" and a.positional and first.kind in (Kind.SEQUENCE, Kind.MAPPING):
        leaves = flatten(first)
        known = vocabularies.of_mapping(UNKNOWN, leaves) or selection.table_of(leaves)
        return first if known is None else known
    if name == "dict" and first.kind is Kind.DATA:
        return first
    if name == "dict":
        return Value(Kind.MAPPING, keys=tuple(a.keywords), items=tuple(a.keywords.values()))
    if name == "enumerate" and first.name == hand_folds.PIECES:
        return Value(Kind.SEQUENCE, items=(Value(Kind.SEQUENCE, items=(UNKNOWN, hand_folds.piece(first))),))
    if name == "enumerate":
        return Value(Kind.SEQUENCE, items=tuple(Value(Kind.SEQUENCE, items=(UNKNOWN, v)) for v in m.iterate(first)))
    if name == "zip":
        columns = [m.iterate(v) for v in a.positional]
        length = max((len(c) for c in columns), default=0)
        rows = []
        for index in range(length):
            row = [c[min(index, len(c) - 1)] for c in columns]
            for other in row:  # names beside their scores: whoever picks among them picks by the scores
                row = [selection.influenced(v, other) for v in row]
            rows.append(Value(Kind.SEQUENCE, items=tuple(row)))
        return Value(Kind.SEQUENCE, items=tuple(rows))
    if name == "map" and len(a.positional) == 2 and a.positional[1].kind is Kind.SEQUENCE:
        results = [calls.call_value(m, first, Arguments(a.node, [v])) for v in m.iterate(a.positional[1])]
        return Value(Kind.SEQUENCE, items=tuple(results))
    if name == "map" and len(a.positional) > 1:
        return calls.call_value(m, first, Arguments(a.node, [m.iterate(v)[0] for v in a.positional[1:]]))
    if name == "len" and first.kind is Kind.DATA:
        return Value(name="length", owner=first)
    if name == "range":
        return series_calls.positions(a)
    if name in _PLAIN_BUILTINS:
        if name == "sum" and first.kind is Kind.RESIDUAL:
            m.record_evaluation(a.node, [first], first.models)
            return first
        if name == "int" and first.name in (LENGTH, SHARE):
            return first
        if name in ("int", "str", "bool") and first.kind is Kind.DATA and first.name == "element":
            return first
        if name == "open":
            return Value(name="file")
        if name in ("int", "str") and first.kind is Kind.CONST and isinstance(first.const, int | str):
            return UNKNOWN
        return UNKNOWN
    if name == "tqdm":
        return first
    return None
