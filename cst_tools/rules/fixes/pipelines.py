"""Cross-validation and searches: what learns becomes a step in front of the model, fitted in each fold."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from cst_tools.rules.edit import Editor
from cst_tools.rules.fixes.chain import Chain, chain_between, ends_of
from cst_tools.rules.fixes.expand import LONGEST
from cst_tools.rules.fixes.facts import in_loop, statement_in
from cst_tools.rules.fixes.grids import prefix_names
from cst_tools.rules.fixes.variables import says_shape_only, scope_of, stored, stores_of, uses, uses_in_scope, variable
from cst_tools.rules.fixes.vocabulary import NO_TRANSFORM, SCALERS, words
from cst_tools.rules.leak import Leak
from cst_tools.rules.rule import Context
from cst_tools.types import Fix, FixClass

TITLE = "Fit it inside each fold, in a pipeline"
_VALIDATION = words("""
    cross_val_score cross_validate cross_val_predict learning_curve validation_curve permutation_test_score
""")
_SEARCHES = ("SearchCV", "RFECV")


@dataclass(frozen=True)
class Consumer:
    """A call that fits an estimator in folds, and the expression of that estimator."""

    call: ast.Call
    estimator: ast.expr
    constructor: ast.Call | None
    """The search's, where it is one."""


def fit_in_folds(context: Context, leak: Leak) -> Fix | None:
    """Put the transformers in front of the estimator; None when the transformed table serves anything else."""
    placed = context.statement_of(leak.learned.node)
    if placed is None:
        return None
    body = placed[1]
    first = statement_in(context, body, leak.learned.node)
    if first is None:
        return None
    scope, start = scope_of(context, first), body.index(first)
    for end in ends_of(body, start):
        chain = chain_between(context, body[start:end])
        if chain is None:
            return None
        results = chain.tables | chain.inside
        if any(
            k in results and not says_shape_only(context, n) and _consumer(context, scope, n)
            for k, n in uses(body[end])
        ):
            fix = _Wrapping(context, scope, chain, body[end]).fix()
            if fix is not None:
                return fix
    return None


def _consumer(context: Context, scope: ast.AST, use: ast.expr) -> Consumer | None:
    """The call that the use is an argument of, where it is one that fits in folds."""
    parent = context.parents.get(use)
    if isinstance(parent, ast.keyword):
        parent = context.parents.get(parent)
    if not isinstance(parent, ast.Call) or parent.func is use:
        return None
    name = parent.func.attr if isinstance(parent.func, ast.Attribute) else getattr(parent.func, "id", "")
    if name in _VALIDATION:
        estimator = _argument(parent, 0, "estimator")
        return Consumer(parent, estimator, None) if estimator is not None and estimator is not use else None
    if name != "fit" or not isinstance(parent.func, ast.Attribute):
        return None
    made: ast.expr | None = parent.func.value
    owner = variable(made)
    if owner is not None:
        stores = stores_of(context, scope, owner)
        above = context.parents.get(stores[0]) if len(stores) == 1 else None
        made = above.value if isinstance(above, ast.Assign) else None
    if not isinstance(made, ast.Call) or not _name(made).endswith(_SEARCHES):
        return None
    estimator = _argument(made, 0, "estimator")
    return Consumer(parent, estimator, made) if estimator is not None else None


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    named = next((k.value for k in call.keywords if k.arg == name), None)
    if named is not None:
        return named
    return call.args[position] if len(call.args) > position else None


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


