"""Calls: functions and classes of the script are followed, library calls do what their spec says."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import (
    applied,
    augmentation,
    bounds,
    choosing,
    claims,
    closures,
    estimators,
    grouping,
    groups,
    methods,
    networks,
    polars_expressions,
    vocabularies,
)
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.classes import call_instance, call_instance_method, call_super, instantiate
from cst_tools.flow.columns import SOME_TEXT
from cst_tools.flow.containers import call_container_method, call_names_method
from cst_tools.flow.cross_validation import folds_split
from cst_tools.flow.libraries import Act, by_bare_name, find
from cst_tools.flow.library_calls import apply
from cst_tools.flow.statistics import COUNTS
from cst_tools.flow.unknown_calls import builtin, unknown_call
from cst_tools.flow.values import (
    UNKNOWN,
    Estimator,
    Instance,
    Kind,
    Value,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


def call(m: Interpreter, node: ast.Call) -> Value:
    value = _call(m, node)
    return augmentation.called(m, node, value) if value.kind in (Kind.DATA, Kind.SEQUENCE) else value


def _call(m: Interpreter, node: ast.Call) -> Value:
    function = node.func
    if isinstance(function, ast.Attribute):
        owner = _super_or_value(m, function.value)
        if owner.name == "super" and owner.kind is Kind.UNKNOWN:
            return call_super(m, function.attr, arguments(m, node))
        if owner.kind in (Kind.DATA, Kind.RESIDUAL, Kind.ROWS):
            if function.attr == "split" and owner.kind is Kind.ROWS:
                return owner
            a = arguments(m, node)
            if owner.scores and (best := choosing.method(m, owner, function.attr, a, function.value)) is not None:
                return best
            if owner.opaque and function.attr in estimators.METHODS and not owner.models:
                return estimators.call_unknown(m, owner, function.attr, a, function.value)
            return methods.call_table_method(m, owner, function.attr, a, function.value)
        if owner.kind is Kind.UNKNOWN and (owner.scores or function.attr == "optimize"):
            a = arguments(m, node)
            if function.attr == "optimize" and choosing.optimize(m, a, function.value):
                return UNKNOWN
            best = choosing.method(m, owner, function.attr, a, function.value)
            return best if best is not None else UNKNOWN
        if owner.kind is Kind.FOLDS:
            return folds_split(m, owner, arguments(m, node)) if function.attr == "split" else UNKNOWN
        if owner.kind is Kind.NAMES:
            return call_names_method(m, owner, function.attr, arguments(m, node))
        if owner.kind in (Kind.SEQUENCE, Kind.MAPPING) or owner.name in vocabularies.GROWING:
            a = arguments(m, node)
            if function.attr in ("append", "extend"):
                grouping.repeated(m, node)
            if vocabularies.add(m, owner, function.attr, a, function.value):
                return UNKNOWN
            if owner.kind in (Kind.SEQUENCE, Kind.MAPPING):
                return call_container_method(m, owner, function.attr, a, function.value)
            return _statistic_method(m, owner, function.attr, a) if owner.kind is Kind.STATISTIC else UNKNOWN
        state = m.heap.get(owner.ref) if owner.ref is not None else None
        if isinstance(state, Estimator):
            return estimators.call_method(m, owner, state, function.attr, arguments(m, node))
        if isinstance(state, Instance):
            return call_instance_method(m, owner, state, function.attr, node)
        if owner.kind is Kind.ACCESSOR or (owner.kind is Kind.CONST):
            a = arguments(m, node)
            joined = vocabularies.joined(owner, a, function.attr)
            if joined is not None:
                return joined
            if function.attr == "format" and isinstance(owner.const, str):
                claims.in_format(m, owner.const, a.positional, node)
                return SOME_TEXT
            return UNKNOWN
        if networks.is_network(owner, node, function.attr):
            adopted = networks.adopt(m, node, function.value)
            return adopted if function.attr in ("train", "eval") else UNKNOWN
        if owner.kind is Kind.UNKNOWN and function.attr in estimators.METHODS and not by_bare_name(function.attr):
            return estimators.call_unknown(m, owner, function.attr, arguments(m, node), function.value)
        if owner.kind is Kind.STATISTIC:
            return _statistic_method(m, owner, function.attr, arguments(m, node))
        if owner.kind is Kind.GROUPS:
            return groups.call_method(m, owner, function.attr, arguments(m, node))
        if owner.kind is Kind.EXPRESSION:
            return polars_expressions.call_method(m, owner, function.attr, arguments(m, node))
    callee = m.evaluate(function)
    reads = isinstance(function, ast.Attribute) and function.attr in ("read", "read_text", "readlines")
    if reads and callee.kind is Kind.UNKNOWN and not callee.name:
        callee = Value(name="file.read")
    a = arguments(m, node)
    return call_value(m, callee, a)


def _super_or_value(m: Interpreter, node: ast.expr) -> Value:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
        return Value(Kind.UNKNOWN, name="super")
    return m.evaluate(node)


def arguments(m: Interpreter, node: ast.Call) -> Arguments:
    a = Arguments(node)
    for argument in node.args:
        value = m.evaluate(argument)
        if isinstance(argument, ast.Starred) and value.kind is Kind.SEQUENCE:
            a.positional.extend(value.items)
        else:
            a.positional.append(value)
    for keyword in node.keywords:
        value = m.evaluate(keyword.value)
        if keyword.arg is not None:
            a.keywords[keyword.arg] = value
        elif value.kind is Kind.MAPPING:
            for key, item in zip(value.keys, value.items, strict=False):
                if isinstance(key, str):
                    a.keywords.setdefault(key, item)
        elif value.scores:
            a.keywords["**"] = value  # settings that scores chose
    if any(v.scores for v in a.values):
        claims.in_call(m, a)
    return a


def call_value(m: Interpreter, callee: Value, a: Arguments) -> Value:
    if callee.kind is Kind.FUNCTION and isinstance(callee.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        if callee.keys:
            with m.inner_names():
                closures.reopen(m, callee)
                return _call_local(m, callee.node, a)
        return _call_local(m, callee.node, a)
    if callee.kind is Kind.METHOD and isinstance(callee.node, ast.FunctionDef) and callee.owner is not None:
        static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in callee.node.decorator_list)
        positional = a.positional if static else [callee.owner, *a.positional]
        return m.call_function(callee.node, positional, a.keywords, a.node)
    if callee.kind is Kind.CLASS and isinstance(callee.node, ast.ClassDef):
        return instantiate(m, callee.node, a)
    if callee.kind is Kind.LIBRARY:
        date = bounds.date_of(a.node)
        if date is not None:
            return Value(Kind.CONST, const=date)
        spec = find(callee.name)
        return apply(m, spec, callee.name, a) if spec is not None else unknown_call(m, callee.name, a)
    if callee.kind is Kind.PARTIAL:
        return applied.call_partial(m, callee, a)
    if callee.kind is Kind.METHOD and callee.node is None and callee.owner is not None:
        fitted = m.estimator(callee.owner)
        return UNKNOWN if fitted is None else estimators.call_method(m, callee.owner, fitted, callee.name, a)
    state = m.heap.get(callee.ref) if callee.ref is not None else None
    if isinstance(state, Estimator) and state.spec.act in (Act.TRANSFORMER, Act.LEARN_ON_MAKING):
        return estimators.transform(m, callee, a.positional[0]) if a.positional else UNKNOWN
    if isinstance(state, Estimator) and callee.kind is Kind.ESTIMATOR:
        return estimators.predict(m, callee, a)
    if isinstance(state, Instance) and callee.kind is Kind.INSTANCE:
        if choosing.is_stopper(state.definition.name):
            choosing.patience(m, a)
        return call_instance(m, callee, state, a)
    if callee.kind is Kind.UNKNOWN and callee.name:
        short = callee.name.rpartition(".")[2]
        if "." not in callee.name:
            built_in = builtin(m, callee.name, a)
            if built_in is not None:
                return built_in
        spec = by_bare_name(short)
        if spec is not None:
            return apply(m, spec, callee.name, a)
    return unknown_call(m, callee.name, a)


def _statistic_method(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    """Methods of numbers, and of the series and tables of them that aggregates return."""
    if owner.name == vocabularies.VOCABULARY and (found := vocabularies.method(m, owner, name, a)) is not None:
        return found
    if name in ("map", "apply", "assign", "merge"):
        return owner
    if owner.name == COUNTS and name in ("idxmax", "max", "nlargest"):
        return replace(owner, name="mode")
    others = [v for v in a.positional if v.kind is Kind.STATISTIC]
    return replace(owner, learned=owner.learned.union(*(v.learned for v in others))) if others else owner


def _call_local(m: Interpreter, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, a: Arguments) -> Value:
    return m.call_function(function, a.positional, a.keywords, a.node)
