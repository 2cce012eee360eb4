"""What each statement does in the training program, with the reason.

A statement is judged by what it calls (library vocabulary, local functions by their own bodies), what it assigns and
what it reads; the strongest evidence wins. Nothing is executed or imported: library calls are known by name.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cst_tools import vocabulary as words
from cst_tools.names import root_name
from cst_tools.types import Role

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_PREPARATION = frozenset({Role.CLEAN, Role.FEATURES, Role.PREPROCESS})
_WEIGHTS = {
    Role.SPLIT: 100, Role.TUNE: 90, Role.EVALUATE: 85, Role.ENSEMBLE: 80, Role.SUBMIT: 78, Role.MODEL: 72, Role.LOAD: 70,
    Role.TRAIN: 60, Role.PREDICT: 55, Role.PREPROCESS: 50, Role.CLEAN: 40, Role.FEATURES: 35,
}  # fmt: skip
_DOMINANCE = tuple(sorted(_WEIGHTS, key=lambda role: -_WEIGHTS[role]))


@dataclass(frozen=True)
class Judgement:
    """``weak``: nothing spoke for any role, so the statement may join its neighbours."""

    role: Role
    reason: str
    weak: bool = False


_NOTHING = Judgement(Role.OTHER, "no call or name that tells a role", weak=True)


class Judge:
    """Judges the statements of one module. Made once per script; every statement is judged once."""

    def __init__(self, tree: ast.Module) -> None:
        self.imports: dict[str, str] = {}
        self.functions: dict[str, FunctionNode] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self.by_name: dict[str, list[str]] = {}
        """Last part of a function's or method's qualified name to the qualified names."""
        self.kinds: dict[str, set[Role]] = {}
        """Variable (``clf``, ``self.scaler``) to the roles of what is assigned to it."""
        self.instances: dict[str, str] = {}
        """Variable to the local class it is an instance of."""
        self.containers: set[str] = set()
        """Variables that hold a plain dictionary or list."""
        self._memo: dict[int, Judgement] = {}
        self._busy: set[int] = set()
        self._profile: dict[int, Counter[Role]] = {}
        self._assigned: list[tuple[str, ast.expr]] = []
        self._collect(tree.body, "")
        for name, value in self._assigned:
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in self.classes:
                self.instances[name] = value.func.id
            elif isinstance(value, (ast.Dict, ast.List, ast.ListComp, ast.DictComp)) or (
                isinstance(value, ast.Call)
                and isinstance(value.func, ast.Name)
                and value.func.id in ("dict", "list", "defaultdict", "OrderedDict", "Counter")
            ):
                self.containers.add(name)
        for name, value in self._assigned:
            role = self._kind_of(value)
            if role is not None:
                self.kinds.setdefault(name, set()).add(role)

    # -- what the module holds

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
                        self._assigned.append((name, node.value))
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for item, value in zip(target.elts, node.value.elts, strict=False):
                        name = root_name(item)
                        if name:
                            self._assigned.append((name, value))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            name = root_name(node.target)
            if name:
                self._assigned.append((name, node.value))
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for entry in node.items:
                name = root_name(entry.optional_vars) if entry.optional_vars is not None else None
                if name:
                    self._assigned.append((name, entry.context_expr))

    def _kind_of(self, value: ast.expr) -> Role | None:
        """Role of the object an expression makes: a model, a splitter, a search, predictions, a metric."""
        if not isinstance(value, ast.Call):
            return None
        role = self._call_role(value)
        if role is not None and role[0] is Role.TRAIN and isinstance(value.func, ast.Attribute):
            return self._kind_of(value.func.value) or Role.MODEL
        return role[0] if role is not None else None

    # -- calls

    def qualified(self, node: ast.expr) -> str:
        """``sklearn.svm.SVC`` for ``SVC`` after ``from sklearn.svm import SVC``; ``?.fit`` where the start is no name."""
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
            found = [name for name in self.by_name.get(func.id, []) if not self._is_method(name)]
            return found[-1] if found else None
        if isinstance(func, ast.Attribute):
            methods = [name for name in self.by_name.get(func.attr, []) if self._is_method(name)]
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

    def _is_method(self, qualified: str) -> bool:
        return qualified.rpartition(".")[0] in self.classes

    def _call_role(self, call: ast.Call) -> tuple[Role, str] | None:
        """Role of one call by itself, and the words for it."""
        name = self.qualified(call.func)
        last = name.rpartition(".")[2]
        shown = (
            last if isinstance(call.func, ast.Name) else ast.unparse(call.func) if _is_dotted(call.func) else f".{last}"
        )
        local = self.local_function(call)
        if local is not None:
            return self._local_role(local, shown)
        if last in self.classes and isinstance(call.func, ast.Name):
            role = self.class_role(self.classes[last])
            return (role, f"makes a {last}") if role is not Role.OTHER else None
        known = self._library_role(call, name, last)
        return (known, f"calls {shown}") if known is not None else None

    def _library_role(self, call: ast.Call, name: str, last: str) -> Role | None:
        base = call.func.value if isinstance(call.func, ast.Attribute) else None
        variable = root_name(base) if base is not None else None
        kinds = self.kinds.get(variable or "", set())
        is_module = variable is not None and variable.split(".")[0] in self.imports
        if last in words.SPLIT_CALLS:
            return Role.SPLIT
        if last == "split" and base is not None:
            splitter = Role.SPLIT in kinds or bool(words.SPLITTER_NAME.search((variable or "").rpartition(".")[2]))
            if isinstance(base, ast.Call):
                splitter = self._kind_of(base) is Role.SPLIT
            return Role.SPLIT if splitter and not isinstance(base, ast.Constant) else None
        if last in words.TUNE_CALLS and not (last == "optimize" and is_module):
            return Role.TUNE
        if name.startswith(("lightgbm.cv", "xgboost.cv", "catboost.cv")):
            return Role.EVALUATE
        if name in ("lightgbm.train", "xgboost.train"):
            return Role.TRAIN
        if last in words.ENSEMBLE_CALLS:
            return Role.ENSEMBLE
        if last in ("fit", "partial_fit", "fit_generator"):
            if isinstance(base, ast.Call):
                made = self._kind_of(base)
                return made if made in (Role.PREPROCESS, Role.TUNE) else Role.TRAIN
            return self._fit_role(kinds, variable)
        if last == "evaluate" and base is None and last not in self.imports:
            return Role.EVALUATE
        if name.startswith(("sklearn.metrics.", "torchmetrics.")) or last in words.EVALUATE_CALLS:
            return None if last in ("score", "auc") and base is None and name == last else Role.EVALUATE
        if name in words.SUBMIT_QUALIFIED or (last in words.SUBMIT_CALLS and last not in ("dump",)):
            return Role.SUBMIT
        if last == "save" and base is not None and not is_module:
            return Role.SUBMIT
        if name in words.LOAD_QUALIFIED or words.LOAD_PREFIX.match(name):
            return Role.LOAD
        if last in ("Pipeline", "make_pipeline"):
            return Role.MODEL if self._mentions_model(call) else Role.PREPROCESS
        if last in words.MODEL_CALLS or words.MODEL_NAME.match(last) or words.LAYER_MODULE.match(name):
            return Role.TRAIN if last.endswith("Loss") else Role.MODEL
        if last == "from_pretrained" and base is not None:
            inner = self.qualified(base).rpartition(".")[2]
            return Role.PREPROCESS if "Token" in inner or "Processor" in inner or "Extractor" in inner else Role.MODEL
        if words.TRAIN_CONFIG.match(name) or last in words.TRAIN_CONFIG_CALLS:
            return Role.TRAIN
        if last in words.LOAD_CALLS and (last not in ("data", "reader", "connect") or is_module):
            return Role.LOAD
        if last == "train" and base is not None:
            return Role.TRAIN
        if last == "compile" and base is not None and not is_module:
            return Role.TRAIN
        if last == "step" and base is not None:
            return Role.TRAIN
        if last in words.TRAIN_CALLS:
            return Role.TRAIN
        if last in words.PREDICT_CALLS:
            return Role.PREDICT
        if last in words.PREPROCESS_CALLS and not (last == "transform" and isinstance(base, ast.Call)):
            return Role.PREPROCESS
        if base is None and isinstance(call.func, ast.Name) and Role.MODEL in self.kinds.get(call.func.id, set()):
            return Role.PREDICT  # a network called on a batch
        if name.startswith("sklearn."):
            return None
        if last in words.CLEAN_CALLS and base is not None and not isinstance(base, ast.Constant):
            return Role.CLEAN
        if last in words.FEATURE_CALLS and base is not None and not isinstance(base, ast.Constant):
            return Role.FEATURES
        return self._imported_role(call, name)

    def _imported_role(self, call: ast.Call, name: str) -> Role | None:
        """A function of a module we do not know (the user's own, most often): what its name says."""
        func = call.func
        known = name.split(".")[0] in _LIBRARIES
        if isinstance(func, ast.Name) and func.id in self.imports and not known:
            if func.id[:1].isupper():
                return Role.MODEL if words.MODEL_VARIABLE.search(_snake(func.id)) else None
            return words.role_of_name(func.id)
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id in self.imports:
            return None if known else words.role_of_name(func.attr)
        return None

    def _fit_role(self, kinds: set[Role], variable: str | None) -> Role:
        name = variable or ""
        for role, pattern in ((Role.TUNE, words.TUNE_VARIABLE), (Role.PREPROCESS, words.PREPROCESS_VARIABLE)):
            if role in kinds and not (Role.MODEL in kinds and role is Role.PREPROCESS):
                return role
            if not kinds and pattern.search(name) and not words.MODEL_VARIABLE.search(name):
                return role
        return Role.TRAIN

    def _mentions_model(self, call: ast.Call) -> bool:
        for node in ast.walk(call):
            if node is call:
                continue
            if isinstance(node, ast.Call):
                last = self.qualified(node.func).rpartition(".")[2]
                if last in words.MODEL_CALLS or words.MODEL_NAME.match(last) or last in words.ENSEMBLE_CALLS:
                    return True
                found = self._call_role(node)
                if found and found[0] is Role.MODEL and last not in ("Pipeline", "make_pipeline"):
                    return True
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                kinds = self.kinds.get(node.id, set())
                if kinds & {Role.MODEL, Role.ENSEMBLE, Role.TUNE}:
                    return True
                if not kinds and node.id not in self.imports and words.MODEL_VARIABLE.search(node.id):
                    return True
        return False

    # -- functions and classes

    def _local_role(self, qualified: str, shown: str) -> tuple[Role, str] | None:
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
            if named is not None and (not profile or named in profile):
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
        if id(node) in self._busy:
            return False
        self._busy.add(id(node))
        try:
            return mixes(self.profile(node.body), _size(node.body))
        finally:
            self._busy.discard(id(node))

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
        if not self._busy:
            self._profile[key] = counts
        return counts

    def _contribution(self, node: ast.stmt) -> Counter[Role]:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return Counter()
        inner = suites_of(node)
        if not inner or is_training_loop(node):
            counts: Counter[Role] = Counter()
            role = self.judge(node).role
            if role is not Role.OTHER:
                counts[role] += 1
            for call in calls_in(node):
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

    # -- statements

    def judge(self, node: ast.stmt) -> Judgement:
        """The role of a statement taken whole, compound ones included."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self.function_role(node)
        found = self._memo.get(id(node))
        if found is None:
            found = self._judge(node)
            if not self._busy:
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
                shown = self._role_of_reads([n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)])
                if shown is not None and shown[0] is Role.EVALUATE:
                    return Judgement(Role.EVALUATE, f"compares {shown[1]}")
            if not counts:
                return _NOTHING
            role = dominant(counts)
            return Judgement(role, f"its body does {role.value}")
        return self._simple(node)

    def _over_predictions(self, node: ast.For) -> bool:
        """``for truth, guess in zip(y_test, predicted)``: a metric in the making."""
        names = {n.id for n in ast.walk(node.iter) if isinstance(n, ast.Name)}
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
        for part in parts:
            for call in _calls(part):
                role = self._call_role(call)
                if role is not None and role[0] in (Role.SPLIT, Role.LOAD, Role.TUNE):
                    return Judgement(role[0], role[1])
        return None

    def _simple(self, node: ast.stmt) -> Judgement:
        calls, reads, text = _parts(node)
        display = self._is_display(node)
        best: tuple[int, Role, str] = (0, Role.OTHER, "")
        for call in calls:
            role = self._call_role(call)
            if role is not None and _WEIGHTS[role[0]] > best[0]:
                best = (_WEIGHTS[role[0]], *role)
        if display:
            return self._display(best, reads, calls, text, node)
        if best[0] < _WEIGHTS[Role.SUBMIT]:
            other = self._assignment(node, reads, calls, best)
            if other is not None and other[0] > best[0]:
                best = other
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
        arithmetic = [n for n in ast.walk(node) if isinstance(n, ast.BinOp) and not isinstance(n.op, ast.Mod)]
        averages = [c for c in calls if self.qualified(c.func).rpartition(".")[2] in words.AVERAGING]
        computes = bool(averages) or any(not isinstance(n.left, (ast.Constant, ast.JoinedStr)) for n in arithmetic)
        if computes and words.METRIC_NAME.search(text.replace(" ", "_").replace(":", "_")):
            return Judgement(Role.EVALUATE, "shows a metric worked out by hand")
        return Judgement(Role.OTHER, "shows something", weak=True)

    def _assignment(
        self, node: ast.stmt, reads: list[str], calls: list[ast.Call], best: tuple[int, Role, str]
    ) -> tuple[int, Role, str] | None:
        """Evidence in the form of an assignment: columns, row selections, hand-made metrics, averages of predictions."""
        targets: list[ast.expr]
        if isinstance(node, ast.AugAssign):
            targets, value = [node.target], node.value
        elif isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            return None
        names = [n for t in targets for n in _target_names(t)]
        plain = [n.rpartition(".")[2] for n in names]
        if (
            any(words.METRIC_NAME.search(n) for n in plain)
            and _computes(value)
            and best[1] not in (Role.LOAD, Role.TRAIN)
        ):
            return 58, Role.EVALUATE, f"works out {names[0]}"
        if len(plain) >= 2 and sum(bool(words.SPLIT_NAME.search(n)) for n in plain) >= 2 and _slices(value):
            return 75, Role.SPLIT, f"divides the rows into {', '.join(names[:4])}"
        if plain and words.SPLIT_NAME.search(plain[0]) and _divides_rows(value):
            return 57, Role.SPLIT, f"takes the rows of {names[0]}"
        predictions = [
            n for n in reads if words.PREDICTION_NAME.search(n) or self.kinds.get(n, set()) == {Role.PREDICT}
        ]
        if len(set(predictions)) >= 2 and _averages(value) and not any(words.METRIC_NAME.search(n) for n in plain):
            return 80, Role.ENSEMBLE, f"combines {' and '.join(dict.fromkeys(predictions))}"
        if names[:1] == plain[:1] and names and Role.PREDICT in self.kinds.get(names[0], set()) and names[0] in reads:
            predictions = [names[0], *predictions]
        rework = best[1] in (Role.OTHER, Role.CLEAN, Role.FEATURES)
        named = bool(plain) and (bool(words.PREDICTION_NAME.search(plain[0])) or names[0] in predictions)
        if predictions and named and rework and not isinstance(targets[0], ast.Subscript):
            return 55, Role.PREDICT, f"makes {names[0]} of {predictions[0]}"
        if any(isinstance(t, ast.Subscript) for t in targets):
            if best[1] is Role.CLEAN and _starts_at(value, targets[0]):
                return None
            if best[1] in (Role.PREPROCESS, Role.PREDICT, Role.EVALUATE, Role.TRAIN, Role.MODEL, Role.LOAD):
                return None
            base = root_name(targets[0])
            key = targets[0].slice if isinstance(targets[0], ast.Subscript) else None
            if isinstance(key, ast.Constant) and words.METRIC_NAME.search(str(key.value)) and base in self.containers:
                return 54, Role.EVALUATE, f"stores {key.value!r}"
            if base in self.containers and not best[0]:
                return None
            if base and (words.PREDICTION_NAME.search(base) or base.startswith("sub")):
                return (54, Role.PREDICT, f"stores into {base}")
            kinds = self.kinds.get(base or "", set())
            if kinds & {Role.EVALUATE} or words.METRIC_NAME.search(base or ""):
                return 54, Role.EVALUATE, f"stores into {base}"
            shown = ast.unparse(targets[0])
            return 41, Role.FEATURES, f"assigns {shown if len(shown) < 40 else base}"
        if best[0] == 0 or best[1] in (Role.CLEAN, Role.FEATURES):
            return self._selection(plain, names, value, best)
        return None

    def _selection(
        self, plain: list[str], names: list[str], value: ast.expr, best: tuple[int, Role, str]
    ) -> tuple[int, Role, str] | None:
        if isinstance(value, ast.Tuple):
            parts = [self._selection(plain[i : i + 1], names[i : i + 1], v, best) for i, v in enumerate(value.elts)]
            return parts[0] if parts and all(part == parts[0] or part is not None for part in parts) else None
        if plain and plain[0] in ("y", "Y", "target") and best[1] is Role.CLEAN:
            return 42, Role.FEATURES, f"makes {names[0]}"
        if plain and (plain[0] == "sub" or plain[0].startswith("submi")) and best[0] == 0:
            return 42, Role.SUBMIT, f"makes {names[0]}"
        source = root_name(value)
        if (
            plain
            and isinstance(value, ast.BinOp)
            and isinstance(value.op, ast.Div)
            and root_name(value.left) == names[0]
        ):
            return 50, Role.PREPROCESS, f"scales {names[0]}"
        if not plain or source is None or source in self.imports:
            return None
        if (
            isinstance(value, ast.Attribute)
            and self.kinds.get(source) == {Role.LOAD}
            and plain[0] not in ("X", "y", "Y")
        ):
            return 42, Role.LOAD, f"takes {names[0]} from {source}"
        drops = (
            isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in ("drop", "pop")
        )
        picks = isinstance(value, ast.Subscript) or (
            isinstance(value, ast.Attribute) and value.attr in ("values", "data", "target")
        )
        if isinstance(value, ast.Attribute) and value.attr not in ("values", "T"):
            picks = picks or plain[0].lower() in ("x", "y", "target", "labels", "features")
        if source == names[0] and (drops or picks):
            return 41, Role.CLEAN, f"keeps part of {source}"
        if drops or (
            picks and (words.TARGET_NAME.match(plain[0]) or isinstance(value, ast.Subscript) and not _is_scalar(value))
        ):
            return 42, Role.FEATURES, f"selects {', '.join(names[:2])} from {source}"
        return None

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


_LIBRARIES = frozenset(
    "sklearn numpy pandas scipy torch tensorflow keras xgboost lightgbm catboost optuna matplotlib seaborn os sys re json "
    "math random time datetime logging argparse pathlib collections itertools functools typing warnings click typer polars "
    "transformers datasets imblearn category_encoders joblib pickle tqdm nltk spacy statsmodels plotly hydra omegaconf copy "
    "string glob shutil gc csv io statistics operator dataclasses wandb mlflow torchvision PIL cv2 skimage subprocess".split()
)


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).strip("_")


def _is_dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def groups(roles: Iterable[Role]) -> set[str]:
    """The kinds of step among roles: a script's phases."""
    names = {
        Role.LOAD: "load", Role.CLEAN: "prepare", Role.FEATURES: "prepare", Role.PREPROCESS: "prepare",
        Role.SPLIT: "split", Role.MODEL: "fit", Role.TRAIN: "fit", Role.TUNE: "fit", Role.ENSEMBLE: "fit",
        Role.PREDICT: "judge", Role.EVALUATE: "judge", Role.SUBMIT: "submit",
    }  # fmt: skip
    return {names[role] for role in roles if role in names}


def mixes(profile: Counter[Role], size: int) -> bool:
    """Whether a function of ``size`` statements with this profile is a sequence of steps rather than one step."""
    found = groups(profile)
    prepared = sum(profile[role] for role in _PREPARATION)
    if len(found) >= 3:
        return True
    if found == {"prepare", "split"}:
        return prepared > 3
    if found == {"load", "prepare"}:
        return prepared >= 3
    if found == {"prepare", "fit"}:
        return prepared >= 2
    if found == {"fit", "judge"}:
        return profile[Role.EVALUATE] > 0 or size > 12
    if found in ({"fit", "submit"}, {"judge", "submit"}, {"load", "split"}):
        return size > 12
    if "split" in found and len(found) > 1:
        return True
    return len(found) >= 2 and size > 8


def dominant(profile: Counter[Role]) -> Role:
    """The role that names a mixture: among preparation the most frequent, else the most telling."""
    if profile and set(profile) <= _PREPARATION:
        return max(_PREPARATION, key=lambda role: (profile[role], _WEIGHTS[role]))
    return next((role for role in _DOMINANCE if profile[role]), Role.OTHER)


def suites_of(node: ast.stmt) -> list[list[ast.stmt]]:
    """The suites of a compound statement, without those of definitions."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return []
    out = [value for name in ("body", "orelse", "finalbody") if (value := getattr(node, name, None))]
    handlers = getattr(node, "handlers", None) or getattr(node, "cases", None) or []
    return [*out[:1], *(h.body for h in handlers), *out[1:]] if out or handlers else []


def is_training_loop(node: ast.stmt) -> bool:
    """A loop whose own body holds the backward pass: one step of training, whatever else it reports."""
    if not isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        return False
    queue: list[ast.stmt] = list(node.body)
    while queue:
        statement = queue.pop()
        if isinstance(statement, (ast.With, ast.AsyncWith, ast.If)):
            queue += [inner for suite in suites_of(statement) for inner in suite]
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            func = statement.value.func
            if isinstance(func, ast.Attribute) and func.attr in ("backward", "train_on_batch"):
                return True
            if isinstance(func, ast.Attribute) and func.attr == "apply_gradients":
                return True
    return False


def calls_in(node: ast.stmt) -> list[ast.Call]:
    """Calls of a statement in order, those in its suites excluded."""
    out: list[ast.Call] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            out += _calls(child)
        elif isinstance(child, ast.withitem):
            out += _calls(child.context_expr)
    return out


def _calls(node: ast.expr) -> list[ast.Call]:
    return [n for n in ast.walk(node) if isinstance(n, ast.Call)]


def _parts(node: ast.stmt) -> tuple[list[ast.Call], list[str], str]:
    """Calls, names read, and the constant strings of a simple statement."""
    calls: list[ast.Call] = []
    reads: dict[str, None] = {}
    texts: list[str] = []
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            calls.append(part)
        elif isinstance(part, ast.Name):
            if isinstance(part.ctx, ast.Load):
                reads.setdefault(part.id)
        elif isinstance(part, ast.Attribute):
            if isinstance(part.value, ast.Name) and part.value.id in ("self", "cls"):
                reads.setdefault(f"{part.value.id}.{part.attr}")
        elif isinstance(part, ast.Constant) and isinstance(part.value, str) and len(part.value) < 200:
            texts.append(part.value)
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return calls, list(reads), " ".join(texts)


def _size(body: Iterable[ast.stmt]) -> int:
    return sum(1 + sum(_size(suite) for suite in suites_of(node)) for node in body)


def _target_names(node: ast.expr) -> Iterator[str]:
    if isinstance(node, (ast.Tuple, ast.List)):
        for item in node.elts:
            yield from _target_names(item)
    else:
        name = root_name(node)
        if name is not None:
            yield name


def _computes(value: ast.expr) -> bool:
    """More than a constant, a name or an empty container."""
    return any(isinstance(n, (ast.BinOp, ast.Compare)) for n in ast.walk(value)) or (
        isinstance(value, ast.Call) and bool(value.args or isinstance(value.func, ast.Attribute))
    )


def _slices(value: ast.expr) -> bool:
    items = value.elts if isinstance(value, ast.Tuple) else [value]
    return all(_divides_rows(item) for item in items)


def _divides_rows(value: ast.expr) -> bool:
    """``X[:n]``, ``df.iloc[train_idx]``, ``df[df.year < 2020]``, ``df.sample(frac=0.8)``, ``df.drop(train.index)``."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        if value.func.attr == "sample":
            return True
        if value.func.attr == "drop" and value.args:
            first = value.args[0]
            return isinstance(first, ast.Attribute) and first.attr == "index"
        if value.func.attr in ("copy", "reset_index", "values", "to_numpy"):
            return _divides_rows(value.func.value)
        return False
    if isinstance(value, ast.Attribute) and value.attr == "values":
        return _divides_rows(value.value)
    if not isinstance(value, ast.Subscript):
        return False
    if isinstance(value.value, ast.Subscript) and _divides_rows(value.value):
        return True  # rows first, then columns
    index = value.slice.elts[0] if isinstance(value.slice, ast.Tuple) and value.slice.elts else value.slice
    if isinstance(index, ast.Slice):
        return index.lower is not None or index.upper is not None
    if isinstance(index, (ast.Compare, ast.UnaryOp, ast.BoolOp)):
        return True
    if isinstance(index, ast.BinOp):
        return isinstance(index.op, (ast.BitAnd, ast.BitOr))
    return isinstance(index, ast.Name) and bool(
        words.SPLIT_NAME.search(index.id) or index.id.endswith(("idx", "index", "mask"))
    )


def _starts_at(value: ast.expr, target: ast.expr) -> bool:
    """Whether a chain of calls begins at the column that it is stored into: ``df["a"] = df["a"].fillna(0)``."""
    while isinstance(value, (ast.Call, ast.Attribute)):
        value = value.func if isinstance(value, ast.Call) else value.value
    return ast.dump(value).replace("Load()", "Store()") == ast.dump(target).replace("Load()", "Store()")


def _averages(value: ast.expr) -> bool:
    for node in ast.walk(value):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Div, ast.Mult)):
            return True
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("mean", "average", "median", "gmean")
        ):
            return True
    return False


def _is_scalar(value: ast.Subscript) -> bool:
    return isinstance(value.slice, ast.Constant) and isinstance(value.slice.value, int)
