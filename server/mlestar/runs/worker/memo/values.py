"""What a call left behind, as bytes, and back: how objects and memory were shared is kept or the value is refused.

Objects that were there before the call are named by their place in its `prints.Prints`, so that a returned ``self``,
a stored argument or a view of one is the same object again. Arrays come back owned, with their layout; views come
back as views.
"""

from __future__ import annotations

import io
import pickle
import sys
from typing import Any

from .prints import KNOWN, Prints, Unfit, dense_order, flat_bytes, is_node, packed, root_of

_OWN = __name__
_SMALL = 1 << 16


def restore_array(buffer: Any, dtype: Any, shape: Any, order: "tuple[int, ...]", writeable: bool) -> Any:
    """An array of its own memory with the axes lying in ``order``."""
    import numpy

    lying = numpy.empty([shape[axis] for axis in order], dtype)
    if lying.size:
        memory = lying.reshape(-1).view("u1")
        memory[...] = numpy.frombuffer(buffer, "u1")
    back = [0] * len(order)
    for place, axis in enumerate(order):
        back[axis] = place
    array = lying if list(order) == sorted(order) else lying.transpose(back)
    if not writeable:
        array.flags.writeable = False
    return array


def restore_objects(items: "list[Any]", dtype: Any, shape: Any, order: "tuple[int, ...]", writeable: bool) -> Any:
    """An array of Python objects; ``items`` in the order of memory."""
    import numpy

    lying = numpy.empty([shape[axis] for axis in order], dtype)
    flat = lying.reshape(-1)
    for place, item in enumerate(items):
        flat[place] = item
    back = [0] * len(order)
    for place, axis in enumerate(order):
        back[axis] = place
    array = lying if list(order) == sorted(order) else lying.transpose(back)
    if not writeable:
        array.flags.writeable = False
    return array


def restore_view(root: Any, dtype: Any, shape: Any, strides: Any, offset: int, writeable: bool) -> Any:
    """A view into the memory of ``root``, an array without gaps."""
    import numpy

    order = dense_order(root)
    assert order is not None
    locked = not root.flags.writeable and writeable
    view: Any = numpy.ndarray(shape, dtype, flat_bytes(root, order), offset, strides)
    if not writeable:
        view.flags.writeable = False
    if locked:
        raise ValueError("a writeable view of a locked array")
    return view


def restore_global() -> Any:
    return sys.modules["numpy"].random.mtrand._rand


def set_attributes(item: Any, attributes: "dict[str, Any]") -> None:
    """All attributes of a new plain object, whatever its own idea of unpickling is."""
    item.__dict__.update(attributes)


def restore_vocabulary(keys: "list[str]", numbers: Any) -> "dict[str, Any]":
    return dict(zip(keys, numbers))


class _Vocabulary:
    def __init__(self, keys: "list[str]", numbers: Any) -> None:
        self.parts = keys, numbers

    def __reduce__(self) -> Any:
        return restore_vocabulary, self.parts


def light(name: str, value: Any) -> Any:
    """``value`` of an attribute, or what takes less time to store and comes back as it."""
    parts = packed(name, value)
    return value if parts is None else _Vocabulary(*parts)


_FUNCTIONS: "dict[str, Any]" = {
    f.__name__: f
    for f in (restore_array, restore_objects, restore_view, restore_global, restore_vocabulary, set_attributes)
}


