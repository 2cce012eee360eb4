"""What a call is given."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from cst_tools.flow.values import NO_CONSTANT, Kind, Value


@dataclass
class Arguments:
    """Evaluated arguments of one call."""

    node: ast.Call
    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)

    def get(self, position: int | None, *names: str) -> Value | None:
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return None

    def expression(self, position: int | None, *names: str) -> ast.expr | None:
        for keyword in self.node.keywords:
            if keyword.arg in names:
                return keyword.value
        if position is not None and position < len(self.node.args):
            return self.node.args[position]
        return None

    def constant(self, name: str, position: int | None = None) -> object:
        value = self.get(position, name)
        return value.const if value is not None and value.kind is Kind.CONST else NO_CONSTANT

    @property
    def values(self) -> list[Value]:
        return [*self.positional, *self.keywords.values()]
