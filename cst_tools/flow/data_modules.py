"""Lightning's data modules: an object of the script whose methods make the loaders that the trainer asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cst_tools.flow.arguments import Arguments
from cst_tools.flow.classes import find_method
from cst_tools.flow.values import UNKNOWN, Instance, Kind, Value

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_LOADERS = ("train_dataloader", "val_dataloader", "test_dataloader")
_PREPARED = "<prepared>"
"""Name, no attribute can have it, under which a data module keeps that its tables are there."""


def given(m: Interpreter, a: Arguments, loader: Value) -> Value | None:
    """The data module that a trainer is given: by name, or in the place of the loaders; None where it is given none."""
    for value in (a.keywords.get("datamodule"), loader):
        state = m.heap.get(value.ref) if value is not None and value.ref is not None else None
        if isinstance(state, Instance) and any(find_method(m, state.definition, name) for name in _LOADERS):
            return value
    return None


def loaders(m: Interpreter, module: Value, *names: str) -> list[Value]:
    """What the methods so called return, after the one that prepares the tables."""
    state = m.heap.get(module.ref) if module.ref is not None else None
    if isinstance(state, Instance) and state.get(_PREPARED) is None:  # once: later stages have the same tables
        for name in ("prepare_data", "setup"):
            _call(m, module, name, *([UNKNOWN] if name == "setup" else []))  # the stage: all of them
        state = m.heap[module.ref] if module.ref is not None else None
        if isinstance(state, Instance) and module.ref is not None:
            m.heap[module.ref] = state.set(_PREPARED, Value(Kind.CONST, const=True))
    return [_call(m, module, name) for name in names]


def _call(m: Interpreter, module: Value, name: str, *positional: Value) -> Value:
    state = m.heap.get(module.ref) if module.ref is not None else None
    method = find_method(m, state.definition, name) if isinstance(state, Instance) else None
    return UNKNOWN if method is None else m.call_function(method, [module, *positional], {})
