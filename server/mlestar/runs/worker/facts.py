"""What a call of ``fit`` received, as plain values: cheap, read-only, never the data itself.

The dict matches `cst_tools.types.FitFact`. Statistics come from at most `SAMPLE` rows; counts are scaled up.
"""

from __future__ import annotations

import functools
import math
import sys
from typing import Any, Optional

SAMPLE = 20_000
CELLS = 2_000_000
MOST_COLUMNS = 200
_TEXT_WORDS = 4.0
_FEW_CLASSES = 20


def describe(
    site: int, callee_text: str, callee: Any, args: "tuple[Any, ...]", kwargs: "dict[str, Any]"
) -> dict[str, Any]:
    """Facts about ``callee(*args, **kwargs)``. May raise; the caller keeps that from the user's program."""
    while isinstance(callee, functools.partial):
        args, kwargs, callee = (*callee.args, *args), {**callee.keywords, **kwargs}, callee.func
    rest = list(args)
    estimator = getattr(callee, "__self__", None)
    if estimator is None or isinstance(estimator, type(sys)):
        estimator = kwargs.get("estimator")
        if estimator is None and rest and hasattr(rest[0], "fit"):
            estimator = rest.pop(0)
    x = next((kwargs[n] for n in ("X", "x", "data", "raw_documents") if kwargs.get(n) is not None), None)
    if x is None and rest:
        x = rest.pop(0)
    y = next((kwargs[n] for n in ("y", "Y", "target", "labels") if kwargs.get(n) is not None), None)
    if y is None and rest:
        y = rest[0]
    kind = type(estimator)
    fact: dict[str, Any] = {
        "line": site,
        "callee": callee_text,
        "estimator": "" if estimator is None else "{}.{}".format(kind.__module__, kind.__qualname__),
    }
    fact.update(_features(x))
    if y is not None:
        fact.update(_target(y, estimator))
    return fact


