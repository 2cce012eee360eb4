"""The data boundary: what the script loads through known functions comes out with fewer rows.

Watched are ``pandas.read_*``, ``polars.read_*``, numpy's loaders, ``pyarrow.parquet.read_table``, scikit-learn's
``load_*``/``fetch_*`` and the ``csv`` module when the script itself calls it. A table comes out as if its file held
fewer rows: the order stays, an index that only counts rows counts anew, any other index is kept.

Not reduced, for no call of them can be told from others: rows fetched from a database cursor, ``pickle`` and
``joblib`` files, lines read by hand, images in folders, lazy frames, and what the script makes itself.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
from types import ModuleType
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from . import hooks
from .fidelity_draws import Draws, Table

Note = Callable[[str, int, int, str], None]
"""Table, rows before and after, how."""
_MOST_NOTES = 200
_inside = threading.local()


class _Frame(Table):
    """A DataFrame of pandas. Levels of a named index count as columns."""

    def __init__(self, frame: Any, name: str) -> None:
        self._frame, self.name, self.rows = frame, name, len(frame)
        self._levels = [n for n in frame.index.names if isinstance(n, str)]
        self.columns = tuple([c for c in frame.columns if isinstance(c, str)] + self._levels)

    def values(self, column: str) -> "List[Any]":
        if column in self._levels:
            return list(self._frame.index.get_level_values(column))
        found = self._frame[column]
        column_values: "List[Any]" = (found if getattr(found, "ndim", 1) == 1 else found.iloc[:, 0]).tolist()
        return column_values


class _Polars(Table):
    def __init__(self, frame: Any, name: str) -> None:
        self._frame, self.name, self.rows = frame, name, len(frame)
        self.columns = tuple(frame.columns)

    def values(self, column: str) -> "List[Any]":
        return self._frame[column].to_list()  # type: ignore[no-any-return]


class _Rows(Table):
    """An array, a matrix, a Series or a list: rows without names, perhaps labels."""

    def __init__(self, data: Any, name: str, labels: Any = None) -> None:
        self._data, self.name = data, name
        self.rows = _length(data) or 0
        self._labels = labels if labels is not None else data

    def labels(self) -> "Optional[List[Any]]":
        data = self._labels
        if isinstance(data, (list, tuple)):
            return list(data) if data and isinstance(data[0], (str, int)) else None
        if len(getattr(data, "shape", ())) != 1 or not hasattr(data, "tolist"):
            return None
        kind = getattr(getattr(data, "dtype", None), "kind", "O")
        return data.tolist() if kind in "biufUSO" else None


class _Named(Table):
    """Rows of the csv module under a header."""

    def __init__(self, rows: "List[Any]", columns: "Tuple[str, ...]", name: str) -> None:
        self._rows, self.name, self.rows, self.columns = rows, name, len(rows), columns

    def values(self, column: str) -> "List[Any]":
        place = self.columns.index(column)
        return [row[place] if len(row) > place else None for row in self._rows]


def _length(data: Any) -> "Optional[int]":
    shape = getattr(data, "shape", None)
    if isinstance(shape, tuple):
        return int(shape[0]) if shape else None
    return len(data) if isinstance(data, list) else None


def take(data: Any, positions: "List[int]") -> Any:
    """The rows of a table, array, sparse matrix or list at ``positions``."""
    if isinstance(data, (list, tuple)):
        return type(data)([data[i] for i in positions])
    if hasattr(data, "iloc"):
        index = data.index
        counts = type(index).__name__ == "RangeIndex" and index.name is None and index.start == 0 and index.step == 1
        taken = data.iloc[positions]
        return taken.reset_index(drop=True) if counts else taken
    if type(data).__module__.split(".")[0] == "pyarrow":
        return data.take(positions)
    return data[positions]


class Boundary:
    """Wraps the loaders of libraries as they are imported."""

    def __init__(self, draws: Draws, note: Note, script: str, workspace: str) -> None:
        self._draws, self._note, self._notes = draws, note, 0
        self._own = (script, workspace.rstrip(os.sep) + os.sep)

    def install(self) -> None:
        for name, hook in (
            ("pandas", functools.partial(self._readers, kind="DataFrame")),
            ("polars", functools.partial(self._readers, kind="DataFrame")),
            ("numpy", self._numpy),
            ("pyarrow.parquet", self._arrow),
            ("sklearn.datasets", self._sklearn),
        ):
            hooks.after_import(name, hook)
        hooks.after_import("csv", self._csv)

    # --- one table ---------------------------------------------------------------------------------------

    def reduced(self, data: Any, name: str, labels: Any = None) -> Any:
        """``data`` with the rows that stay; anything that is no table comes back as it is."""
        if type(data) is dict:  # the sheets of a workbook
            return {key: self.reduced(part, "{} {}".format(name, key)) for key, part in data.items()}
        family = type(data).__module__.split(".")[0]
        if family == "polars" and type(data).__name__ == "DataFrame":
            table: Table = _Polars(data, name)
        elif family == "pyarrow" and hasattr(data, "to_pandas") and hasattr(data, "take"):
            table = _Arrow(data, name)
        elif hasattr(data, "iloc") and hasattr(data, "columns"):
            table = _Frame(data, name)
        elif _length(data):
            table = _Rows(data, name, labels)
        else:
            return data
        return self._apply(table, lambda positions: take(data, positions), data)

    def _apply(self, table: Table, taken: Callable[["List[int]"], Any], whole: Any) -> Any:
        draw = self._draws.draw(table)
        after = table.rows if draw.positions is None else len(draw.positions)
        if self._notes < _MOST_NOTES:
            self._notes += 1
            self._note(table.name, table.rows, after, draw.how)
        return whole if draw.positions is None else taken(draw.positions)

    def _wrapped(self, function: Callable[..., Any], shrink: Callable[[Any, str], Any]) -> Callable[..., Any]:
        """``function`` with its result reduced once, though it may call other loaders; a failure leaves it whole."""

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if getattr(_inside, "loading", False):
                return function(*args, **kwargs)
            _inside.loading = True
            try:
                loaded = function(*args, **kwargs)
            finally:
                _inside.loading = False
            name = _name_of(function.__name__, args, kwargs)
            try:
                return shrink(loaded, name)
            except Exception as error:
                self._note(name, 0, 0, "left whole: {}".format(error))
                return loaded

        return call

    # --- libraries -----------------------------------------------------------------------------------------

    def _readers(self, module: ModuleType, kind: str) -> None:
        for name in dir(module):
            if not name.startswith("read_") or name.endswith(("_schema", "_metadata")):
                continue
            function = getattr(module, name, None)
            if callable(function):
                setattr(module, name, self._wrapped(function, self.reduced))

    def _arrow(self, module: ModuleType) -> None:
        module.read_table = self._wrapped(module.read_table, self.reduced)  # type: ignore[attr-defined]

    def _numpy(self, module: Any) -> None:
        for name in ("load", "loadtxt", "genfromtxt", "fromfile"):
            setattr(module, name, self._wrapped(getattr(module, name), self._array))

    def _array(self, data: Any, name: str) -> Any:
        if type(data).__name__ == "NpzFile":
            return _Archive(data, self, name)
        return self.reduced(data, name) if isinstance(data, sys.modules["numpy"].ndarray) else data

    def _sklearn(self, module: ModuleType) -> None:
        for name in dir(module):
            if name.startswith(("load_", "fetch_")) and callable(getattr(module, name, None)):
                setattr(module, name, self._wrapped(getattr(module, name), self._dataset))

    def _dataset(self, data: Any, name: str) -> Any:
        """A Bunch or ``(X, y, ...)``: every part as long as the target is reduced alike."""
        target = data.get("target") if isinstance(data, dict) else data[1] if isinstance(data, tuple) else None
        rows = _length(target)
        if not rows:
            return data
        parts = data if isinstance(data, dict) else dict(enumerate(data))
        found: "Dict[Any, Any]" = {}

        def keep(positions: "List[int]") -> None:
            for key, part in parts.items():
                if _length(part) == rows:
                    found[key] = take(part, positions)

        self._apply(_Rows(target, name), keep, None)
        if not found:
            return data
        if isinstance(data, tuple):
            return tuple(found.get(i, part) for i, part in enumerate(data))
        data.update(found)
        return data

    # --- the csv module --------------------------------------------------------------------------------------

    def _csv(self, module: Any) -> None:
        reader, boundary = module.reader, self

        class Reader:
            """Reads all rows when the first is asked for; the first is the header, as far as can be told."""

            def __init__(self, file: Any, *args: Any, **kwargs: Any) -> None:
                self._inner = reader(file, *args, **kwargs)
                self._name = os.path.basename(str(getattr(file, "name", "csv")))
                self._left: "Optional[Iterator[Any]]" = None

            @property
            def dialect(self) -> Any:
                return self._inner.dialect

            @property
            def line_num(self) -> int:
                return int(self._inner.line_num)

            def __iter__(self) -> "Iterator[Any]":
                return self

            def __next__(self) -> Any:
                if self._left is None:
                    rows = list(self._inner)
                    self._left = iter(boundary._csv_rows(rows, self._name))
                return next(self._left)

        @functools.wraps(reader)
        def made(file: Any, *args: Any, **kwargs: Any) -> Any:
            frame = sys._getframe(1)
            while frame.f_back is not None and frame.f_globals.get("__name__") == "csv":
                frame = frame.f_back  # DictReader calls it for the script
            place = frame.f_code.co_filename
            own = place == self._own[0] or (place.startswith(self._own[1]) and "site-packages" not in place)
            return Reader(file, *args, **kwargs) if own else reader(file, *args, **kwargs)

        module.reader = made

    def _csv_rows(self, rows: "List[Any]", name: str) -> "List[Any]":
        if len(rows) < 2:
            return rows
        table = _Named(rows[1:], tuple(rows[0]), name)
        kept = self._apply(table, lambda positions: [rows[1 + i] for i in positions], rows[1:])
        return [rows[0], *kept]


class _Arrow(_Polars):
    def __init__(self, table: Any, name: str) -> None:
        self._frame, self.name, self.rows = table, name, table.num_rows
        self.columns = tuple(table.column_names)

    def values(self, column: str) -> "List[Any]":
        return self._frame.column(column).to_pylist()  # type: ignore[no-any-return]


class _Archive:
    """An ``.npz`` file whose arrays are reduced as they are read; everything else is the file's own."""

    def __init__(self, file: Any, boundary: Boundary, name: str) -> None:
        self._file, self._boundary, self._name, self._read = file, boundary, name, {}  # type: Any, Boundary, str, Dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        if key not in self._read:
            self._read[key] = self._boundary.reduced(self._file[key], "{} {}".format(self._name, key))
        return self._read[key]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __iter__(self) -> "Iterator[str]":
        return iter(self._file)

    def __len__(self) -> int:
        return len(self._file)

    def __contains__(self, key: str) -> bool:
        return key in self._file

    def items(self) -> "List[Tuple[str, Any]]":
        return [(key, self[key]) for key in self._file]

    def values(self) -> "List[Any]":
        return [self[key] for key in self._file]

    def __enter__(self) -> "_Archive":
        return self

    def __exit__(self, *_: Any) -> None:
        self._file.close()


def _name_of(function: str, args: "Tuple[Any, ...]", kwargs: "Dict[str, Any]") -> str:
    first = args[0] if args else next(iter(kwargs.values()), None)
    if isinstance(first, (str, os.PathLike)):
        text = os.fspath(first)
        return os.path.basename(text if isinstance(text, str) else function)[:100]
    return function
