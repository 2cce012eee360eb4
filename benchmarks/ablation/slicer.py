"""One program run statement by statement, each taken from a store when its code and all that it reads are known.

``python slicer.py WORKER_FOLDER SPEC.json``: the measure of what slicing is worth, not part of the product. A statement
is kept only when what it bound or changed can be pickled, shares no object with anything else that is alive, and
nothing else is known to have happened (files, programs, sockets, settings); everything else runs each time.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import pickle
import random
import sys
import types
from typing import Any, Optional

_SMALL_S = 0.02
"""Statements that take less are not worth a file."""


def objects_in(carrying: Any, value: Any, made: Any) -> "set[int]":
    """Ids of what can be changed in ``value``: containers, arrays and instances."""
    import io

    pickler = carrying._Pickler(io.BytesIO(), [].append, made)
    pickler.dump(value)
    plain = (str, bytes, int, float, bool, type(None), tuple, type, types.FunctionType, types.BuiltinFunctionType)
    found = set()
    for key, (_, thing) in pickler.memo.copy().items():
        if not isinstance(thing, plain) and type(thing).__module__ not in ("numpy.dtypes", "pandas.api.typing"):
            found.add(key)
    return found


class Slicer:
    def __init__(self, package: str, spec: "dict[str, Any]", namespace: "dict[str, Any]") -> None:
        self.statements = importlib.import_module(package + ".statements")
        self.contents = importlib.import_module(package + ".contents")
        self.carrying = importlib.import_module(package + ".carrying")
        self.ambient = importlib.import_module(package + ".ambient")
        self.spec, self.namespace, self.store = spec, namespace, spec["store"]
        self.effects = self.statements.Effects()
        self.tracer = self.statements.Tracer(namespace, self.effects)
        self.made = self.carrying.Made()
        self.taken = 0

    def run(self, text: str) -> None:
        tree = ast.parse(text)
        flags = self.statements.future_flags(tree)
        for statement in self.statements.statements_of(tree):
            code = compile(ast.Module([statement], []), self.spec["script"], "exec", flags, dont_inherit=True)
            light = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
            if isinstance(statement, light) or "__mlestar_report__" in ast.dump(statement):
                exec(code, self.namespace)
                if isinstance(statement, light[2:]):
                    self.made.note(statement.name, self.namespace[statement.name], 0)
                continue
            self.one(statement, code)

    def one(self, statement: ast.stmt, code: Any) -> None:
        inputs = self.tracer.inputs(statement)
        around, before = self.contents.settings(), self.contents.random_states()
        for drawn in (None, before):  # one that draws is kept under a key with the generators' state
            key = self.tracer.key(statement, inputs, drawn, around)
            if self.take(key):
                self.tracer.done(statement, inputs, key)
                self.taken += 1
                return
        self.effects.read.clear()
        written, others = len(self.effects.written), len(self.effects.others)
        begun = self.statements.cpu_seconds()
        exec(code, self.namespace)
        cost = self.statements.cpu_seconds() - begun
        moved = self.contents.random_states() != before
        key = self.tracer.key(statement, inputs, before if moved else None, around)
        self.tracer.done(statement, inputs, key)
        calm = (written, others) == (len(self.effects.written), len(self.effects.others))
        if cost > _SMALL_S and calm and not self.effects.read_back() and self.contents.settings() == around:
            self.keep(key, statement, inputs, moved)

    def keep(self, key: str, statement: ast.stmt, inputs: "dict[str, str]", moved: bool) -> None:
        self.tracer.contents.forget()
        names = set(inputs) | set(self.statements.names_bound(statement))
        bound = set(self.statements.names_bound(statement))
        values, others, changed = {}, {}, False
        for name in sorted(names & set(self.namespace)):
            value = self.namespace[name]
            if isinstance(value, types.ModuleType) or self.made.key_of(value) is not None:
                continue
            if name in bound or self.tracer.contents.digest(value) != inputs.get(name):
                values[name] = value
                changed = changed or name in inputs
            else:
                others[name] = value
        if changed:  # any variable may be another name of what was changed where it lies
            for name, value in self.namespace.items():
                if name not in values and not name.startswith("__") and not isinstance(value, types.ModuleType):
                    others[name] = value
        try:
            if objects_in(self.carrying, values, self.made) & objects_in(self.carrying, others, self.made):
                return
            content = (values, self.ambient._random_states() if moved else None)
            data, buffers = self.carrying.pickled(content, self.made)
        except Exception:  # it cannot be kept, so it runs each time
            return
        path = os.path.join(self.store, key)
        places = self.carrying.write("{}.{}".format(path, os.getpid()), data, buffers)
        os.replace("{}.{}.raw".format(path, os.getpid()), path + ".raw")
        os.replace("{}.{}".format(path, os.getpid()), path)
        with open("{}.{}".format(path, os.getpid()), "w", encoding="utf-8") as file:
            json.dump(places, file)
        os.replace("{}.{}".format(path, os.getpid()), path + ".json")

    def take(self, key: str) -> bool:
        path = os.path.join(self.store, key)
        try:
            with open(path + ".json", encoding="utf-8") as file:
                places = json.load(file)
            values, states = self.carrying.read(path, places, (b"\x00no-token\x00", b"\x00no-token\x00"))
        except (OSError, ValueError, pickle.PickleError, AttributeError, ImportError, KeyError):
            return False
        self.namespace.update(values)
        if states is not None:
            self.ambient._set_random_states(states)
        return True


def main() -> None:
    here, path = sys.argv[1:]
    package = types.ModuleType("_mlestar_worker")
    package.__path__ = [here]  # type: ignore[attr-defined]
    sys.modules["_mlestar_worker"] = package
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    values: "list[float]" = []
    import builtins

    def report(value: Any) -> Any:
        values.append(float(value))
        return value

    builtins.__mlestar_report__ = report  # type: ignore[attr-defined]
    module = types.ModuleType("__main__")
    module.__dict__.update({"__file__": spec["script"], "__builtins__": builtins})
    sys.modules["__main__"] = module
    sys.argv = [spec["script"]]
    sys.path.insert(0, os.path.dirname(spec["script"]))
    importlib.import_module("_mlestar_worker.seeding").install(int(spec["seed"]))
    random.seed(int(spec["seed"]))
    slicer = Slicer("_mlestar_worker", spec, module.__dict__)
    failed: Optional[str] = None
    try:
        with open(spec["program"], encoding="utf-8") as file:
            slicer.run(file.read())
    except BaseException as error:
        failed = "{}: {}".format(type(error).__name__, error)
    with open(spec["out"], "w", encoding="utf-8") as file:
        json.dump({"values": values, "taken": slicer.taken, "failed": failed}, file)


if __name__ == "__main__":
    main()
