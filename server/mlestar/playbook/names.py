"""What the names of a script stand for: imports resolved, uses of variables found. Reads the whole script's ``ast``."""

from __future__ import annotations

import ast
import functools
import warnings
from collections import Counter
from collections.abc import Iterable

import libcst as cst

from mlestar.playbook.estimators import CATALOGUE, LIBRARIES


def dotted(node: cst.CSTNode) -> str | None:
    """``a.b.c`` of a chain of attributes on a name, else None."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    return ".".join([node.value, *reversed(parts)])


def dotted_ast(node: ast.AST) -> str | None:
    """The same for an ``ast`` node."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


@functools.lru_cache(maxsize=2)  # each holds a tree
def names_in(text: str) -> Names:
    """The names of a script that parses: once for all its blocks, and for all requests on the same text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in the user's strings are not ours to print
        return Names(ast.parse(text))


class Names:
    """Imports and uses of one script."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.nodes: tuple[ast.AST, ...] = tuple(ast.walk(tree))
        """Every node, outer before inner: one walk serves all strategies."""
        self.bound: dict[str, str] = {}
        """Local name to what it was imported as: ``{"pd": "pandas", "Ridge": "sklearn.linear_model.Ridge"}``."""
        self.local: dict[str, tuple[int, int]] = {}
        """Names imported only inside a function or class: the first and last line (1-based) in which they hold."""
        self.star_modules: list[str] = []
        self.top_level: set[str] = set()
        """Names bound by statements at the top level of the script (imports excluded)."""
        self.all_names: set[str] = set()
        """Every identifier of the script: a new variable must not be one of them."""
        self.calls: list[ast.Call] = []
        self.attributes: list[ast.Attribute] = []
        self.strings: list[str] = []
        self._collect()

    def _collect(self) -> None:
        rebound: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    root = alias.name.split(".")[0]
                    self.bound.setdefault(alias.asname or root, alias.name if alias.asname else root)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                for alias in node.names:
                    if alias.name == "*":
                        self.star_modules.append(node.module)
                    else:
                        self.bound.setdefault(alias.asname or alias.name, f"{node.module}.{alias.name}")
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                rebound.add(node.name)
            elif isinstance(node, ast.Name):
                self.all_names.add(node.id)
                if isinstance(node.ctx, ast.Store):
                    rebound.add(node.id)
            elif isinstance(node, ast.arg):
                rebound.add(node.arg)
            elif isinstance(node, ast.Call):
                self.calls.append(node)
            elif isinstance(node, ast.Attribute):
                self.attributes.append(node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                self.strings.append(node.value)
        self.all_names |= rebound | set(self.bound)
        for name in rebound & set(self.bound):
            del self.bound[name]
        self._collect_local()
        for statement in self.tree.body:
            for target in ast.walk(statement) if isinstance(statement, (ast.Assign, ast.AnnAssign)) else ():
                if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store):
                    self.top_level.add(target.id)

    def _collect_local(self) -> None:
        inner: dict[str, tuple[int, int]] = {}
        outer: set[str] = set()

        def visit(node: ast.AST, lines: tuple[int, int] | None) -> None:
            for child in ast.iter_child_nodes(node):
                within = lines
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    within = (child.lineno, child.end_lineno or child.lineno)
                elif isinstance(child, (ast.Import, ast.ImportFrom)):
                    for alias in child.names:
                        name = alias.asname or alias.name.split(".")[0]
                        if lines is None:
                            outer.add(name)
                        else:
                            inner[name] = lines
                elif isinstance(child, ast.expr):
                    continue
                visit(child, within)

        visit(self.tree, None)
        self.local = {name: lines for name, lines in inner.items() if name not in outer}

    def visible(self, name: str, line: int) -> bool:
        """Whether the imported ``name`` holds on ``line`` (1-based)."""
        first, last = self.local.get(name.partition(".")[0], (0, line))
        return first <= line <= last

    def qualified(self, name: str) -> str | None:
        """``np.log1p`` to ``numpy.log1p``; None for what was not imported."""
        root, _, rest = name.partition(".")
        known = self.bound.get(root)
        if known is not None:
            return f"{known}.{rest}" if rest else known
        if not rest and name in CATALOGUE and any(m.startswith(LIBRARIES) for m in self.star_modules):
            return f"{next(m for m in self.star_modules if m.startswith(LIBRARIES))}.{name}"
        return None

    def canonical(self, name: str | None) -> str | None:
        """Class or function name within the known libraries: ``e.RandomForestClassifier`` to its last part."""
        qualified = self.qualified(name) if name else None
        if qualified is None or qualified.split(".")[0] not in LIBRARIES:
            return None
        return qualified.rsplit(".", 1)[-1]

    def module_alias(self, module: str, line: int) -> str | None:
        """The name under which ``module`` can be reached on ``line``: ``pd``, ``ensemble``, ``sklearn.ensemble``."""
        for name, known in self.bound.items():
            if known == module and self.visible(name, line):
                return name
        dotted_import = any(
            isinstance(node, ast.Import) and any(a.name == module and not a.asname for a in node.names)
            for node in self.tree.body
        )
        return module if dotted_import else None

    def called(self, names: Iterable[str]) -> list[ast.Call]:
        """Calls of functions or classes of the known libraries by their own name."""
        wanted = set(names)
        return [call for call in self.calls if self.canonical(dotted_ast(call.func)) in wanted]

    def attributes_on(self, target: str) -> set[str]:
        """Attributes used anywhere on the variable (or ``self.x``) ``target``."""
        return {node.attr for node in self.attributes if dotted_ast(node.value) == target}

    def all_attributes(self) -> set[str]:
        return {node.attr for node in self.attributes}

    def arguments_to(self, target: str) -> list[ast.Call]:
        """Calls that are given ``target`` itself as an argument."""
        return [
            call
            for call in self.calls
            if any(dotted_ast(a) == target for a in [*call.args, *(k.value for k in call.keywords)])
        ]

    def method_calls(self, method: str, target: str | None = None) -> list[ast.Call]:
        """Calls ``target.method(...)``, on anything when ``target`` is None."""
        return [
            call
            for call in self.calls
            if isinstance(call.func, ast.Attribute)
            and call.func.attr == method
            and (target is None or dotted_ast(call.func.value) == target)
        ]

    def dictionary(self, name: str) -> dict[str, str] | None:
        """Keys and values (as code) of the dictionary that ``name`` is assigned once in the script; else None."""
        values = [
            node.value
            for node in self.nodes
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
        ]
        if len(values) != 1:
            return None
        value = values[0]
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
            return {k.arg: ast.unparse(k.value) for k in value.keywords if k.arg}
        if isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            return {
                k.value: ast.unparse(v) for k, v in pairs if isinstance(k, ast.Constant) and isinstance(k.value, str)
            }
        return None

    def free(self, wanted: str) -> str:
        """``wanted``, or with a number behind it, so that no identifier of the script is shadowed."""
        number = 2
        name = wanted
        while name in self.all_names:
            name = f"{wanted}_{number}"
            number += 1
        return name

    def seed(self) -> str | None:
        """The seed that the script uses most, as written: ``42``, ``SEED``; None when it has none."""
        found: Counter[str] = Counter()
        for call in self.calls:
            for keyword in call.keywords:
                if keyword.arg in ("random_state", "seed", "random_seed"):
                    value = keyword.value
                    literal = isinstance(value, ast.Constant) and isinstance(value.value, int)
                    if literal or (isinstance(value, ast.Name) and value.id in self.top_level):
                        found[ast.unparse(value)] += 1
        return found.most_common(1)[0][0] if found else None
