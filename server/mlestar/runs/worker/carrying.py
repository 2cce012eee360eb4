"""Write the variables of a running program to a file, all in one pickle, and read them in another process.

One pickle keeps what is one object one object. Beyond plain pickle: arrays that are views of one another stay so,
tensors that share storage stay so, lambdas and functions of the program are rebuilt on the new ``__main__`` (with
their present defaults and cells), and what a ``def`` or ``class`` statement made is taken from the statement run again.
Large buffers lie beside the pickle and are mapped into memory, private to the process that writes to them.
"""

from __future__ import annotations

import importlib
import io
import marshal
import mmap
import os
import pickle
import sys
import types
from typing import Any, Callable, Iterable, Optional

_ALIGN = 64

_made: "dict[str, Any]" = {}
"""What definitions made in this process, by the key under which a pickle names it."""


class Unfit(Exception):
    """Something that cannot be carried over; the message names it."""


class Made:
    """What the program's ``def``, ``class`` and ``import`` statements made, in the order they ran."""

    def __init__(self) -> None:
        self._keys: dict[int, str] = {}
        self.latest: dict[str, Any] = {}
        """Name to what the last such statement bound it to."""

    def note(self, name: str, value: Any, count: int) -> None:
        """``count``: how many definitions of ``name`` went before, the same in every process."""
        key = "{}#{}".format(name, count)
        self._keys[id(value)] = key
        self.latest[name] = value
        _made[key] = value

    def key_of(self, value: Any) -> Optional[str]:
        key = self._keys.get(id(value))
        return key if key is not None and _made[key] is value else None


def _of_definition(key: str) -> Any:
    return _made[key]


def _module(name: str) -> Any:
    return sys.modules[name] if name == "__main__" else importlib.import_module(name)


def _empty_function(code: bytes, name: str, qualname: str, module: Optional[str], cells: int) -> types.FunctionType:
    made = types.FunctionType(
        marshal.loads(code),
        sys.modules["__main__"].__dict__,
        name,
        closure=tuple(types.CellType() for _ in range(cells)) if cells else None,
    )
    made.__qualname__ = qualname
    made.__module__ = module  # type: ignore[assignment]
    return made


def _fill_function(function: types.FunctionType, state: "tuple[Any, ...]") -> None:
    defaults, keyword_defaults, attributes, contents = state
    function.__defaults__, function.__kwdefaults__ = defaults, keyword_defaults
    function.__dict__.update(attributes)
    for cell, content in zip(function.__closure__ or (), contents):
        if content is not None:
            cell.cell_contents = content[0]


def state_of_function(function: types.FunctionType) -> "tuple[Any, ...]":
    """What a program can change of a function: defaults, attributes, and what its cells hold."""
    contents: list[Any] = []
    for cell in function.__closure__ or ():
        try:
            contents.append((cell.cell_contents,))
        except ValueError:  # not bound yet
            contents.append(None)
    return function.__defaults__, function.__kwdefaults__, dict(function.__dict__), contents


def _view(root: Any, offset: int, dtype: Any, shape: Any, strides: Any, writeable: bool) -> Any:
    numpy = importlib.import_module("numpy")
    flat = root if root.flags.c_contiguous else root.T
    made = numpy.ndarray(shape, dtype, flat.reshape(-1).view("u1"), offset, strides)
    if not writeable:
        made.flags.writeable = False
    return made


def _storage(raw: Any, device: str) -> Any:
    torch = importlib.import_module("torch")
    size = memoryview(raw).nbytes
    plain = torch.frombuffer(raw, dtype=torch.uint8) if size else torch.empty(0, dtype=torch.uint8)
    return plain.untyped_storage() if device == "cpu" else plain.to(device).untyped_storage()


