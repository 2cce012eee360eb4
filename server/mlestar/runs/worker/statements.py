"""Run a program statement by statement: what each one read, as a fingerprint of its content, and what it cost.

A statement has to run again in a variant exactly when its code or anything it reads is another than in the program
that the variant was made of. What it reads are the variables that it names, what the functions it names read in turn,
the state of the random generators when it draws from them, files that the program wrote itself, and the settings of
the libraries. Values are compared by content (pickle protocol 5, fast hash), not by how they came about; one that
cannot be pickled counts as the statements that had it in hand.

Started as ``boot.py statements SPEC.json`` with ``program``, ``script``, ``arguments`` and ``out``.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import json
import os
import symtable
import sys
import time
import types
from typing import Any, Optional

from . import seeding
from .contents import Contents, hasher, random_states, settings

_IMPORTS = (ast.Import, ast.ImportFrom)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Effects:
    """Files that the program wrote, and those of them that a statement read: by the audit events of ``open``."""

    def __init__(self) -> None:
        self.written: set[str] = set()
        self.read: set[str] = set()
        self.others: set[str] = set()
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: "tuple[Any, ...]") -> None:
        if event == "open":
            path, mode, flags = args
            if not isinstance(path, (str, bytes)):
                return
            name = os.path.abspath(os.fsdecode(path))
            writes = any(c in mode for c in "wax+") if isinstance(mode, str) else bool((flags or 0) & os.O_WRONLY)
            (self.written if writes else self.read).add(name)
        elif event in ("subprocess.Popen", "os.system", "socket.connect", "os.fork", "os.posix_spawn"):
            self.others.add(event)

    def read_back(self) -> "list[str]":
        """What the last statement read of what the program wrote."""
        return sorted(self.read & self.written)


def names_read(statement: ast.stmt) -> "list[str]":
    """Names of the module that running ``statement`` may read, those of functions in it included.

    A definition reads nothing: what its body reads counts where it is called.
    """
    if isinstance(statement, (*_IMPORTS, *_DEFINITIONS)):
        return []
    table = symtable.symtable(ast.unparse(statement), "<statement>", "exec")
    found: set[str] = set()
    inner = [table]
    while inner:
        one = inner.pop()
        inner.extend(one.get_children())
        for symbol in one.get_symbols():
            here = one is table
            if (symbol.is_referenced() or (here and symbol.is_assigned())) and (here or symbol.is_global()):
                found.add(symbol.get_name())
    return sorted(found)


def names_bound(statement: ast.stmt) -> "list[str]":
    """Names of the module that ``statement`` may bind or delete."""
    table = symtable.symtable(ast.unparse(statement), "<statement>", "exec")
    found = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    for inner in table.get_children():
        if inner.get_type() == "function":
            found.update(s.get_name() for s in inner.get_symbols() if s.is_declared_global() and s.is_assigned())
    return sorted(found)


def statements_of(tree: ast.Module) -> "list[ast.stmt]":
    """The top level; the body of ``main()`` in its place where that means the same."""
    found: list[ast.stmt] = []
    for statement in tree.body:
        body = _body_of_main(tree, statement)
        found.extend([statement] if body is None else body)
    return found


def _body_of_main(tree: ast.Module, guard: ast.stmt) -> "Optional[list[ast.stmt]]":
    """The statements of the function that ``if __name__ == "__main__"`` calls, or None where names would clash."""
    if not (isinstance(guard, ast.If) and not guard.orelse and len(guard.body) == 1):
        return None
    if "__name__" not in ast.dump(guard.test) or "__main__" not in ast.dump(guard.test):
        return None
    calls = [n for n in ast.walk(guard.body[0]) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    functions = {f.name: f for f in tree.body if isinstance(f, ast.FunctionDef)}
    main = next((functions[c.func.id] for c in calls if c.func.id in functions and not c.args), None)  # type: ignore
    if main is None or main.decorator_list or calls[-1].keywords:
        return None
    arguments = [*main.args.posonlyargs, *main.args.args]
    if main.args.vararg or main.args.kwarg or main.args.kwonlyargs or len(main.args.defaults) != len(arguments):
        return None
    body = list(main.body)
    if isinstance(body[-1], ast.Return):
        last = body.pop()
        if isinstance(last, ast.Return) and last.value is not None:
            body.append(ast.copy_location(ast.Expr(last.value), last))
    own = (ast.Return, ast.Yield, ast.YieldFrom, ast.Await, ast.Global, ast.Nonlocal)
    if any(isinstance(node, own) for statement in body for node in _same_scope(statement)):
        return None
    table = symtable.symtable(ast.unparse(tree), "<program>", "exec")
    inside = next((t for t in table.get_children() if t.get_name() == main.name), None)
    if inside is None:
        return None
    local = {s.get_name() for s in inside.get_symbols() if s.is_local()}
    if local & (_global_names(table, inside) | set(dir(builtins))):
        return None
    given = [
        ast.copy_location(ast.Assign([ast.Name(a.arg, ast.Store())], d), main)
        for a, d in zip(arguments, main.args.defaults)
    ]
    return [ast.fix_missing_locations(s) for s in [*given, *body]]


def _same_scope(node: ast.AST) -> "list[ast.AST]":
    found: list[ast.AST] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        found.append(one)
        if not isinstance(one, (*_DEFINITIONS, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(one))
    return found


def _global_names(table: symtable.SymbolTable, but: symtable.SymbolTable) -> "set[str]":
    """Names of the module, and names that functions other than ``but`` look for there."""
    found = {s.get_name() for s in table.get_symbols()}
    waiting = [t for t in table.get_children() if t is not but]
    while waiting:
        one = waiting.pop()
        waiting.extend(one.get_children())
        found.update(s.get_name() for s in one.get_symbols() if s.is_global())
    return found


def future_flags(tree: ast.Module) -> int:
    """The compiler flags of the program's ``from __future__`` imports."""
    import __future__

    flags = 0
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                flags |= getattr(__future__, alias.name).compiler_flag
    return flags


