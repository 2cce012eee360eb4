"""Names and what they are bound to."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field

from cst_tools.flow.tracking import Store
from cst_tools.flow.units import Unit
from cst_tools.flow.values import Value


@dataclass(eq=False)
class Scope:
    """A module, or one call of a function. ``names`` is a `Store` where statements are remembered one by one."""

    names: MutableMapping[str, Value] = field(default_factory=dict)
    parent: Scope | None = None
    globals_: set[str] = field(default_factory=set)
    mutated: set[str] = field(default_factory=set)
    """Names whose objects were changed in place."""
    returned: list[Value] = field(default_factory=list)
    yields: bool = False
    unit: Unit | None = None
    """The module that this is the scope of; None for calls."""

    def find(self, name: str) -> Value | None:
        scope: Scope | None = self
        while scope is not None:
            value = scope.names.get(name)
            if value is not None:
                return value
            scope = scope.parent
        return None

    @property
    def remembers(self) -> bool:
        return isinstance(self.names, Store)