def _tensor(storage: Any, kind: Any, dtype: Any, offset: int, shape: Any, stride: Any, needs_grad: bool) -> Any:
    torch = importlib.import_module("torch")
    made = torch.empty(0, dtype=dtype, device=storage.device).set_(storage, offset, shape, stride)
    if kind is torch.nn.Parameter:
        return torch.nn.Parameter(made, requires_grad=needs_grad)
    return made.requires_grad_(needs_grad)


def _fill_tensor(tensor: Any, state: "tuple[Any, Any]") -> None:
    tensor.grad = state[0]
    tensor.__dict__.update(state[1])


def _at_its_name(function: types.FunctionType) -> bool:
    """Whether it is a class's, found again by its dotted name."""
    found: Any = sys.modules["__main__"]
    if "." not in function.__qualname__:
        return False
    for name in function.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is function


class _Storage:
    """One storage of torch; pickled once, however many tensors lie in it."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage

    def __reduce__(self) -> Any:
        torch = sys.modules["torch"]
        plain = torch.empty(0, dtype=torch.uint8).set_(self.storage.cpu())
        raw = plain.numpy() if plain.numel() else b""
        return _storage, (pickle.PickleBuffer(raw) if plain.numel() else raw, str(self.storage.device))


class _Pickler(pickle.Pickler):
    def __init__(
        self, sink: Any, buffers: "Optional[Callable[[pickle.PickleBuffer], Any]]", made: Made, *, inner: bool = False
    ) -> None:
        super().__init__(sink, 5, buffer_callback=buffers)
        self._made, self._inner = made, inner
        self._main = sys.modules["__main__"].__dict__
        self._storages: dict[int, _Storage] = {}
        self._kept: list[Any] = []
        """Objects made while pickling: their ids must stay theirs, pickle knows objects by id."""

    def reducer_override(self, value: Any) -> Any:
        key = self._made.key_of(value)
        own = isinstance(value, (type, types.FunctionType)) or getattr(value, "__module__", None) == "__main__"
        if key is not None and own:
            return _of_definition, (key,)
        if isinstance(value, types.FunctionType):
            return self._function(value)
        if isinstance(value, types.ModuleType):
            return _module, (value.__name__,)
        numpy: Any = sys.modules.get("numpy")
        if numpy is not None and type(value) is numpy.ndarray:
            return NotImplemented if self._inner else self._array(value, numpy)
        torch: Any = sys.modules.get("torch")
        if torch is not None and hasattr(torch, "Tensor") and isinstance(value, torch.Tensor):
            return self._torch_tensor(value, torch)
        pandas: Any = sys.modules.get("pandas")
        tables = pandas is not None and not self._inner and hasattr(pandas, "DataFrame")
        if tables and isinstance(value, (pandas.DataFrame, pandas.Series, pandas.Index)):
            return self._table(value)
        return NotImplemented

    def _function(self, function: types.FunctionType) -> Any:
        if function.__globals__ is not self._main or _at_its_name(function):
            return NotImplemented
        cells = len(function.__closure__ or ())
        code = marshal.dumps(function.__code__)
        made = (code, function.__name__, function.__qualname__, function.__module__, cells)
        return _empty_function, made, state_of_function(function), None, None, _fill_function

    def _array(self, array: Any, numpy: Any) -> Any:
        root = array.base
        while root is not None and type(root) is numpy.ndarray and root.base is not None:
            root = root.base
        if root is None or type(root) is not numpy.ndarray or root.dtype.hasobject or not root.flags.owndata:
            return NotImplemented
        if not (root.flags.c_contiguous or root.flags.f_contiguous):
            return NotImplemented
        offset = array.__array_interface__["data"][0] - root.__array_interface__["data"][0]
        if array.dtype.hasobject or not 0 <= offset <= root.nbytes:
            return NotImplemented
        return _view, (root, offset, array.dtype, array.shape, array.strides, array.flags.writeable)

    def _table(self, table: Any) -> Any:
        """Tables own their memory: pandas tells by its own books who shares what, and those are not carried over."""
        stream = io.BytesIO()
        buffers: list[pickle.PickleBuffer] = []
        inner = _Pickler(stream, buffers.append, self._made, inner=True)
        inner.dump(table)
        self._kept.append(buffers)
        return _load_table, (stream.getvalue(), buffers)

    def _torch_tensor(self, tensor: Any, torch: Any) -> Any:
        if tensor.layout is not torch.strided or type(tensor) not in (torch.Tensor, torch.nn.Parameter):
            return NotImplemented
        if tensor.grad_fn is not None:
            raise Unfit("a tensor that is part of a gradient's graph")
        storage = tensor.untyped_storage()
        address = storage.data_ptr() or id(tensor)
        holder = self._storages.get(address)
        if holder is None:
            holder = self._storages[address] = _Storage(storage)
        shape = (tensor.storage_offset(), tuple(tensor.shape), tensor.stride(), tensor.requires_grad)
        state = (tensor.grad, dict(tensor.__dict__)) if tensor.grad is not None or tensor.__dict__ else None
        made = (holder, type(tensor), tensor.dtype, *shape)
        return _tensor, made, state, None, None, _fill_tensor if state is not None else None


def _load_table(data: bytes, buffers: "list[Any]") -> Any:
    return pickle.loads(data, buffers=buffers)


def pickled(values: Any, made: Made) -> "tuple[bytes, list[pickle.PickleBuffer]]":
    """The pickle and its buffers. Raises whatever the values' own reducers raise, and Unfit."""
    stream = io.BytesIO()
    buffers: list[pickle.PickleBuffer] = []
    _Pickler(stream, buffers.append, made).dump(values)
    return stream.getvalue(), buffers


