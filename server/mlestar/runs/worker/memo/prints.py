"""Fingerprints of what a library call receives: exact, by content, without changing or keeping what is looked at.

Everything is pickled (protocol 5, nothing remembered between objects, so that equal content gives equal bytes however
its strings and tuples are shared) into a hash; arrays are hashed where they lie. Estimators and other plain objects of
the known libraries are *nodes*: each of their attributes has a print of its own, so that what a call changed in
them can be told, and put back in place. What cannot be looked at exactly (code of the user's, open files,
generators, objects of unknown libraries) raises `Unfit`: the call is then made as if there were no memo.
"""

from __future__ import annotations

import copyreg
import hashlib
import pickle
import sys
import types
from typing import Any, Callable, Optional

KNOWN = frozenset(
    """
    builtins copyreg _codecs collections datetime decimal fractions functools operator re enum types math zoneinfo uuid
    pathlib array numpy pandas scipy sklearn lightgbm xgboost pyarrow joblib category_encoders imblearn threadpoolctl
    """.split()  # noqa: SIM905 - one name a line would be thirty lines
)
"""Top-level modules whose objects are looked at. Anything else may be code that changed since."""
_OWN = __name__.rpartition(".")[0]
_SEEDS = ("random_state", "seed", "random_seed", "rng")
_PLAIN = (type(None), bool, int, float, str)
_CACHES = ("_has_sorted_indices", "_has_canonical_format", "has_sorted_indices", "has_canonical_format")
"""Attributes of sparse matrices that only remember what was found out about their content."""


class Unfit(Exception):
    """The call cannot be memoised exactly; the text says why."""


def new_hash() -> Any:
    """The fastest hash of 128 bits or more that this interpreter has."""
    global _maker
    if _maker is None:
        try:
            import xxhash  # type: ignore[import-not-found,unused-ignore]

            _maker = xxhash.xxh3_128
        except ImportError:
            _maker = hashlib.sha256  # processors have instructions for it: faster than blake2b here
    return _maker()


_maker: Optional[Callable[[], Any]] = None


def bytes_per_second() -> float:
    """What `new_hash` does about, for forecasts."""
    new_hash()
    return 1.2e9 if _maker is hashlib.sha256 else 6e9


def root_of(module: Any) -> str:
    return module.partition(".")[0] if isinstance(module, str) else ""


def dense_order(array: Any) -> Optional["tuple[int, ...]"]:
    """The order of axes in which ``array`` lies without gaps in memory; None when it has gaps."""
    if array.flags.c_contiguous:
        return tuple(range(array.ndim))
    order = tuple(sorted(range(array.ndim), key=lambda axis: (-array.strides[axis], axis)))
    return order if array.transpose(order).flags.c_contiguous else None


def flat_bytes(array: Any, order: "tuple[int, ...]") -> Any:
    """The memory of an array without gaps as bytes, not copied."""
    return array.transpose(order).reshape(-1).view("u1")


def packed(name: str, value: Any) -> "Optional[tuple[list[str], Any]]":
    """Keys and numbers of a vocabulary, whose numbers are objects of NumPy's: one by one they take seconds."""
    if name != "vocabulary_" or type(value) is not dict or len(value) < 100:
        return None
    kinds = set(map(type, value.values()))
    if len(kinds) != 1 or set(map(type, value)) != {str}:
        return None
    (kind,) = kinds
    numpy = sys.modules.get("numpy")
    if numpy is None or not issubclass(kind, numpy.integer):
        return None
    return list(value), numpy.array(list(value.values()), dtype=kind)


def is_function(item: Any) -> bool:
    """Whether ``item`` is a function, compiled ones included: pickled by its name."""
    kind = type(item)
    return kind in (types.FunctionType, types.BuiltinFunctionType) or kind.__name__ == "cython_function_or_method"


def is_node(item: Any) -> bool:
    """Whether ``item`` is a plain object of a known library: its attributes are all that it is."""
    kind = type(item)
    if (
        not isinstance(getattr(item, "__dict__", None), dict)
        or isinstance(item, type)
        or kind in copyreg.dispatch_table
    ):
        return False
    base = getattr(sys.modules.get("sklearn.base"), "BaseEstimator", None)
    if base is not None and isinstance(item, base):
        return True
    if any(getattr(kind, name) is not getattr(object, name) for name in ("__reduce_ex__", "__reduce__")):
        return False
    if getattr(kind, "__getstate__", None) is not getattr(object, "__getstate__", None) or hasattr(
        kind, "__setstate__"
    ):
        return False
    if hasattr(kind, "__getnewargs__") or hasattr(kind, "__getnewargs_ex__"):
        return False
    if isinstance(item, (dict, list, set, tuple, str, bytes, int, float, types.FunctionType, types.ModuleType)):
        return False
    return not any(vars(c).get("__slots__") for c in kind.__mro__)


