"""What the interpreter runs on: numbers, objects, places and the memory of what was followed before."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from cst_tools.flow.modules import Modules, Project
from cst_tools.flow.recording import Recorder, State
from cst_tools.flow.scopes import Scope
from cst_tools.flow.tracking import Frame, Memo, Store, Tracker, same, steady_hash
from cst_tools.flow.units import Unit
from cst_tools.flow.values import Columns, Estimator, Instance, Kind, Part, Place, Value

MAX_STEPS = 100_000


class OutOfBudgetError(Exception):
    """The work limit was reached; what was found so far stands."""


class Machine(Recorder):
    """State of one program that is followed again and again while it is edited."""

    def __init__(self, project: Project | None = None) -> None:
        """``project``: where modules are looked for that the script imports; None: it is followed alone."""
        self.tracker = Tracker()
        self.heap: Store[int, State] = Store(self.tracker, "heap")
        self.roles: Store[Part, str] = Store(self.tracker, "roles")
        self.files: Store[str, object] = Store(self.tracker, "files")
        """What is known of the files of modules, by the modules' names."""
        self.unit = self.main = Unit("")
        self.module = Scope(Store(self.tracker, "module"), unit=self.main)
        self.modules = Modules(project) if project is not None else None
        self.at: ast.AST = ast.Pass(lineno=1, col_offset=0)
        """The statement of the script that is being followed."""
        self.entry: Place | None = None
        """While another module is followed: the place in the script that led there."""
        self.foreign: dict[object, Place] = {}
        self.scope = self.module
        self.memos: dict[Any, Memo] = {}
        self.prune_at = 1000
        self.steps = 0
        self.depth = 0
        self.calls: list[ast.AST] = []
        self.followed: set[ast.AST] = set()
        self.star_imports = False

    @property
    def frame(self) -> Frame:  # type: ignore[override]  # an attribute of the base for readers
        return self.tracker.frames[-1]

    def remember(self, name: str, identity: Any, token: Any, follow: Callable[[], Any]) -> Any:
        """What ``follow`` comes to, from memory if nothing it read has changed.

        ``name`` tells this part from its siblings, ``identity`` is the code, ``token`` what it depends on besides
        tracked state.
        """
        frames_ = self.tracker.frames
        parent = frames_[-1] if frames_ else None
        if parent is None:
            path = steady_hash(name)
        else:
            number = parent.occurrences.get(name, 0)
            parent.occurrences[name] = number + 1
            path = hash((parent.path, steady_hash(name), number))
        key = (path, identity)
        if parent is not None:
            parent.inner.append(key)
        memo = self.memos.get(key)
        if memo is not None and same(memo.token, token) and self.tracker.replay(memo):
            self.tick(memo.steps)
            return memo.result
        frame = self.tracker.open(path)
        before = self.steps
        done = False
        try:
            result = follow()
            done = True
        finally:
            self.tracker.close(frame)
            if not done:
                self.memos.pop(key, None)
            elif not frame.volatile:
                steps = self.steps - before
                self.memos[key] = Memo(
                    token, frame.reads, frame.written, frame.records, steps, result, tuple(frame.inner)
                )
        return result

    def prune(self, whole: Frame) -> None:
        """Forget what no part of the newest program is made of, once there is much of it."""
        if len(self.memos) < self.prune_at:
            return
        kept: dict[Any, Memo] = {}
        waiting = list(whole.inner)
        while waiting:
            key = waiting.pop()
            memo = self.memos.get(key)
            if memo is not None and key not in kept:
                kept[key] = memo
                waiting.extend(memo.inner)
        self.memos = kept
        self.prune_at = max(1000, 2 * len(kept))

    def tick(self, cost: int = 1) -> None:
        self.steps += cost
        if self.steps > MAX_STEPS:
            raise OutOfBudgetError

    def number(self) -> int:
        """A number for a new object: the same one as long as the way that leads here is the same."""
        frame = self.tracker.frames[-1]
        frame.numbers += 1
        return hash((frame.path, frame.numbers))

    def fresh_table(self, *, opaque: bool = False, kind: Kind = Kind.DATA) -> Value:
        root = self.number()
        return Value(kind, rows=frozenset({Part(root)}), columns=Columns(root), opaque=opaque, ref=self.number())

    def new_object(self, state: Estimator | Instance) -> Value:
        ref = self.number()
        self.heap[ref] = state
        kind = Kind.INSTANCE if isinstance(state, Instance) else Kind.ESTIMATOR
        return Value(kind, ref=ref)

    def estimator(self, value: Value) -> Estimator | None:
        state = self.heap.get(value.ref) if value.ref is not None else None
        return state if isinstance(state, Estimator) else None

    def place(self, node: ast.AST) -> Place:
        """The place of a node; the same object every time it is asked for.

        For a node of another module it is the place in the script that led there.
        """
        if self.unit is self.main or self.entry is None:
            return self.unit.place(node)
        real = self.unit.place(node)
        found = self.foreign.get((real, self.entry))
        if found is None:
            key = f"{real.key}@{self.entry.key}"
            found = self.foreign[real, self.entry] = Place(key, self.entry.node, real, self.unit.name)
        found.node = self.entry.node
        return found

    def enter_unit(self, unit: Unit | None, call: ast.Call | None) -> None:
        """Go on in the module of a function that is called."""
        if unit is None or unit is self.unit:
            return
        if self.unit is self.main:
            self.entry = self.main.place(call if call is not None else self.at)
        self.unit = unit

    def local_scope(self, parent: Scope, *, long: bool) -> Scope:
        """The scope of one call. In a long function every statement is remembered by itself."""
        if long:
            return Scope(Store(self.tracker, ("local", len(self.calls)), lasting=False), parent)
        return Scope(parent=parent)

    def leave_scope(self, scope: Scope) -> None:
        if isinstance(scope.names, Store):
            self.tracker.stores.pop(scope.names.slot, None)

    def module_scope(self) -> Scope:
        """The module scope around the code that is being followed."""
        scope = self.scope
        while scope.parent is not None:
            scope = scope.parent
        return scope
