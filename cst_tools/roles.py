"""What each statement does in the training program, with the reason.

A statement is judged by what it calls (library vocabulary, local functions by their own bodies), what it assigns and
what it reads; the strongest evidence wins. Nothing is executed or imported: library calls are known by name.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cst_tools import vocabulary as words
from cst_tools.module_facts import FunctionNode
from cst_tools.names import root_name
from cst_tools.role_assignments import AssignmentJudge
from cst_tools.role_mixtures import PREPARATION, WEIGHTS, dominant, groups, mixes
from cst_tools.shapes import calls_in, calls_under, is_training_loop, parts_of, size_of, suites_of
from cst_tools.types import Role
from cst_tools.walking import walk

_ENTRIES = frozenset(("main", "_main", "run", "cli", "run_all", "run_experiment", "entry", "__call__"))
"""Functions that are followed into as soon as they do two things: nobody writes a step under such a name."""


@dataclass(frozen=True)
class Judgement:
    """``weak``: nothing spoke for any role, so the statement may join its neighbours."""

    role: Role
    reason: str
    weak: bool = False


_NOTHING = Judgement(Role.OTHER, "no call or name that tells a role", weak=True)


class Judge(AssignmentJudge):
    """Judges the statements of one module. Made once per script; every statement is judged once."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__(tree)
        self._memo: dict[int, Judgement] = {}
        self._busy: set[int] = set()
        self._profile: dict[int, Counter[Role]] = {}
        self._mixed: dict[int, bool] = {}
        self._parts: dict[int, tuple[list[ast.Call], list[str], str]] = {}
        self._called: dict[int, list[ast.Call]] = {}
        self.learn_kinds()
        self._learnt = True
        self._memo.clear()  # judged while the kinds were still being learnt
        self._profile.clear()
        self._mixed.clear()

    def local_role(self, qualified: str, shown: str) -> tuple[Role, str] | None:
        node = self.functions[qualified]
        if qualified.endswith(".__init__"):
            owner = qualified.rpartition(".")[0]
            role = self.class_role(self.classes[owner])
            return (role, f"makes a {owner}") if role is not Role.OTHER else None
        if id(node) in self._busy or self.is_orchestrator(node):
            return None
        role = self.function_role(node).role
        return (role, f"calls {shown}, which does {role.value}") if role is not Role.OTHER else None

    def function_role(self, node: FunctionNode) -> Judgement:
        """The role of a function taken whole: what its body does most, its name deciding between what it does."""
        found = self._memo.get(id(node))
        if found is not None:
            return found
        if id(node) in self._busy:
            return _NOTHING
        self._busy.add(id(node))
        try:
            profile = self.profile(node.body)
            named = words.role_of_name(node.name)
            if self._is_evaluation(node, profile):
                result = Judgement(Role.EVALUATE, f"is named {node.name}")
            elif named is not None and (not profile or named in profile):
                result = Judgement(named, f"is named {node.name}")
            elif profile:
                role = dominant(profile)
                result = Judgement(role, f"its body does {role.value}")
            else:
                result = Judgement(Role.OTHER, "a function without a role of its own")
        finally:
            self._busy.discard(id(node))
        self._memo[id(node)] = result
        return result

    def _is_evaluation(self, node: FunctionNode, profile: Counter[Role]) -> bool:
        """Whether a function's name says that it judges, and its body does not fit a model or only prepare data."""
        if not words.EVALUATION_NAME.search(words.snake_of(node.name)):
            return False
        fits = groups(profile) & {"fit", "split", "submit"} and Role.EVALUATE not in profile
        return not fits and not (profile and set(profile) <= PREPARATION)

    def class_role(self, node: ast.ClassDef) -> Role:
        """The role of a class taken whole, by its bases first: a network, a transformer, a data set."""
        for base in node.bases:
            last = self.qualified(base).rpartition(".")[2]
            if last in ("Module", "LightningModule", "Model", "Layer", "ClassifierMixin", "RegressorMixin"):
                return Role.MODEL
            if last in ("TransformerMixin", "OneToOneFeatureMixin"):
                return Role.PREPROCESS
            if last in ("Dataset", "IterableDataset", "LightningDataModule", "Sequence"):
                return Role.LOAD
        methods = {m.name for m in node.body if isinstance(m, (ast.FunctionDef, ast.AsyncFunctionDef))}
        if {"fit", "transform"} <= methods:
            return Role.PREPROCESS
        if {"fit", "predict"} <= methods or {"forward"} <= methods:
            return Role.MODEL
        if {"__len__", "__getitem__"} <= methods:
            return Role.LOAD
        return Role.OTHER

    def is_open(self, node: ast.ClassDef) -> bool:
        """Whether a class is a program of several steps, so that its methods are looked at one by one."""
        if self.class_role(node) is not Role.OTHER:
            return False
        roles: set[Role] = set()
        for method in node.body:
            if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
                roles |= set(self.profile(method.body))
        return len(groups(roles)) >= 2

    def is_orchestrator(self, node: FunctionNode) -> bool:
        """Whether a function is followed into: it mixes steps of different kinds."""
        known = self._mixed.get(id(node))
        if known is not None or id(node) in self._busy:
            return bool(known)
        self._busy.add(id(node))
        try:
            profile = self.profile(node.body)
            found = mixes(profile, size_of(node.body)) or (node.name in _ENTRIES and len(profile) >= 2)
            if found and not groups(profile) & {"fit", "split", "submit"} and self._is_evaluation(node, profile):
                found = False
        finally:
            self._busy.discard(id(node))
        self._mixed[id(node)] = found
        return found

    def profile(self, body: Sequence[ast.stmt]) -> Counter[Role]:
        """How many statements of a suite, and of the suites in it, have which role; `OTHER` is left out."""
        if not body:
            return Counter()
        key = id(body[0])
        known = self._profile.get(key)
        if known is not None:
            return known
        counts: Counter[Role] = Counter()
        for node in body:
            counts.update(self._contribution(node))
        self._profile[key] = counts
        return counts

    def _calls_in(self, node: ast.stmt) -> list[ast.Call]:
        """The calls of a statement that name a function of the script."""
        known = self._called.get(id(node))
        if known is None:
            names = self.by_name
            found = [
                c
                for c in calls_in(node)
                if (getattr(c.func, "attr", None) or getattr(c.func, "id", "")) in names
                or getattr(c.func, "id", "") in self.classes
            ]
            known = self._called[id(node)] = found
        return known

    def _contribution(self, node: ast.stmt) -> Counter[Role]:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return Counter()
        inner = suites_of(node)
        if not inner or is_training_loop(node):
            counts: Counter[Role] = Counter()
            role = self.judge(node).role
            if role is not Role.OTHER:
                counts[role] += 1
            for call in self._calls_in(node):
                local = self.local_function(call)
                if local is not None:
                    target = self.functions[local]
                    if id(target) not in self._busy and self.is_orchestrator(target):
                        self._busy.add(id(target))
                        counts.update(self.profile(target.body))
                        self._busy.discard(id(target))
            return counts
        counts = Counter()
        header = self._header(node)
        if header is not None:
            counts[header.role] += 1
        for suite in inner:
            counts.update(self.profile(suite))
        return counts

    def judge(self, node: ast.stmt) -> Judgement:
        """The role of a statement taken whole, compound ones included."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self.function_role(node)
        found = self._memo.get(id(node))
        if found is None:
            found = self._judge(node)
            self._memo[id(node)] = found
        return found

    def _judge(self, node: ast.stmt) -> Judgement:
        if isinstance(node, ast.ClassDef):
            role = self.class_role(node)
            return Judgement(role, "is a class of its kind" if role is not Role.OTHER else "a class without a role")
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return Judgement(Role.OTHER, "imports")
        if is_training_loop(node):
            return Judgement(Role.TRAIN, "a loop with a backward pass")
        inner = suites_of(node)
        if inner:
            if isinstance(node, ast.Try) and all(isinstance(n, (ast.Import, ast.ImportFrom)) for n in node.body):
                return Judgement(Role.OTHER, "imports")
            counts: Counter[Role] = Counter()
            header = self._header(node)
            if header is not None:
                counts[header.role] += 1
            for suite in inner:
                counts.update(self.profile(suite))
            if not counts and isinstance(node, ast.For) and self._over_predictions(node):
                return Judgement(Role.EVALUATE, "goes through truths and predictions")
            if not counts and isinstance(node, ast.If):
                shown = self._role_of_reads([n.id for n in walk(node.test) if isinstance(n, ast.Name)])
                if shown is not None and shown[0] is Role.EVALUATE:
                    return Judgement(Role.EVALUATE, f"compares {shown[1]}")
            if not counts:
                return _NOTHING
            role = dominant(counts)
            return Judgement(role, f"its body does {role.value}")
        return self._simple(node)

    def _over_predictions(self, node: ast.For) -> bool:
        """``for truth, guess in zip(y_test, predicted)``: a metric in the making."""
        names = {n.id for n in walk(node.iter) if isinstance(n, ast.Name)}
        return len(names) > 2 and any(
            words.PREDICTION_NAME.search(n) or Role.PREDICT in self.kinds.get(n, set()) for n in names
        )

    def _header(self, node: ast.stmt) -> Judgement | None:
        """What the head of a compound statement does: ``for train, test in kf.split(X)`` splits."""
        parts: list[ast.expr] = []
        if isinstance(node, (ast.For, ast.AsyncFor)):
            parts = [node.iter]
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            parts = [item.context_expr for item in node.items]
        elif isinstance(node, (ast.If, ast.While)):
            parts = [node.test]
        for part in parts:
            for call in calls_under(part):
                role = self.call_role(call)
                tested = isinstance(node, (ast.If, ast.While)) and role is not None and role[0] is Role.EVALUATE
                if role is not None and (role[0] in (Role.SPLIT, Role.LOAD, Role.TUNE) or tested):
                    return Judgement(role[0], role[1])
        return None

    def _simple(self, node: ast.stmt) -> Judgement:
        known = self._parts.get(id(node))
        if known is None:
            known = self._parts[id(node)] = parts_of(node)
        calls, reads, text = known
        display = self._is_display(node)
        best: tuple[int, Role, str] = (0, Role.OTHER, "")
        handed: set[int] | None = None
        for call in calls:
            role = self.call_role(call)
            if role is not None and (role[0] is Role.SPLIT or role[0] in (Role.LOAD, Role.TRAIN)):
                handed = self._handed_over(calls) if handed is None else handed
                if id(call) in handed:
                    continue
            if role is not None and WEIGHTS[role[0]] > best[0]:
                best = (WEIGHTS[role[0]], *role)
        if display:
            return self._display(best, reads, calls, text, node)
        if best[0] < WEIGHTS[Role.SUBMIT]:
            other = self.assignment(node, reads, calls, best)
            if other is not None and other[0] > best[0]:
                best = other
        if best[1] in (Role.CLEAN, Role.FEATURES) and not isinstance(node, ast.AugAssign):
            kinds = [self.kinds[name] for name in reads if self.kinds.get(name)]
            if kinds and all(kind == {Role.EVALUATE} for kind in kinds):
                return Judgement(Role.EVALUATE, "arranges what was measured")
            if kinds and all(kind <= {Role.MODEL, Role.TRAIN} for kind in kinds):
                return Judgement(Role.OTHER, "looks into a model", weak=True)
        if best[0]:
            return Judgement(best[1], best[2])
        for call in calls:
            last = self.qualified(call.func).rpartition(".")[2]
            if last in words.SEED_CALLS:
                return Judgement(Role.OTHER, "sets a seed")
            if last in words.IDLE_CALLS and isinstance(node, ast.Expr):
                return Judgement(Role.OTHER, f"calls {last}", weak=True)
            if last in words.GLUE_CALLS:
                return Judgement(Role.OTHER, f"calls {last}")
            local = self.local_function(call)
            if local is not None and self.is_orchestrator(self.functions[local]):
                return Judgement(Role.OTHER, f"calls {local}, which is looked at step by step")
        if isinstance(node, (ast.AugAssign, ast.Return)) or self._appends(node):
            role_read = self._role_of_reads(reads)
            if role_read is not None:
                return Judgement(role_read[0], f"uses {role_read[1]}")
        return _NOTHING

    def _handed_over(self, calls: list[ast.Call]) -> set[int]:
        """Splitters and wrappers of data that are arguments: what they are handed to tells what is done."""
        out: set[int] = set()
        for call in calls:
            role = self.call_role(call)
            if role is None or role[0] not in (Role.TUNE, Role.EVALUATE, Role.PREDICT, Role.TRAIN):
                continue
            for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                for inner in calls_under(argument):
                    last = self.qualified(inner.func).rpartition(".")[2]
                    splits = last in words.SPLIT_CALLS and role[0] in (Role.TUNE, Role.EVALUATE)
                    if splits or last in words.WRAPPERS:
                        out.add(id(inner))
        return out

    def _is_display(self, node: ast.stmt) -> bool:
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
            return False
        name = root_name(node.value.func) or ""
        return name in words.DISPLAY_ROOTS or self.imports.get(name, "").split(".")[0] in words.DISPLAY_ROOTS

    def _display(
        self, best: tuple[int, Role, str], reads: list[str], calls: list[ast.Call], text: str, node: ast.stmt
    ) -> Judgement:
        if best[1] in (Role.EVALUATE, Role.TUNE, Role.SUBMIT):
            return Judgement(best[1], best[2])
        metrics = [
            name for name in reads if Role.EVALUATE in self.kinds.get(name, set()) or words.METRIC_NAME.search(name)
        ]
        if metrics:
            return Judgement(Role.EVALUATE, f"shows {metrics[0]}")
        arithmetic = [n for n in walk(node) if isinstance(n, ast.BinOp) and not isinstance(n.op, ast.Mod)]
        averages = [c for c in calls if self.qualified(c.func).rpartition(".")[2] in words.AVERAGING]
        computes = bool(averages) or any(not isinstance(n.left, (ast.Constant, ast.JoinedStr)) for n in arithmetic)
        if computes and words.METRIC_NAME.search(text.replace(" ", "_").replace(":", "_")):
            return Judgement(Role.EVALUATE, "shows a metric worked out by hand")
        return Judgement(Role.OTHER, "shows something", weak=True)

    def _appends(self, node: ast.stmt) -> bool:
        return (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
            and node.value.func.attr in ("append", "extend", "update", "add")
        )

    def _role_of_reads(self, reads: list[str]) -> tuple[Role, str] | None:
        for role in (Role.EVALUATE, Role.PREDICT):
            for name in reads:
                pattern = words.METRIC_NAME if role is Role.EVALUATE else words.PREDICTION_NAME
                if role in self.kinds.get(name, set()) or pattern.search(name):
                    return role, name
        return None