class _Pickler(pickle.Pickler):
    def __init__(self, file: Any, prints: Prints, old: "dict[int, tuple[str, int]]", buffers: "list[Any]") -> None:
        super().__init__(file, protocol=5, buffer_callback=self._buffer)
        self._prints, self._old, self._buffers = prints, old, buffers
        self._spans: list[tuple[int, int, int]] = []
        self._kept: list[Any] = []
        self._nan = getattr(sys.modules.get("numpy"), "nan", self)
        self._frozen: set[int] = set(prints.frozen)

    def _buffer(self, buffer: Any) -> bool:
        self._buffers.append(buffer.raw())
        return False

    def persistent_id(self, item: Any) -> Any:
        if item is self._nan:
            return "nan", 0  # one object for all: sets and dicts tell others apart
        return self._old.get(id(item))

    def reducer_override(self, item: Any) -> Any:
        kind = type(item)
        module = getattr(item, "__module__", None) if isinstance(item, type) or callable(item) else kind.__module__
        root = root_of(module)
        if root not in KNOWN and module != _OWN and not (module is None and not isinstance(item, type)):
            raise Unfit("{} of {} is not known here".format(kind.__name__, module))
        self._kept.append(item)  # ids must stay unique until the end
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            if kind is numpy.ndarray:
                return self._array(item)
            if kind is numpy.memmap:
                raise Unfit("it gives a mapped file")
            if item is numpy.random.mtrand._rand:
                return restore_global, ()
        if kind.__module__.startswith("pandas.") and any(c.__name__ == "Index" for c in kind.__mro__):
            self._frozen.update((id(getattr(item, "_data", None)), id(getattr(item, "_values", None))))
            return NotImplemented
        if kind.__module__ != "builtins" and is_node(item):
            return _new, (kind,), {k: light(k, v) for k, v in vars(item).items()}, None, None, set_attributes
        if isinstance(item, dict) and isinstance(getattr(item, "__dict__", None), dict) and _plainly_reduced(kind):
            # such as a Bunch, which has attributes of its own and would lose them
            return _new, (kind,), dict(vars(item)), None, iter(item.items()), set_attributes
        return NotImplemented

    def _array(self, array: Any) -> Any:
        if array.dtype.hasobject and array.dtype.kind != "O":
            return NotImplemented
        numpy = sys.modules["numpy"]
        order = dense_order(array)
        simple = array.dtype.names is None and numpy.dtype(array.dtype.str) == array.dtype
        dtype = array.dtype.str if simple else array.dtype
        if array.dtype.hasobject:
            if order is None:
                raise Unfit("an array with gaps in a larger one")
            self._span(array)
            return restore_objects, (array.ravel(order="K").tolist() if array.ndim != 1 else array.tolist(),
                                     dtype, array.shape, order, array.flags.writeable)  # fmt: skip
        root = array
        while type(root.base) is numpy.ndarray:
            root = root.base
        start = array.__array_interface__["data"][0]
        if root is not array and (id(root) in self._old or root.nbytes <= max(_SMALL, 2 * array.nbytes)):  # noqa: SIM102
            if dense_order(root) is not None and not root.dtype.hasobject and root.size:
                offset = start - root.__array_interface__["data"][0]
                return restore_view, (root, dtype, array.shape, array.strides, offset, array.flags.writeable)
        if order is None:
            raise Unfit("an array with gaps in a larger one")
        self._span(array)
        data = pickle.PickleBuffer(flat_bytes(array, order)) if array.size else b""
        return restore_array, (data, dtype, array.shape, order, array.flags.writeable)

    def _span(self, array: Any) -> None:
        if array.size:
            start = array.__array_interface__["data"][0]
            self._spans.append((start, start + array.nbytes, id(array)))

    def check_sharing(self) -> None:
        """Raise Unfit when two arrays that come back apart lie in the same memory now."""
        mine = [(a, b, name in self._frozen) for a, b, name in self._spans]
        before = [(a, b, id(self._prints.seen[i]) in self._frozen) for a, b, i in self._prints.spans]
        every = sorted([(a, b, f, True) for a, b, f in mine] + [(a, b, f, False) for a, b, f in before if a < b])
        last = [0, 0]  # furthest end of: what was there before, new arrays
        for start, end, frozen, new in every:
            if frozen:
                continue
            if start < last[1] or (new and start < last[0]):
                raise Unfit("its arrays share memory")
            last[new] = max(last[new], end)


def _plainly_reduced(kind: Any) -> bool:
    return all(getattr(kind, name) is getattr(object, name) for name in ("__reduce_ex__", "__reduce__"))


def _new(kind: Any) -> Any:
    return kind.__new__(kind)


_FUNCTIONS["_new"] = _new


def dump(value: Any, prints: Prints, old: "dict[int, tuple[str, int]]") -> "tuple[bytes, list[Any]]":
    """``value`` as (stream, buffers). ``old`` names what was there before the call. Raises Unfit."""
    file, buffers = io.BytesIO(), []  # type: Any, list[Any]
    pickler = _Pickler(file, prints, old, buffers)
    try:
        pickler.dump(value)
    except Unfit:
        raise
    except Exception as error:
        raise Unfit("{}: {}".format(type(error).__name__, error)) from None
    pickler.check_sharing()
    return file.getvalue(), buffers


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: Any, buffers: Any, prints: Prints) -> None:
        super().__init__(file, buffers=buffers)
        self._prints = prints

    def persistent_load(self, name: Any) -> Any:
        if name[0] == "nan":
            return sys.modules["numpy"].nan
        where = {
            "n": self._prints.nodes,
            "g": self._prints.generators,
            "s": self._prints.seen,
            "r": self._prints.values,
        }
        return where[name[0]][name[1]]

    def find_class(self, module: str, name: str) -> Any:
        if module.endswith(".memo.values") and name in _FUNCTIONS:
            return _FUNCTIONS[name]
        if root_of(module) not in KNOWN:
            raise pickle.UnpicklingError("{}.{} does not belong here".format(module, name))
        return super().find_class(module, name)


def load(stream: bytes, buffers: "list[Any]", prints: Prints) -> Any:
    return _Unpickler(io.BytesIO(stream), buffers, prints).load()
