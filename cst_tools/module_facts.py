"""What a module holds: imports, functions, classes, and what its variables were made by."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from cst_tools.names import root_name
from cst_tools.shapes import suites_of

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class ModuleFacts:
    """The definitions of one module, and which of them a call runs."""

    def __init__(self, tree: ast.Module) -> None:
        self.imports: dict[str, str] = {}
        """Local name to qualified name: ``pd`` to ``pandas``."""
        self.functions: dict[str, FunctionNode] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self.by_name: dict[str, list[str]] = {}
        """Last part of a function's or method's qualified name to the qualified names."""
        self.instances: dict[str, str] = {}
        """Variable to the local class it is an instance of."""
        self.containers: set[str] = set()
        """Variables that hold a plain dictionary or list."""
        self.assigned: list[tuple[str, ast.expr]] = []
        """Every variable with every value it is given."""
        self.appended: list[tuple[str, ast.expr]] = []
        """Every list with every value that is appended to it."""
        self._collect(tree.body, "")
        for name, value in self.assigned:
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in self.classes:
                self.instances[name] = value.func.id
            elif _is_container(value):
                self.containers.add(name)

    def _collect(self, body: Iterable[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self.imports[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    module = "." * node.level + (node.module or "")
                    self.imports[alias.asname or alias.name] = f"{module}.{alias.name}"
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                name = f"{prefix}{node.name}"
                self.functions.setdefault(name, node)
                self.by_name.setdefault(node.name, []).append(name)
                self._collect(node.body, f"{name}.")
            elif isinstance(node, ast.ClassDef):
                name = f"{prefix}{node.name}"
                self.classes.setdefault(name, node)
                self._collect(node.body, f"{name}.")
            else:
                self._collect_simple(node)
                for suite in suites_of(node):
                    self._collect(suite, prefix)

    def _collect_simple(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, (ast.Name, ast.Attribute)):
                    name = root_name(target)
                    if name:
                        self.assigned.append((name, node.value))
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for item, value in zip(target.elts, node.value.elts, strict=False):
                        name = root_name(item)
                        if name:
                            self.assigned.append((name, value))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and len(node.value.args) == 1:
            func = node.value.func
            name = root_name(func.value) if isinstance(func, ast.Attribute) and func.attr == "append" else None
            if name:
                self.appended.append((name, node.value.args[0]))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            name = root_name(node.target)
            if name:
                self.assigned.append((name, node.value))
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for entry in node.items:
                name = root_name(entry.optional_vars) if entry.optional_vars is not None else None
                if name:
                    self.assigned.append((name, entry.context_expr))

    def qualified(self, node: ast.expr) -> str:
        """``sklearn.svm.SVC`` for ``SVC`` once imported from there; ``?.fit`` where the start is no name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name):
            parts.append(self.imports.get(node.id, node.id))
        else:
            parts.append("?")
        return ".".join(reversed(parts))

    def local_function(self, call: ast.Call) -> str | None:
        """Qualified name of the script's own function or method that a call runs; None when it is another's."""
        func = call.func
        if isinstance(func, ast.Name):
            if func.id in self.classes:
                init = f"{func.id}.__init__"
                return init if init in self.functions else None
            found = [name for name in self.by_name.get(func.id, []) if not self.is_method(name)]
            return found[-1] if found else None
        if isinstance(func, ast.Attribute):
            methods = [name for name in self.by_name.get(func.attr, []) if self.is_method(name)]
            owner = self._owner(func.value) if methods else None
            if owner is None:
                return None
            own = f"{owner}.{func.attr}"
            return own if own in methods else methods[0]
        return None

    def _owner(self, base: ast.expr) -> str | None:
        """The local class whose method ``base.method()`` runs; empty for ``self``, which may be any."""
        if isinstance(base, ast.Name):
            if base.id in ("self", "cls"):
                return ""
            return base.id if base.id in self.classes else self.instances.get(base.id)
        if isinstance(base, ast.Call) and isinstance(base.func, ast.Name):
            if base.func.id == "super":
                return ""
            return base.func.id if base.func.id in self.classes else None
        return self.instances.get(root_name(base) or "") if isinstance(base, ast.Attribute) else None

    def is_method(self, qualified: str) -> bool:
        return qualified.rpartition(".")[0] in self.classes


def _is_container(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        makers = ("dict", "list", "defaultdict", "OrderedDict", "Counter")
        return isinstance(value.func, ast.Name) and value.func.id in makers
    return isinstance(value, (ast.Dict, ast.List, ast.ListComp, ast.DictComp))