class _Wrapping:
    def __init__(self, context: Context, scope: ast.AST, chain: Chain, below: ast.stmt) -> None:
        self.context, self.scope, self.chain, self.below = context, scope, chain, below
        self.editor = Editor(context)
        self.samples = False
        self.origin: dict[str, ast.expr] = {}
        """What each bound variable was made from, before all steps."""

    def fix(self) -> Fix | None:
        steps = self._steps()
        if not steps:
            return None
        consumers = self._consumers()
        if consumers is None:
            return None
        module = "imblearn.pipeline" if self.samples else "sklearn.pipeline"
        make = self.editor.name_for(module, "make_pipeline")
        if make is None or not all(self._wrap(consumer, make, steps) for consumer in consumers):
            return None
        if not all(self.editor.delete(s, keep_comment=True) for s in self.chain.moved):
            return None
        return Fix(TITLE, FixClass.REVIEW, self.editor.edits)

    def _steps(self) -> list[str] | None:
        """Sources of the estimators that the moved statements apply, in order; None where they do more."""
        steps: list[str] = []
        fitted: str | None = None
        for statement in self.chain.moved:
            value = statement.value if isinstance(statement, ast.Assign | ast.Expr) else None
            call = _transforming(value)
            if call is None or not isinstance(call.func, ast.Attribute):
                function = _name(call) if call is not None else ""
                if function not in SCALERS or call is None or len(call.args) != 1 or call.keywords:
                    return None
                made = self.editor.name_for("sklearn.preprocessing", SCALERS[function])
                if made is None or not self._binds(statement, call):
                    return None
                steps.append(f"{made}()")
                continue
            method, owner = call.func.attr, call.func.value
            if method == "fit":
                fitted = variable(owner)
                if isinstance(statement, ast.Assign):  # scaler = StandardScaler().fit(X)
                    fitted = variable(statement.targets[0])
                    steps.append(self.context.source(owner))
                elif fitted is not None:
                    steps.append(fitted)
                if fitted is None:
                    return None
                continue
            if method == "transform":
                if variable(owner) != fitted or not self._binds(statement, call):
                    return None
                continue
            if isinstance(owner, ast.Call) and _name(owner).startswith(NO_TRANSFORM):
                return None
            self.samples = self.samples or method == "fit_resample"
            steps.append(self.context.source(owner))
            if not self._binds(statement, call):
                return None
        return steps

    def _binds(self, statement: ast.stmt, call: ast.Call) -> bool:
        """Note what the statement's target stands for."""
        if not isinstance(statement, ast.Assign) or not call.args:
            return False
        target = statement.targets[0]
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        for element, argument in zip(names, call.args, strict=False):
            name = variable(element)
            if name is None:
                return False
            source = variable(argument)
            self.origin[name] = self.origin.get(source, argument) if source is not None else argument
        return True

    def _consumers(self) -> list[Consumer] | None:
        """The calls that get the results, which get what they were made from instead."""
        found: dict[ast.Call, Consumer] = {}
        last = self.chain.moved[-1].lineno
        base_names = {name for expression in self.origin.values() for name, _ in uses(expression)}
        if base_names & stored(self.chain.kept) - set(self.chain.views):
            return None
        for name, base in self.origin.items():
            text = self.context.source(base)
            for use in uses_in_scope(self.context, self.scope, name):
                if use.lineno <= last:
                    continue
                if not isinstance(getattr(use, "ctx", None), ast.Load):
                    return None
                if not says_shape_only(self.context, use):
                    consumer = _consumer(self.context, self.scope, use)
                    if consumer is None:
                        return None
                    found[consumer.call] = consumer
                if text != name:
                    self.editor.replace(use, text)
        by_estimator = {id(c.estimator): c for c in found.values()}
        return [*by_estimator.values()]

    def _wrap(self, consumer: Consumer, make: str, steps: list[str]) -> bool:
        estimator = consumer.estimator
        inner = ", ".join(steps)
        if isinstance(estimator, ast.Call) and _name(estimator) in ("make_pipeline", make) and estimator.args:
            text = self.context.source(estimator.args[0])
            self.editor.replace(estimator.args[0], f"{inner}, {text}")
            if self.samples:
                self.editor.replace(estimator.func, make)
            return True
        if consumer.constructor is not None:
            model = self._class_of(estimator)
            if model is None or not prefix_names(self.context, self.editor, self.scope, consumer.constructor, model):
                return False
        made = f"{make}({inner}, {self.context.source(estimator)})"
        index, span = self.editor.script.index, self.editor.script.span_of(estimator)
        line = index.line_span(index.line_of(span.start))
        length, new = line.end - line.start, len(made) - (span.end - span.start)
        holder = self.context.statement_of(estimator)
        if length + new > max(LONGEST, length) and holder is not None and not in_loop(self.context, estimator):
            name = self.editor.unused("pipeline")
            if not self.editor.insert_before(holder[0], f"{name} = {made}"):
                return False
            made = name
        self.editor.replace(estimator, made)
        return True

    def _class_of(self, estimator: ast.expr) -> str | None:
        """The name that `make_pipeline` gives the step."""
        made: ast.expr = estimator
        name = variable(estimator)
        if name is not None:
            stores = stores_of(self.context, self.scope, name)
            above = self.context.parents.get(stores[0]) if len(stores) == 1 else None
            if not isinstance(above, ast.Assign):
                return None
            made = above.value
        if not isinstance(made, ast.Call):
            return None
        used = _name(made)
        for node in self.context.tree.body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if alias.asname == used:
                        return alias.name.lower()
        return used.lower()


def _transforming(value: ast.expr | None) -> ast.Call | None:
    """The call that transforms, where nothing but a table's making is around it."""
    if not isinstance(value, ast.Call):
        return None
    name = _name(value)
    if name in ("DataFrame", "csr_matrix", "asarray", "array") and value.args:
        return _transforming(value.args[0])
    if name in ("fit_transform", "transform", "fit_resample", "fit", *SCALERS):
        return value
    return None