def pickled_whole(values: Any, made: Made) -> bytes:
    """One pickle with its buffers inside, for little things."""
    stream = io.BytesIO()
    _Pickler(stream, None, made).dump(values)
    return stream.getvalue()


def unfit_names(values: "dict[str, Any]", made: Made) -> "dict[str, str]":
    """Which of ``values`` cannot be pickled each on its own, and why."""
    found = {}
    for name, value in values.items():
        try:
            pickled(value, made)
        except Exception as error:  # reducers raise what they like
            found[name] = "{} ({}: {})".format(type(value).__name__, type(error).__name__, str(error)[:200])
    return found


def write(path: str, data: bytes, buffers: "Iterable[pickle.PickleBuffer]") -> "list[list[int]]":
    """``path`` gets the pickle, ``path.raw`` the buffers; returns their offsets and sizes. Raises OSError."""
    with open(path, "wb") as file:
        file.write(data)
    places, end = [], 0
    with open(path + ".raw", "wb") as file:
        for buffer in buffers:
            with buffer.raw() as raw:
                file.write(bytes(-end % _ALIGN))
                end += -end % _ALIGN
                file.write(raw)
                places.append([end, raw.nbytes])
                end += raw.nbytes
    return places


def read(path: str, places: "list[list[int]]", replace: "tuple[bytes, bytes]") -> Any:
    """What was written; every occurrence of ``replace[0]`` (equally long) in it reads ``replace[1]``."""
    old, new = replace
    with open(path, "rb") as file:
        data = file.read().replace(old, new)
    if not places or not os.path.getsize(path + ".raw"):
        return pickle.loads(data, buffers=[bytearray(size) for _, size in places])
    with open(path + ".raw", "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    wide = [(text.decode("ascii").encode(kind)) for text in (old, new) for kind in ("ascii", "utf-32-le")]
    for before, after in ((wide[0], wide[2]), (wide[1], wide[3])):
        place = mapped.find(before)
        while place >= 0:
            mapped[place : place + len(after)] = after
            place = mapped.find(before, place + len(after))
    whole = memoryview(mapped)
    return pickle.loads(data, buffers=[whole[offset : offset + size] for offset, size in places])