class _Sink:
    """A file for picklers, which look its ``write`` up only once: what is written goes into the present hash."""

    def __init__(self) -> None:
        self.hash: Any = None

    def write(self, data: Any) -> None:
        self.hash.update(data)


class _Pickler(pickle.Pickler):
    """Writes into a hash; see `Prints` for what it notes down on the way."""

    def __init__(self, owner: "Prints", sink: _Sink) -> None:
        super().__init__(sink, protocol=5, buffer_callback=owner.buffer)
        self.fast = True
        self._owner = owner

    def reducer_override(self, item: Any) -> Any:
        return self._owner.reduce(item)


def _tag(*_: Any) -> None:
    """Only ever named in streams that nobody loads."""


class Prints:
    """Prints of the roots of one call.

    ``units`` holds (owner, name) -> print; the owner is the number of a node, or -1 for the roots themselves.
    ``seen`` are all objects met that are more than plain values, in an order that only depends on the content:
    position ``i`` names the same object in every run with the same key.
    """

    def __init__(self) -> None:
        self.units: dict[tuple[int, str], str] = {}
        self.seen: list[Any] = []
        self.span: dict[tuple[int, str], tuple[int, int]] = {}
        self.nodes: list[Any] = []
        self.values: list[Any] = []
        """The roots themselves, and their names."""
        self.names: list[str] = []
        self.generators: list[Any] = []
        self.spans: list[tuple[int, int, int]] = []
        """(first byte, end, position in ``seen``) of each array's memory."""
        self.roots: set[str] = set()
        self.bytes = 0
        self.ambient = False
        """Whether NumPy's global generator itself was met."""
        self.unseeded = False
        """Whether a node is left to choose its randomness by itself."""
        self.frozen: set[int] = set()
        """Ids of arrays that belong to an index, which nobody changes."""
        self._first: dict[int, int] = {}
        self._node_of: dict[int, int] = {}
        self._generator_of: dict[int, int] = {}
        self._shared: list[str] = []
        self._hash: Any = None
        self._sink = _Sink()
        self._pickler = _Pickler(self, self._sink)
        self._done = 0

    def add(self, name: str, value: Any) -> None:
        """Look at one root and at every node that it leads to."""
        self.values.append(value)
        self.names.append(name)
        self._unit(-1, name, value)
        while self._done < len(self.nodes):
            number, self._done = self._done, self._done + 1
            node = self.nodes[number]
            for key, item in sorted(vars(node).items()):
                if key in _CACHES:
                    continue
                if key in _SEEDS and item is None:
                    self.unseeded = True
                self._unit(number, key, item)

    def digest(self) -> str:
        """One text for all of it, how the objects are shared and the states of generators included."""
        state = hashlib.sha256()
        for (owner, name), text in self.units.items():
            state.update("{}|{}|{}\n".format(owner, name, text).encode("utf-8", "surrogatepass"))
        kinds = ["{}.{}".format(type(n).__module__, type(n).__qualname__) for n in self.nodes]
        generators = [(type(g).__name__, state_text(g)) for g in self.generators]
        state.update(repr((kinds, self._shared, generators)).encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    def number_of(self, item: Any) -> Optional[int]:
        """The number of the node ``item``; None when it is none of them."""
        return self._node_of.get(id(item))

    def again(self, owner: int, name: str, value: Any) -> str:
        """The print that this root or attribute has now. Nothing is noted down."""
        other = Prints()
        other._node_of, other.nodes = self._node_of, self.nodes
        other._generator_of, other.generators = self._generator_of, self.generators
        known = len(self.nodes)
        text = other._unit(owner, name, value)
        if len(self.nodes) > known:
            for node in self.nodes[known:]:
                del self._node_of[id(node)]
            del self.nodes[known:]
            return "new objects"
        return text

    # ---- one unit ----------------------------------------------------------------------------------------------

    def _unit(self, owner: int, name: str, value: Any) -> str:
        begun = len(self.seen)
        if type(value) in _PLAIN:
            text = "{}:{!r}".format(type(value).__name__, value)
        else:
            self._hash = self._sink.hash = new_hash()
            try:
                self._pickler.dump(packed(name, value) or value)
            except Unfit:
                raise
            except RecursionError:
                raise Unfit("too deep") from None
            except Exception as error:
                raise Unfit("{}: {}".format(type(error).__name__, error)) from None
            text = self._hash.hexdigest()
        self.units[owner, name] = text
        self.span[owner, name] = (begun, len(self.seen))
        return text

    def buffer(self, buffer: Any) -> bool:
        raw = buffer.raw()
        self.bytes += raw.nbytes
        self._hash.update(raw)
        return False  # out of band: it was hashed here

    def _note(self, item: Any) -> None:
        first = self._first.setdefault(id(item), len(self.seen))
        if first != len(self.seen) and id(item) not in self.frozen:
            self._shared.append("{}={}".format(len(self.seen), first))
        self.seen.append(item)

    def reduce(self, item: Any) -> Any:
        kind = type(item)
        if is_function(item) or isinstance(item, type):
            self._check(getattr(item, "__module__", None), item)
            return NotImplemented
        self._check(kind.__module__, item)
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            if kind is numpy.ndarray:
                return self._array(item)
            if kind is numpy.random.RandomState or kind is numpy.random.Generator:
                return self._generator(item)
            if kind is numpy.memmap:
                return self._array(numpy.asarray(item))
        if kind.__module__.startswith("pandas.") and any(c.__name__ == "Index" for c in kind.__mro__):
            self.frozen.add(id(item))
            for name in ("_data", "_values"):
                self.frozen.add(id(getattr(item, name, None)))
            self._note(item)
            return NotImplemented
        if kind.__module__ == "builtins" or kind is getattr(numpy, "dtype", None):
            if kind.__name__ in ("generator", "coroutine", "async_generator") or kind.__name__.endswith("iterator"):
                raise Unfit("a {} is used up by the call".format(kind.__name__))
            return NotImplemented
        if is_node(item):
            number = self._node_of.get(id(item))
            if number is None:
                number = self._node_of[id(item)] = len(self.nodes)
                self.nodes.append(item)
            return _tag, ("node", number)
        if not isinstance(item, getattr(numpy, "generic", ())):
            self._note(item)
        if kind.__name__.startswith(("KDTree", "BallTree")) and kind.__module__.startswith("sklearn.neighbors."):
            return self._tree(item)
        return NotImplemented

    def _tree(self, item: Any) -> Any:
        """A search tree without the statistics of its use, which every search moves on."""
        state = item.__getstate__()
        if len(state) >= 12 and all(isinstance(part, int) for part in state[7:11]):
            return _tag, (type(item).__name__, state[:7], state[11:])
        return NotImplemented

    def _check(self, module: Any, item: Any) -> None:
        root = root_of(module)
        if root in KNOWN:
            self.roots.add(root)
        elif module is not None and not module.startswith(_OWN):
            raise Unfit("{} of {} is not known here".format(type(item).__name__, module))
        elif module is None and not is_function(item):
            raise Unfit("{} without a module".format(type(item).__name__))

    def _array(self, array: Any) -> Any:
        order = dense_order(array)
        self._note(array)
        start = array.__array_interface__["data"][0]
        self.spans.append((start, start + array.nbytes, len(self.seen) - 1))
        if array.dtype.hasobject:
            items = array.ravel(order="K").tolist() if array.dtype.kind == "O" else array.tolist()
            return _tag, ("objects", array.shape, order or array.strides, items, array.flags.writeable)
        if order is None:
            import numpy

            layout: Any = array.strides  # sums run in the order of memory: another layout may give other last digits
            data: Any = numpy.ascontiguousarray(array).reshape(-1).view("u1")
        else:
            layout = order
            data = flat_bytes(array, order) if array.size else b""
        self.bytes += array.nbytes
        part = new_hash()
        part.update(data)
        name = array.dtype.str if array.dtype.names is None else repr(array.dtype)
        return _tag, ("array", array.shape, name, layout, array.flags.writeable, part.hexdigest())

    def _generator(self, item: Any) -> Any:
        numpy = sys.modules["numpy"]
        if item is numpy.random.mtrand._rand:
            self.ambient = True
            return _tag, ("global",)
        number = self._generator_of.get(id(item))
        if number is None:
            number = self._generator_of[id(item)] = len(self.generators)
            self.generators.append(item)
        return _tag, ("generator", number)


def state_of(generator: Any) -> Any:
    """The state of a RandomState or Generator, as `set_state` takes it."""
    return generator.get_state(legacy=False) if hasattr(generator, "get_state") else generator.bit_generator.state


def set_state(generator: Any, state: Any) -> None:
    if hasattr(generator, "set_state"):
        generator.set_state(state)
    else:
        generator.bit_generator.state = state


def state_text(generator: Any) -> str:
    return hashlib.sha256(pickle.dumps(_plain(state_of(generator)), 4)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return [(key, _plain(item)) for key, item in value.items()]
    return (value.dtype.str, value.shape, value.tobytes()) if hasattr(value, "tobytes") else repr(value)
