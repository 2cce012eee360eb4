"""The snapshot rung in the worker: one run writes down its variables on the way, others begin from there.

The leader runs its program statement by statement and, before each statement where another run first differs, writes
what that run's remaining statements may read. A member runs its own imports and definitions up to that place, takes
over the variables, the files written so far, the random generators and the settings of libraries, and goes on with its
own text. Nothing is guessed: what cannot be carried over is said, and the run goes another way.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import enum
import json
import os
import pickle
import re
import sys
import time
import types
from typing import Any, Optional

from . import ambient, carrying, layers, seeding, wire
from .statements import future_flags

LIGHT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
"""Statements that a member runs again instead of taking over what they made."""
_SPARE = 0.5
"""At most this share of the free disk is filled by one snapshot."""


def is_light(statement: ast.stmt, first: bool) -> bool:
    """``first``: whether it is the program's first statement, where a text is its documentation."""
    if first and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return isinstance(statement.value.value, str)
    return isinstance(statement, LIGHT)


def names_made(statement: ast.stmt) -> "list[str]":
    """What a light statement binds; ``*`` for an import of everything."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.split(".")[0] for alias in statement.names]
    return []


class Part:
    """What `worker` asks of a program that is not run in one piece."""

    def __init__(self, spec: "dict[str, Any]", channel: wire.Channel) -> None:
        self.spec, self.channel, self.pid = spec, channel, os.getpid()
        with open(spec["program"], "rb") as file:
            self.tree = ast.parse(file.read(), spec["script"])
        self._flags = future_flags(self.tree)
        self.made = carrying.Made()
        self._counts: dict[str, int] = {}

    def ours(self) -> bool:
        return os.getpid() == self.pid

    def ending(self, end: "dict[str, Any]", error: Optional[BaseException] = None) -> "dict[str, Any]":
        return end

    def show(self, error: BaseException) -> None:
        from . import worker

        worker._show(error)

    def run(self, statements: "list[ast.stmt]", namespace: "dict[str, Any]") -> None:
        code = compile(ast.Module(statements, []), self.spec["script"], "exec", self._flags, dont_inherit=True)
        exec(code, namespace)

    def run_light(self, statement: ast.stmt, namespace: "dict[str, Any]") -> None:
        """Run an import or a definition, and know what it made."""
        self.run([statement], namespace)
        for name in names_made(statement):
            if name in namespace:
                count = self._counts[name] = self._counts.get(name, -1) + 1
                self.made.note(name, namespace[name], count)


class Leader(Part):
    """Runs the whole program; ``spec["snapshots"]`` says where it writes which variables."""

    def __init__(self, spec: "dict[str, Any]", channel: wire.Channel) -> None:
        super().__init__(spec, channel)
        self._order = spec["snapshots"]
        self._seed_used = False
        self._begun = time.monotonic()

    def execute(self, module: Any) -> None:
        namespace = module.__dict__
        self._preset = dict(namespace)
        seeding.on_use(self._note_use)
        points = {point["at"]: point for point in self._order["points"]}
        for index, statement in enumerate(self.tree.body):
            if index in points:
                self._take(points[index], namespace)
            if is_light(statement, index == 0):
                self.run_light(statement, namespace)
            else:
                self.run([statement], namespace)
        if len(self.tree.body) in points:
            self._take(points[len(self.tree.body)], namespace)

    def _note_use(self) -> None:
        self._seed_used = True

    def _take(self, point: "dict[str, Any]", namespace: "dict[str, Any]") -> None:
        """Write one snapshot, or say why there is none; the program goes on either way."""
        try:
            told = self._write(point, namespace)
        except carrying.Unfit as error:
            told = {"reason": str(error)}
        except Exception as error:  # reducers of the script's objects raise what they like
            told = {"reason": "the variables could not be written ({}: {})".format(type(error).__name__, error)}
        self._mark(point["heavy"])
        self.channel.send(snapshot={"heavy": point["heavy"], **told})

    def _write(self, point: "dict[str, Any]", namespace: "dict[str, Any]") -> "dict[str, Any]":
        workspace = self.spec["workspace"]
        problem = ambient.trouble(workspace)
        if problem is not None:
            raise carrying.Unfit(problem)
        wanted = None if point["names"] is None else set(point["names"])
        values = {}
        for name, value in namespace.items():
            if name == "__annotations__" or (name in self._preset and self._preset[name] is value):
                continue
            if name in self.made.latest and self.made.latest[name] is value:
                continue
            if wanted is None or name in wanted:
                values[name] = value
        base = os.path.join(self._order["folder"], str(point["heavy"]))
        os.makedirs(base, exist_ok=True)
        state = ambient.capture(workspace)
        content = {
            "values": values,
            "gone": [name for name in self.made.latest if name not in namespace],
            "definitions": self._definitions(),
            "state": state,
        }
        try:
            data, buffers = carrying.pickled(content, self.made)
        except Exception as error:
            unfit = carrying.unfit_names(values, self.made)
            if not unfit:
                raise
            listed = "; ".join("{}, a {}".format(name, why) for name, why in sorted(unfit.items())[:3])
            raise carrying.Unfit("it cannot be taken over: {}".format(listed)) from error
        size = len(data) + sum(memoryview(b).nbytes for b in buffers)
        if size > _SPARE * layers.free_bytes(base):
            raise carrying.Unfit("its variables take {:.1f} GB, more than the disk spares".format(size / 1024**3))
        places = carrying.write(os.path.join(base, "values"), data, buffers)
        process = {k: state[k] for k in ("environment", "folder", "path", "argv", "limit")}
        early = {name: namespace[name] for name in point["early"] if name in namespace}
        with open(os.path.join(base, "process"), "wb") as file:
            file.write(pickle.dumps(process, 4))
        with open(os.path.join(base, "early"), "wb") as file:
            file.write(carrying.pickled_whole(early, self.made) if early else b"")
        files = layers.keep(self.spec, os.path.join(base, "files"))
        left = [n for n in namespace if n not in values and n not in self.made.latest and n not in self._preset]
        told = {"places": places, "files": files, "left": left}
        with open(os.path.join(base, "about.json"), "w", encoding="utf-8") as file:
            json.dump(told, file)
        return {
            "bytes": size,
            "wall_s": time.monotonic() - self._begun,
            "events": os.path.getsize(self.channel.path),
            "untouched": bool(state["untouched"]) and not self._seed_used,
        }

    def _definitions(self) -> "dict[str, Any]":
        """What the program may have changed of its functions and classes since they were defined."""
        found: dict[str, Any] = {}
        for name, value in self.made.latest.items():
            if getattr(value, "__module__", None) != "__main__":
                continue
            if isinstance(value, types.FunctionType):
                found[name] = ("function", carrying.state_of_function(value))
            elif isinstance(value, type) and not isinstance(value, enum.EnumMeta):
                held = {}
                for key, inner in vars(value).items():
                    if key.startswith("__") or key == "_abc_impl" or callable(inner) or hasattr(inner, "__get__"):
                        continue
                    held[key] = inner
                found[name] = ("class", held)
        return found

    def _mark(self, heavy: int) -> None:
        """Show in both streams where they stand: everything printed up to here is before the mark."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                continue  # closed or replaced by the script
        with contextlib.suppress(OSError, AttributeError, TypeError):  # no such thing on Windows
            ctypes.CDLL(None).fflush(None)  # what compiled libraries printed
        mark = "{}{};".format(self._order["mark"], heavy).encode("ascii")
        for descriptor in (1, 2):
            try:
                os.write(descriptor, mark)
            except OSError:
                continue  # the script closed it: nothing of it goes to the server


