"""Frozen values to JSON and back, for the journal, ``--json`` and the wire.

cattrs (which lsprotocol brings along) reads the type annotations, so that a field added to a dataclass is
stored without another line here, and a field missing in an older record gets its default.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from cattrs.preconf.json import JsonConverter, make_converter

T = TypeVar("T")


@lru_cache(maxsize=1)
def _converter() -> JsonConverter:
    converter = make_converter()
    converter.register_unstructure_hook(Path, str)
    converter.register_structure_hook(Path, lambda value, _: Path(value))
    return converter


def to_data(value: Any) -> Any:
    """Plain lists, dicts, strings and numbers."""
    return _converter().unstructure(value)


def dumps(value: Any) -> str:
    """JSON for the journal; NaN, which a script may report, is kept as Python writes and reads it."""
    return json.dumps(to_data(value), ensure_ascii=False)


def dumps_strict(value: Any, *, indent: int | None = 2) -> str:
    """JSON that every reader takes: NaN and infinity become null."""
    return json.dumps(_finite(to_data(value)), indent=indent, ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def loads(text: str, kind: type[T]) -> T:
    """The value of type ``kind`` that `dumps` wrote. Raises ValueError when it does not fit."""
    try:
        return _converter().structure(json.loads(text), kind)
    except Exception as error:  # cattrs raises exception groups of many kinds; the caller needs one
        raise ValueError(f"a stored {kind.__name__} does not fit: {error}") from error
