"""What number an expression is: which metric, on which rows, how sure we are.

`Values.classify` reads an expression in its scope: metric functions under any alias, estimator ``score``
methods, cross-validation results, search and study attributes, dictionaries, hand-written formulas by their
shape, values returned by local functions, and last of all the names of variables.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

from cst_tools.metrics import BY_NAME, by_function, by_label, opposite
from cst_tools.objective_estimators import Estimators, Value
from cst_tools.objective_loops import LoopKind
from cst_tools.objective_shapes import shape_of
from cst_tools.objective_sources import Partition, Sources, partition_of, returns_of
from cst_tools.objective_trace import Binding, FunctionNode, Program, Scope
from cst_tools.types import Direction

_MAX_DEPTH = 60


_MEANS = frozenset(["mean", "average", "nanmean", "median", "nanmedian", "fmean"])
_BEST = frozenset(["max", "min", "amax", "amin", "nanmax", "nanmin", "maximum", "minimum"])
_TRANSPARENT = frozenset(
    [
        "item",
        "numpy",
        "cpu",
        "detach",
        "tolist",
        "compute",
        "result",
        "float",
        "round",
        "to",
        "double",
        "squeeze",
        "asarray",
        "array",
        "Series",
        "list",
        "tuple",
        "sorted",
        "abs",
        "float32",
        "float64",
        "Decimal",
        "format",
        "str",
        "as_float",
        "compute_score",
        "values",
        "to_numpy",
    ]
)
_RETURNS_TUPLE = {"precision_recall_fscore_support": ("precision", "recall", "f1")}


class Values:
    """Classifies expressions of one program; keeps nothing but a guard against endless recursion."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.sources = Sources(program)
        self._known: dict[tuple[str, int, str], Value | None] = {}
        self.estimators = Estimators(program, self.sources)

    def classify(self, node: ast.expr, scope: Scope, depth: int = 0) -> Value | None:
        """The metric that ``node`` evaluates to, or None when it is not recognised as one."""
        if depth > _MAX_DEPTH:
            return None
        if isinstance(node, (ast.Await, ast.Starred)):
            return self.classify(node.value, scope, depth + 1)
        if isinstance(node, ast.NamedExpr):
            return self.classify(node.value, scope, depth + 1)
        if isinstance(node, ast.Call):
            return self._call(node, scope, depth) or self._shape(node, scope)
        if isinstance(node, ast.Name):
            return self._name(node.id, scope, depth)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, scope, depth)
        if isinstance(node, ast.Subscript):
            return self._subscript(node, scope, depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self.classify(node.operand, scope, depth + 1)
            return replace(value, direction=opposite(value.direction)) if value else None
        if isinstance(node, ast.IfExp):
            return self.classify(node.body, scope, depth + 1) or self.classify(node.orelse, scope, depth + 1)
        if isinstance(node, ast.BinOp):
            return self._operation(node, scope, depth)
        if isinstance(node, (ast.List, ast.Tuple)) and node.elts:
            found = self.classify(node.elts[0], scope, depth + 1)
            return replace(found, many=True) if found and len(node.elts) > 1 else None
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            found = self.classify(node.elt, scope, depth + 1)
            return replace(found, many=True, partition=_over(found, Partition.CROSS)) if found else None
        return None

    # ------------------------------------------------------------------ operators

    def _operation(self, node: ast.BinOp, scope: Scope, depth: int) -> Value | None:
        shape = self._shape(node, scope)
        if shape is not None:
            return shape
        if isinstance(node.op, ast.Pow) and _is_number(node.right, 0.5):
            return self._root(self.classify(node.left, scope, depth + 1))
        if isinstance(node.op, ast.Mult):
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(other, ast.Constant):
                    return self.classify(side, scope, depth + 1)
                if isinstance(other, ast.UnaryOp) and isinstance(other.operand, ast.Constant):
                    return self.classify(ast.UnaryOp(op=other.op, operand=side), scope, depth + 1)
        if isinstance(node.op, ast.Sub) and _is_number(node.left, 1):
            value = self.classify(node.right, scope, depth + 1)
            if value is None or value.many:
                return None
            name = "error" if value.metric == "accuracy" else value.metric
            return replace(value, metric=name, direction=opposite(value.direction), how=f"one minus {value.how}")
        if isinstance(node.op, ast.Sub) and isinstance(node.left, ast.BinOp) and _is_number(node.right, 1):
            return self.classify(node.left, scope, depth + 1)  # 2 * auc - 1
        if isinstance(node.op, ast.Div) and isinstance(node.left, (ast.Name, ast.Attribute)):
            counted = self._counted(node, node.left, scope)
            if counted is not None:
                return counted
        if isinstance(node.op, (ast.Div, ast.FloorDiv)):
            value = self.classify(node.left, scope, depth + 1)
            divisor = ast.unparse(node.right)
            if value is not None and (
                "len(" in divisor or re.search(r"\bn_|num|count|total|steps|folds|\bk\b|\d", divisor)
            ):
                return replace(value, many=False)
        if isinstance(node.op, ast.Add) and not isinstance(node.left, ast.Constant):
            left, right = (self.classify(side, scope, depth + 1) for side in (node.left, node.right))
            if left and right and left.direction is right.direction:
                return replace(left, certainty=min(left.certainty, right.certainty))
        return None

    def _shape(self, node: ast.expr, scope: Scope) -> Value | None:
        def resolve(name: str) -> ast.expr | None:
            found = scope.lookup(name)
            last = found[0][-1] if found and found[0] else None
            return last.value if last is not None and last.how == "assign" else None

        shape = shape_of(node, resolve)
        if shape is None:
            return None
        metric, how = shape
        return Value(metric, BY_NAME[metric].direction, self.sources.partition(node, scope), 2, how)

    def _counted(self, node: ast.BinOp, top: ast.Name | ast.Attribute, scope: Scope) -> Value | None:
        """``hits / n`` where hits was counted up in a loop: ``hits += (pred == y).sum()``."""
        if isinstance(top, ast.Name):
            found = scope.lookup(top.id)
            bindings = found[0] if found else []
        else:
            bindings = self.program.attributes.get(top.attr, [])
        for binding in bindings:
            if binding.how == "augment" and binding.value is not None:
                value = self._shape(ast.BinOp(left=binding.value, op=ast.Div(), right=ast.Name(id="total")), scope)
                if value is not None:
                    partition = self.sources.partition(binding.value, binding.scope or scope)
                    return replace(value, partition=partition, how=value.how.replace("share of rows", "count of rows"))
        return None

    def _root(self, value: Value | None) -> Value | None:
        if value is None:
            return None
        roots = {"mse": "rmse", "msle": "rmsle"}
        if value.metric not in roots:
            return value
        return replace(value, metric=roots[value.metric], how=f"the square root of {value.how}")

    # ------------------------------------------------------------------ calls

    def _call(self, node: ast.Call, scope: Scope, depth: int) -> Value | None:
        program = self.program
        qualified = program.qualified(node.func)
        last = qualified.rpartition(".")[2] or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        local = program.local_function(node.func)
        if local is not None:
            return self._returned(local, node, None, None, scope, depth)
        if last == "sqrt" and node.args:
            return self._root(self.classify(node.args[0], scope, depth + 1))
        if last in ("cross_val_score", "cross_validate"):
            return self.estimators.cross_validated(node, scope, "test_score")
        if last in _MEANS or (last == "sum" and receiver is None):
            inner = node.args[0] if node.args else receiver
            value = self.classify(inner, scope, depth + 1) if inner is not None else None
            return replace(value, many=value.many and last == "sum", how=f"the mean of {value.how}") if value else None
        if last in _BEST:
            inners = node.args or ([receiver] if receiver is not None else [])
            value = next((v for v in (self.classify(i, scope, depth + 1) for i in inners) if v is not None), None)
            return replace(value, many=False) if value else None
        metric = by_function(last)
        if (
            metric is not None
            and not (receiver is not None and not qualified)
            and not (last in ("wer", "ks") and not node.args)
        ):
            if not node.args and not node.keywords:
                return None  # keras.metrics.AUC(): a metric object, not a number
            return self._metric_call(node, metric.name, last, scope)
        if receiver is None and last in _TRANSPARENT and node.args:
            return self.classify(node.args[0], scope, depth + 1)
        if receiver is not None:
            return self._method(node, receiver, last, scope, depth)
        return None

    def _metric_call(self, node: ast.Call, name: str, function: str, scope: Scope) -> Value:
        keywords = {k.arg: k.value for k in node.keywords if k.arg}
        average = keywords.get("average")
        kind = average.value if isinstance(average, ast.Constant) else None
        if name == "f1" and isinstance(kind, str) and f"f1_{kind}" in BY_NAME:
            name = f"f1_{kind}"
        squared = keywords.get("squared")
        if name in ("mse", "msle") and isinstance(squared, ast.Constant) and squared.value is False:
            name = "r" + name
        direction = BY_NAME[name].direction
        normalize = keywords.get("normalize")
        warnings: tuple[str, ...] = ()
        if name == "accuracy" and isinstance(normalize, ast.Constant) and normalize.value is False:
            warnings = ("normalize=False counts correct rows instead of their share",)
        return Value(name, direction, self.sources.partition(node, scope), 3, f"{function}(...)", warnings=warnings)

    def _method(self, node: ast.Call, receiver: ast.expr, name: str, scope: Scope, depth: int) -> Value | None:
        if name == "compute":
            loaded = self._loaded_metric(node, receiver, scope)
            if loaded is not None:
                return loaded
        if name in _TRANSPARENT or name in ("get", "iloc", "loc"):
            if name == "get" and node.args and isinstance(node.args[0], ast.Constant):
                key = ast.Subscript(value=receiver, slice=node.args[0], ctx=ast.Load())
                return self._subscript(key, scope, depth + 1)
            return self.classify(receiver, scope, depth + 1)
        if name == "score" and len(node.args) + len(node.keywords) >= 1:
            return self.estimators.score(node, receiver, scope)
        if name == "evaluate" and (node.args or node.keywords):
            by_evaluator = self._loaded_metric(node, receiver, scope)
            if by_evaluator is not None:
                return by_evaluator
            return Value(
                "loss", Direction.MINIMIZE, self.sources.partition(node, scope), 1, "model.evaluate(...)", many=True
            )
        return None

    def _loaded_metric(self, node: ast.Call, receiver: ast.expr, scope: Scope) -> Value | None:
        """``evaluate.load("accuracy").compute(...)``, and Spark's evaluators with their ``metricName``."""
        made: ast.expr | None = receiver
        if isinstance(receiver, ast.Name):
            found = scope.lookup(receiver.id)
            made = found[0][-1].value if found is not None and found[0] else None
        if not isinstance(made, ast.Call):
            return None
        maker = self.program.qualified(made.func).rpartition(".")[2]
        said = {k.arg: k.value for k in made.keywords if k.arg}
        name: ast.expr | None = None
        if maker in ("load", "load_metric") and made.args:
            name = made.args[0]
        elif maker.endswith("Evaluator"):
            default = {"BinaryClassificationEvaluator": "roc_auc", "RegressionEvaluator": "rmse"}.get(maker, "f1")
            name = said.get("metricName", ast.Constant(value=default))
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
            return None
        spark = {"areaUnderROC": "roc_auc", "areaUnderPR": "average_precision"}
        metric = self.named(spark.get(name.value, name.value))
        if metric is None:
            return None
        return replace(
            metric,
            partition=self.sources.partition(node, scope),
            certainty=3,
            how=f"{ast.unparse(receiver)}.{_last(node)}",
        )

    def _returned(
        self, function: FunctionNode, call: ast.Call, index: int | None, key: str | None, scope: Scope, depth: int
    ) -> Value | None:
        """What a local function returns: the whole, element ``index`` of a tuple, or entry ``key`` of a dictionary."""
        inner = self.program.scopes.get(id(function))
        if inner is None:
            return None
        for node in reversed(list(returns_of(function))):
            value: ast.expr | None = node.value
            if value is None:
                continue
            if index is not None:
                value = value.elts[index] if isinstance(value, ast.Tuple) and index < len(value.elts) else None
            elif key is not None:
                value = ast.Subscript(value=value, slice=ast.Constant(value=key), ctx=ast.Load())
            elif isinstance(value, ast.Tuple):
                continue
            if value is None:
                continue
            question = ("returned", id(node), f"{index} {key}")
            found = self._once(question, lambda value=value: self.classify(value, inner, depth + 1))  # type: ignore[misc]
            if found is not None:
                given = self.sources.partition(call, scope)
                if given is not Partition.UNKNOWN:
                    found = replace(found, partition=given)
                return found
        return None

    # ------------------------------------------------------------------ names, attributes, entries

    def _name(self, name: str, scope: Scope, depth: int) -> Value | None:
        found = scope.lookup(name)
        by_word = self.named(name)
        if found is None:
            return by_word
        bindings, owner = found
        if not bindings:
            return self._once(("argument", id(owner), name), lambda: self._given(name, owner, depth)) or by_word
        value = self._once(("name", id(owner), name), lambda: self._bound(bindings, owner, depth))
        if value is None:
            return by_word if any(b.how not in ("for", "with") for b in bindings) else None
        partition = partition_of(name)
        if partition is not Partition.UNKNOWN and value.partition in (Partition.UNKNOWN, Partition.CROSS):
            value = replace(value, partition=partition)
        if value.generic and by_word is not None and not by_word.generic:
            value = replace(value, metric=by_word.metric, direction=by_word.direction, certainty=1)
        return value

    def _once(self, key: tuple[str, int, str], work: Callable[[], Value | None]) -> Value | None:
        """Answers each question about a name once, so that names defined by one another end and cost little."""
        if key not in self._known:
            self._known[key] = None  # a question that leads back to itself has no answer
            self._known[key] = work()
        return self._known[key]

    def _given(self, name: str, owner: Scope, depth: int) -> Value | None:
        for argument, caller in reversed(owner.argument(name)):
            value = self.classify(argument, caller, depth + 1)
            if value is not None:
                return value
        return None

    def _bound(self, bindings: list[Binding], owner: Scope, depth: int) -> Value | None:
        for binding in reversed(bindings):
            if binding.value is None or binding.how in ("for", "with", "item"):
                continue
            if binding.how == "unpack":
                value = self._unpacked(binding, owner, depth)
            else:
                value = self.classify(binding.value, binding.scope or owner, depth + 1)
            if value is None:
                continue
            if binding.how == "append":
                folds = any(loop.kind in (LoopKind.FOLD, LoopKind.SEED) for loop in binding.loops)
                value = replace(value, many=True, partition=_over(value, Partition.CROSS) if folds else value.partition)
            return value
        return None

    def _unpacked(self, binding: Binding, owner: Scope, depth: int) -> Value | None:
        value, index = binding.value, binding.index
        if not isinstance(value, ast.Call) or index is None:
            return None
        scope = binding.scope or owner
        last = self.program.qualified(value.func).rpartition(".")[2]
        if not last and isinstance(value.func, ast.Attribute):
            last = value.func.attr
        if last in _RETURNS_TUPLE:
            names = _RETURNS_TUPLE[last]
            if index < len(names):
                return Value(names[index], Direction.MAXIMIZE, self.sources.partition(value, scope), 3, f"{last}(...)")
            return None
        local = self.program.local_function(value.func)
        if local is not None:
            return self._returned(local, value, index, None, scope, depth)
        if last == "evaluate":
            return self.estimators.keras(value, index, scope)
        metric = by_function(last)
        if metric is not None and index == 0:
            return self._metric_call(value, metric.name, last, scope)
        return None

    def _attribute(self, node: ast.Attribute, scope: Scope, depth: int) -> Value | None:
        name = node.attr
        if name in ("best_score_", "best_value", "value", "best_score"):
            value = self._searched(node, scope)
            if value is not None:
                return value
        if name in ("pvalue", "shape", "size"):
            return None
        if name in ("statistic", "correlation") and isinstance(node.value, ast.Call):
            return self.classify(node.value, scope, depth + 1)
        bindings = [b for b in self.program.attributes.get(name, []) if b.how != "item"]
        if bindings:
            home = bindings[-1].scope or scope
            value = self._once(("attribute", 0, name), lambda: self._bound(bindings, home, depth))
            if value is not None:
                return value
        if name in _TRANSPARENT:
            return self.classify(node.value, scope, depth + 1)
        return self.named(name)

    def _searched(self, node: ast.Attribute, scope: Scope) -> Value | None:
        """``search.best_score_``, ``study.best_value``, ``study.best_trial.value``."""
        if node.attr == "best_score_":
            return self.estimators.best_score(node.value, scope)
        if node.attr == "best_value" or (node.attr == "value" and "best_trial" in ast.unparse(node.value)):
            for function in (*self.program.functions.values(), *(f for m in self.program.methods.values() for f in m)):
                inner = self.program.scopes.get(id(function))
                if inner and any(loop.kind is LoopKind.TRIAL for _, _, loops in inner.calls for loop in loops):
                    for item in reversed(list(returns_of(function))):
                        value = self.classify(item.value, inner, 2) if item.value else None
                        if value is not None:
                            direction = self.estimators.study_direction() or value.direction
                            return replace(value, direction=direction, how="the study's best value")
            direction = self.estimators.study_direction() or Direction.MINIMIZE
            return Value(
                "score" if direction is Direction.MAXIMIZE else "loss",
                direction,
                Partition.UNKNOWN,
                2,
                "the study's best value",
            )
        return None

    def _subscript(self, node: ast.Subscript, scope: Scope, depth: int) -> Value | None:
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(key, str):
            return self._entry(node, key, scope, depth)
        base = node.value
        if isinstance(key, int) and isinstance(base, ast.Call):
            fake = Binding("unpack", base, ast.Pass(), 0, key, None, (), scope)
            found = self._unpacked(fake, scope, depth)
            if found is not None:
                return found
        if isinstance(key, int) and isinstance(base, ast.Name):
            bound = scope.lookup(base.id)
            last = bound[0][-1] if bound and bound[0] else None
            if last is not None and last.how == "assign" and isinstance(last.value, ast.Call):
                value = self._unpacked(replace_index(last, key), scope, depth)
                if value is not None:
                    return value
        value = self.classify(base, scope, depth + 1)
        return replace(value, many=False) if value is not None else None

    def _entry(self, node: ast.Subscript, key: str, scope: Scope, depth: int) -> Value | None:
        base = node.value
        bindings: list[Binding] = []
        if isinstance(base, ast.Name):
            found = scope.lookup(base.id)
            bindings = found[0] if found else []
        elif isinstance(base, ast.Attribute):
            bindings = self.program.attributes.get(base.attr, [])
        for binding in reversed(bindings):
            if binding.how == "item" and binding.key == key and binding.value is not None:
                value = self.classify(binding.value, binding.scope or scope, depth + 1)
                if value is not None:
                    return value
        sources: list[tuple[ast.expr, Scope]] = [(base, scope)]
        sources += [
            (b.value, b.scope or scope) for b in reversed(bindings) if b.how == "assign" and b.value is not None
        ]
        for source, inner in sources:
            if isinstance(source, ast.Dict):
                for name, item in zip(source.keys, source.values, strict=True):
                    if isinstance(name, ast.Constant) and name.value == key:
                        value = self.classify(item, inner, depth + 1)
                        if value is not None:
                            return value
            if isinstance(source, ast.Call):
                local = self.program.local_function(source.func)
                if local is not None:
                    value = self._returned(local, source, None, key, inner, depth)
                    if value is not None:
                        return value
                last = self.program.qualified(source.func).rpartition(".")[2]
                if last == "cross_validate":
                    return self.estimators.cross_validated(source, inner, key)
        path = key
        if (
            isinstance(base, ast.Subscript)
            and isinstance(base.slice, ast.Constant)
            and isinstance(base.slice.value, str)
        ):
            path = f"{base.slice.value} {key}"
        value = self.named(path)
        if value is not None and "history" in ast.unparse(base):
            value = replace(value, many=True)
        return value

    # ------------------------------------------------------------------ helpers

    def named(self, text: str) -> Value | None:
        """What the words of a name or label alone say."""
        found = by_label(text)
        if found is None:
            return None
        return Value(found.metric.name, found.direction, partition_of(text), 1, f"the name {text!r}")


def replace_index(binding: Binding, index: int) -> Binding:
    """The binding as if it unpacked element ``index``."""
    return Binding("unpack", binding.value, binding.statement, binding.order, index, None, binding.loops, binding.scope)


def _over(value: Value, partition: Partition) -> Partition:
    return partition if value.partition is not Partition.TRAIN else value.partition


def _last(node: ast.Call) -> str:
    return f"{node.func.attr}(...)" if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def _is_number(node: ast.expr, number: float) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, bool) and node.value == number
