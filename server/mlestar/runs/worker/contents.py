"""Fingerprints of values by their content, and of the state that hides in modules: generators and settings.

A value is pickled (protocol 5) into a hash; large buffers are hashed where they lie. Functions and classes of the
program itself, which pickle would only name, count by their code and by what that code reads in turn.
"""

from __future__ import annotations

import dis
import hashlib
import io
import os
import pickle
import random
import sys
import types
from typing import Any, Callable, Iterator, Optional


def hasher() -> Any:
    """xxh3 where the interpreter has it (ten times faster), else blake2b."""
    try:
        import xxhash  # type: ignore[import-not-found,unused-ignore]

        return xxhash.xxh3_128()
    except ImportError:
        return hashlib.blake2b(digest_size=16)


class _Sink(io.RawIOBase):
    """A file that only hashes what is written to it."""

    def __init__(self, state: Any) -> None:
        self._state = state

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._state.update(data)
        return len(data)


def globals_read(code: types.CodeType) -> "Iterator[str]":
    """Names that ``code``, and code within it, looks for in its module."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from globals_read(constant)


def _code_text(code: types.CodeType) -> str:
    """The code without the places it was read from."""
    constants = [_code_text(c) if isinstance(c, types.CodeType) else repr(c) for c in code.co_consts]
    return repr((code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars, code.co_argcount))


class Contents:
    """Digests of values. ``namespace`` is the program's ``__main__``: its functions count by code."""

    def __init__(self, namespace: "dict[str, Any]") -> None:
        self._namespace = namespace
        self._known: dict[int, str] = {}
        """Digests of functions and classes that were made since the last `forget`."""

    def forget(self) -> None:
        """The program ran meanwhile: what functions read may have changed."""
        self._known.clear()

    def digest(self, value: Any) -> Optional[str]:
        """A fingerprint of the content; None for what cannot be pickled."""
        state = hasher()
        buffers: list[pickle.PickleBuffer] = []
        try:
            pickler = _Pickler(self, _Sink(state), buffers.append)
            pickler.dump(value)
            for buffer in buffers:
                state.update(buffer.raw())
        except Exception:  # classes raise what they like from their reducers
            return None
        return str(state.hexdigest())

    def is_own(self, thing: Any) -> bool:
        """Whether a function or class is the program's."""
        if isinstance(thing, types.FunctionType):
            return thing.__globals__ is self._namespace
        return getattr(thing, "__module__", None) == "__main__"

    def of_function(self, function: types.FunctionType) -> str:
        known = self._known.get(id(function))
        if known is not None:
            return known
        self._known[id(function)] = "itself"  # recursion
        state = hasher()
        cells = [_cell(cell) for cell in function.__closure__ or ()]
        parts = [_code_text(function.__code__)]
        for part in (function.__defaults__, function.__kwdefaults__, cells):
            parts.append(self._sure(part))
        for name in sorted(set(globals_read(function.__code__))):
            if name in self._namespace:
                parts.append(name + self._sure(self._namespace[name]))
        state.update(repr(parts).encode("utf-8", "surrogatepass"))
        self._known[id(function)] = found = str(state.hexdigest())
        return found

    def of_class(self, kind: type) -> str:
        known = self._known.get(id(kind))
        if known is not None:
            return known
        self._known[id(kind)] = "itself"
        parts = [kind.__qualname__, *(self._sure(base) for base in kind.__bases__)]
        for name, value in sorted(kind.__dict__.items()):
            if name in ("__dict__", "__weakref__", "__doc__", "__module__", "__firstlineno__"):
                continue
            for inner in _functions_in(value) or [value]:
                parts.append(name + self._sure(inner))
        state = hasher()
        state.update(repr(parts).encode("utf-8", "surrogatepass"))
        self._known[id(kind)] = found = str(state.hexdigest())
        return found

    def _sure(self, value: Any) -> str:
        return self.digest(value) or "a " + type(value).__name__


def _cell(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not bound yet
        return None


def _functions_in(value: Any) -> "list[Any]":
    if isinstance(value, (staticmethod, classmethod)):
        return [value.__func__]
    if isinstance(value, property):
        return [f for f in (value.fget, value.fset, value.fdel) if f is not None]
    return []


class _Pickler(pickle.Pickler):
    """Pickles for the hash only: what comes out is never read again."""

    def __init__(self, contents: Contents, sink: Any, buffers: "Callable[[pickle.PickleBuffer], Any]") -> None:
        super().__init__(sink, 5, buffer_callback=buffers)
        self._contents = contents

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, types.FunctionType):
            if self._contents.is_own(value):
                return str, (self._contents.of_function(value),)
        elif isinstance(value, type):
            if self._contents.is_own(value):
                return str, (self._contents.of_class(value),)
        elif isinstance(value, types.ModuleType):
            return str, (value.__name__,)
        else:
            torch = sys.modules.get("torch")
            if torch is not None and isinstance(value, torch.Tensor):
                return str, _tensor_parts(value)
        return NotImplemented


def _tensor_parts(tensor: Any) -> "tuple[Any, ...]":
    """torch's own pickles hold addresses."""
    plain = tensor.detach().cpu().contiguous().view(-1)
    raw = plain.view(sys.modules["torch"].uint8).numpy() if plain.numel() else b""
    kind = (type(tensor).__name__, str(tensor.dtype), str(tensor.device), tuple(tensor.shape), tensor.requires_grad)
    return (kind, raw, tensor.grad if tensor.is_leaf else None)


def random_states() -> str:
    """One digest of the generators that modules keep: `random`, numpy, torch."""
    state = hasher()
    state.update(repr(random.getstate()).encode())
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if numpy is not None and hasattr(numpy, "random"):
        name, keys, *rest = numpy.random.get_state()
        state.update(keys.tobytes() + repr((name, rest)).encode())
    if torch is not None and hasattr(torch, "get_rng_state"):
        state.update(torch.get_rng_state().numpy().tobytes())
        if torch.cuda.is_initialized():
            for one in torch.cuda.get_rng_state_all():
                state.update(one.numpy().tobytes())
    return str(state.hexdigest())


def settings() -> str:
    """One digest of what programs set in libraries and in their process, and later code behaves by."""
    return hashlib.blake2b(repr(sorted(settings_by_part().items())).encode(), digest_size=16).hexdigest()


def settings_by_part() -> "dict[str, str]":
    """The same, part by part, as text."""
    found = {"environment": repr(sorted(os.environ.items())), "folder": os.getcwd(), "sys.path": repr(sys.path)}
    pandas: Any = sys.modules.get("pandas._config.config")
    if pandas is not None and hasattr(pandas, "_global_config"):
        found["pandas"] = repr(pandas._global_config)
    sklearn: Any = sys.modules.get("sklearn")
    if sklearn is not None and hasattr(sklearn, "get_config"):
        found["sklearn"] = repr(sklearn.get_config())
    torch: Any = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "get_default_dtype"):
        found["torch"] = repr(
            (torch.get_default_dtype(), torch.is_grad_enabled(), torch.are_deterministic_algorithms_enabled())
        )
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "geterr"):
        found["numpy"] = repr((numpy.geterr(), numpy.get_printoptions()))
    matplotlib: Any = sys.modules.get("matplotlib")
    if matplotlib is not None and hasattr(matplotlib, "rcParams"):
        found["matplotlib"] = repr(sorted(dict.items(matplotlib.rcParams)))
    return found