class Member(Part):
    """Goes on from a snapshot; ``spec["restore"]``: ``folder``, ``at``, ``token`` and ``own_token``, ``same_seed``,
    ``changed`` (names of definitions that are not the leader's)."""

    def __init__(self, spec: "dict[str, Any]", channel: wire.Channel) -> None:
        super().__init__(spec, channel)
        self._order = spec["restore"]
        self._left: set[str] = set()
        self._tokens = (self._order["token"].encode("ascii"), self._order["own_token"].encode("ascii"))

    def execute(self, module: Any) -> None:
        namespace = module.__dict__
        try:
            problem = self._take_over(namespace)
        except BaseException as error:
            problem = "its variables could not be taken over ({}: {})".format(type(error).__name__, error)
        if problem is not None:
            self._refuse(problem)
        rest = self.tree.body[self._order["at"] :]
        self.channel.send(taken=True)
        try:
            if rest:
                self.run(rest, namespace)
        except NameError as error:  # it reads what nobody expected it to read: that says nothing about the variant
            found = re.search(r"'(\w+)'", str(error))
            if found and found.group(1) in self._left:
                self._refuse("it reads {!r}, which was left behind".format(found.group(1)))
            raise

    def _refuse(self, why: str) -> None:
        self.channel.send(refused=why[:1000])
        os._exit(0)

    def _take_over(self, namespace: "dict[str, Any]") -> Optional[str]:
        folder, (old, new) = self._order["folder"], self._tokens
        with open(os.path.join(folder, "about.json"), encoding="utf-8") as file:
            about = json.load(file)
        self._left = set(about["left"])
        with open(os.path.join(folder, "process"), "rb") as file:
            process = pickle.loads(file.read().replace(old, new))
        layers.put_back(self.spec, os.path.join(folder, "files"), about["files"], self._tokens)
        ambient.restore_process(process)
        with open(os.path.join(folder, "early"), "rb") as file:
            data = file.read()
        early = pickle.loads(data.replace(old, new)) if data else {}
        namespace.update(early)
        for index, statement in enumerate(self.tree.body[: self._order["at"]]):
            if is_light(statement, index == 0):
                self.run_light(statement, namespace)
        for name in early:
            if name not in self.made.latest:
                namespace.pop(name, None)
        content = carrying.read(os.path.join(folder, "values"), about["places"], self._tokens)
        self._restore_definitions(content["definitions"])
        for name in content["gone"]:
            namespace.pop(name, None)
        namespace.update(content["values"])
        ambient.restore_libraries(content["state"], own_seed=not self._order["same_seed"])
        return ambient.difference(content["state"], self.spec["workspace"])

    def _restore_definitions(self, definitions: "dict[str, Any]") -> None:
        for name, (kind, held) in definitions.items():
            value = self.made.latest.get(name)
            if value is None or name in self._order["changed"]:
                continue
            if kind == "function":
                carrying._fill_function(value, held)
            else:
                for key, inner in held.items():
                    setattr(value, key, inner)


def install(spec: "dict[str, Any]", channel: wire.Channel) -> Part:
    """The leader or a member, by what ``spec`` orders."""
    return Leader(spec, channel) if spec.get("snapshots") else Member(spec, channel)