def _features(x: Any) -> dict[str, Any]:
    pandas, numpy = sys.modules.get("pandas"), sys.modules.get("numpy")
    shape = tuple(getattr(x, "shape", ()) or ())
    try:
        rows = int(shape[0]) if shape else len(x)
    except (TypeError, ValueError):
        rows = 0
    columns = int(shape[1]) if len(shape) > 1 else (1 if rows else 0)
    kind, facts = "other", []  # type: str, list[dict[str, Any]]
    step = max(1, -(-rows // max(1, min(SAMPLE, CELLS // max(1, columns)))))
    if pandas is not None and isinstance(x, pandas.DataFrame):
        kind, sample = "dataframe", x.iloc[::step]
        facts = [_column(str(sample.columns[i]), sample.iloc[:, i], rows) for i in range(min(columns, MOST_COLUMNS))]
    elif pandas is not None and isinstance(x, pandas.Series):
        kind, facts = "series", [_column(str(x.name), x.iloc[::step], rows)]
    elif numpy is not None and isinstance(x, numpy.ndarray):
        kind = "ndarray"
        if x.ndim == 1:
            facts = [_array_column("0", x[::step], rows)]
        elif x.ndim == 2:
            facts = [_array_column(str(i), x[::step, i], rows) for i in range(min(columns, MOST_COLUMNS))]
    elif hasattr(x, "nnz") and hasattr(x, "tocsr"):
        kind = "sparse"
    elif isinstance(x, (list, tuple)) and rows:
        kind = "list"
        if isinstance(x[0], (list, tuple)):
            columns = len(x[0])
        elif isinstance(x[0], str):
            facts = [_words_column("0", x[::step], rows)]
    return {
        "x_kind": kind,
        "rows": rows,
        "columns": columns,
        "column_facts": facts,
        "missing": sum(f["missing"] for f in facts),
    }


def _scaled(count: Any, sampled: int, rows: int) -> int:
    return int(count) if sampled >= rows or not sampled else round(int(count) * rows / sampled)


def _skew(values: Any) -> Optional[float]:
    """Moment skewness of the finite ``values`` (numpy, 1-d); None when undefined."""
    numpy = sys.modules["numpy"]
    values = numpy.asarray(values, dtype=float)
    values = values[numpy.isfinite(values)]
    if len(values) < 3:
        return None
    centred = values - values.mean()
    variance = float((centred**2).mean())
    if variance <= 0 or not math.isfinite(variance):
        return None
    skew = float((centred**3).mean()) / variance**1.5
    return skew if math.isfinite(skew) else None


def _column(name: str, column: Any, rows: int) -> dict[str, Any]:
    pandas: Any = sys.modules["pandas"]
    types = pandas.api.types
    missing = _scaled(column.isna().sum(), len(column), rows)
    if isinstance(column.dtype, pandas.CategoricalDtype):
        return {"name": name, "kind": "category", "missing": missing, "unique": int(column.nunique())}
    if types.is_bool_dtype(column.dtype):
        return {"name": name, "kind": "bool", "missing": missing, "unique": int(column.nunique())}
    if types.is_datetime64_any_dtype(column.dtype) or types.is_timedelta64_dtype(column.dtype):
        return {"name": name, "kind": "datetime", "missing": missing, "unique": int(column.nunique())}
    if types.is_numeric_dtype(column.dtype):
        values = column.to_numpy(dtype=float, na_value=float("nan")) if missing else column.to_numpy()
        skew = None if types.is_complex_dtype(column.dtype) else _skew(values)
        return {"name": name, "kind": "number", "missing": missing, "unique": int(column.nunique()), "skew": skew}
    fact = _words_column(name, column.dropna().tolist(), rows)
    fact["missing"] = missing
    return fact


def _array_column(name: str, values: Any, rows: int) -> dict[str, Any]:
    numpy: Any = sys.modules["numpy"]
    kind = values.dtype.kind
    if kind in "OUS":
        present = [v for v in values.tolist() if v is not None and v == v]
        fact = _words_column(name, present, rows)
        fact["missing"] = _scaled(len(values) - len(present), len(values), rows)
        return fact
    word = {"b": "bool", "M": "datetime", "m": "datetime"}.get(kind, "number" if kind in "iuf" else "other")
    missing = int(numpy.isnan(values).sum()) if kind in "fc" else 0
    return {
        "name": name,
        "kind": word,
        "missing": _scaled(missing, len(values), rows),
        "unique": len(numpy.unique(values)),
        "skew": _skew(values) if word == "number" else None,
    }


def _words_column(name: str, values: Any, rows: int) -> dict[str, Any]:
    """A column of Python objects without its missing ones."""
    values = list(values)
    texts = [v for v in values[:2000] if isinstance(v, str)]
    try:
        unique = len(set(values))
    except TypeError:
        unique = len(values)
    fact: dict[str, Any] = {"name": name, "missing": 0, "unique": unique}
    if values and len(texts) < len(values[:2000]):
        head = values[:2000]
        numbers = all(isinstance(v, (int, float)) for v in head)
        fact["kind"] = "bool" if all(isinstance(v, bool) for v in head) else "number" if numbers else "other"
        return fact
    words = sum(len(text.split()) for text in texts) / len(texts) if texts else 0.0
    fact["mean_words"] = words
    many = unique > 50 and unique > 0.5 * len(values)
    fact["kind"] = "text" if words >= _TEXT_WORDS or many else "category"
    return fact


def _wanted_kind(estimator: Any) -> Optional[str]:
    """``class`` or ``number`` when the estimator says what it predicts."""
    name = type(estimator).__name__
    base: Any = sys.modules.get("sklearn.base")
    if base is not None and estimator is not None:
        try:
            if base.is_classifier(estimator):
                return "class"
            if base.is_regressor(estimator):
                return "number"
        except Exception:
            pass  # an estimator without sklearn's tags: its name has to do
    if name.endswith(("Classifier", "SVC", "NB")):
        return "class"
    return "number" if name.endswith(("Regressor", "SVR")) else None


def _target(y: Any, estimator: Any) -> dict[str, Any]:
    numpy: Any = sys.modules.get("numpy")
    if numpy is None or (not hasattr(y, "__len__") and not hasattr(y, "__array__")):
        return {}
    values = numpy.asarray(y.detach().cpu() if hasattr(y, "detach") else y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1 or not len(values):
        return {}
    rows = len(values)
    values = values[:: max(1, rows // 1_000_000)]
    if values.dtype.kind == "O":
        present = [v for v in values.tolist() if v is not None and v == v]
        if all(isinstance(v, (int, float)) for v in present):
            values = numpy.asarray(present, dtype=float)
        else:
            values = numpy.asarray([str(v) for v in present])
    if values.dtype.kind == "f":
        values = values[numpy.isfinite(values)]
    unique, counts = numpy.unique(values, return_counts=True)
    wanted = _wanted_kind(estimator)
    if wanted is None:
        whole = values.dtype.kind != "f" or bool((values == numpy.floor(values)).all())
        wanted = "class" if values.dtype.kind in "USb" or (whole and len(unique) <= _FEW_CLASSES) else "number"
    if wanted == "class" and len(unique) <= 1000:
        return {
            "target_kind": "binary" if len(unique) <= 2 else "multiclass",
            "class_counts": [_scaled(c, len(values), rows) for c in counts],
        }
    if values.dtype.kind not in "iufb":
        return {}
    step = max(1, len(values) // SAMPLE)
    return {"target_kind": "continuous", "target_skew": _skew(values[::step]), "target_min": float(values.min())}