class Tracer:
    """Keys of statements in one program as it runs. ``namespace`` is the program's ``__main__``."""

    def __init__(self, namespace: "dict[str, Any]", effects: Effects) -> None:
        self.contents = Contents(namespace)
        self._namespace, self._effects = namespace, effects
        self._stamps: dict[str, str] = {}
        """Name to the key of the last statement that had its value in hand: stands for what cannot be pickled."""

    def inputs(self, statement: ast.stmt) -> "dict[str, str]":
        """Fingerprints of what ``statement`` would read now."""
        self.contents.forget()
        found = {}
        for name in names_read(statement):
            if name in self._namespace:
                digest = self.contents.digest(self._namespace[name])
                found[name] = digest if digest is not None else "opaque " + self._stamps.get(name, "")
            else:
                found[name] = "unbound"
        return found

    def key(self, statement: ast.stmt, inputs: "dict[str, str]", drawn: Optional[str], around: str) -> str:
        """What decides the outcome of ``statement``; ``drawn`` is the generators' state if it drew from them."""
        state = hasher()
        files = [_file_digest(path) for path in self._effects.read_back()]
        state.update(repr((ast.dump(statement), sorted(inputs.items()), drawn, around, files)).encode())
        return str(state.hexdigest())

    def done(self, statement: ast.stmt, inputs: "dict[str, str]", key: str) -> None:
        for name in {*inputs, *names_bound(statement)}:
            self._stamps[name] = key


def _file_digest(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.blake2b(file.read(), digest_size=16).hexdigest()
    except OSError:
        return "gone"


def cpu_seconds() -> float:
    """CPU seconds of this process and its children that ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def run(text: str, script: str, namespace: "dict[str, Any]") -> "list[dict[str, Any]]":
    """Run the program in ``namespace``; one entry a statement: ``line`` (1-based), ``cpu_s``, ``wall_s``, ``key``,
    ``free`` (an import), and ``failed`` with the exception's name where it ended the program."""
    tree = ast.parse(text)
    flags = future_flags(tree)
    effects = Effects()
    tracer = Tracer(namespace, effects)
    told: list[dict[str, Any]] = []
    for statement in statements_of(tree):
        code = compile(ast.Module([statement], []), script, "exec", flags, dont_inherit=True)
        inputs = tracer.inputs(statement)
        around, before = settings(), random_states()
        effects.read.clear()
        failed: Optional[BaseException] = None
        begun, clock = cpu_seconds(), time.perf_counter()
        try:
            exec(code, namespace)
        except BaseException as error:
            failed = error
        cpu, wall = cpu_seconds() - begun, time.perf_counter() - clock
        drawn = before if random_states() != before else None
        free = isinstance(statement, _IMPORTS)
        key = tracer.key(statement, inputs, None if free else drawn, "" if free else around)
        tracer.done(statement, inputs, key)
        one: dict[str, Any] = {"line": statement.lineno, "cpu_s": cpu, "wall_s": wall, "key": key, "free": free}
        told.append(one)
        if failed is not None:
            one["failed"] = type(failed).__name__
            break
    return told


def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    module = types.ModuleType("__main__")
    module.__dict__.update({"__file__": spec["script"], "__builtins__": builtins})
    sys.modules["__main__"] = module
    sys.argv = [spec["script"], *spec.get("arguments", ())]
    sys.path.insert(0, os.path.dirname(spec["script"]))
    seeding.install(int(spec.get("seed", 0)))
    with open(spec["program"], encoding="utf-8") as file:
        text = file.read()
    told = run(text, spec["script"], module.__dict__)
    with open(spec["out"], "w", encoding="utf-8") as file:
        json.dump(told, file)
