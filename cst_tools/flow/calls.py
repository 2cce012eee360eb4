"""Calls: functions and classes of the script are followed, library calls do what their spec says."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import estimators, expressions, frames, methods
from cst_tools.flow.libraries import Act, Spec, by_bare_name, find
from cst_tools.flow.methods import Arguments
from cst_tools.flow.values import (
    HELD_OUT_SIDE,
    NO_CONSTANT,
    TRAIN_SIDE,
    UNKNOWN,
    Columns,
    Estimator,
    Instance,
    Kind,
    Learned,
    Learns,
    Part,
    Value,
    flatten,
    merged,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_PLAIN_BUILTINS = frozenset(
    (
        "print",
        "len",
        "range",
        "isinstance",
        "type",
        "str",
        "int",
        "bool",
        "sum",
        "min",
        "max",
        "open",
        "display",
        "hasattr",
        "getattr",
        "id",
        "any",
        "all",
        "repr",
        "super",
        "vars",
        "input",
        "format",
        "callable",
    )
)
_RANDOM = frozenset(
    ("normal", "standard_normal", "uniform", "random", "integers", "multivariate_normal", "rand", "randn")
)
_METRIC_WORDS = (
    "score",
    "metric",
    "accuracy",
    "rmse",
    "rmsle",
    "auc",
    "f1",
    "mae",
    "mse",
    "mape",
    "logloss",
    "evaluat",
)


def call(m: Interpreter, node: ast.Call) -> Value:
    function = node.func
    if isinstance(function, ast.Attribute):
        owner = _super_or_value(m, function.value)
        if owner.kind in (Kind.DATA, Kind.RESIDUAL, Kind.ROWS):
            if function.attr == "split" and owner.kind is Kind.ROWS:
                return owner
            a = arguments(m, node)
            if owner.opaque and function.attr in estimators.METHODS and not owner.models:
                return estimators.call_unknown(m, owner, function.attr, a, function.value)
            return methods.call_table_method(m, owner, function.attr, a, function.value)
        if owner.kind is Kind.FOLDS:
            return estimators.folds_split(m, arguments(m, node)) if function.attr == "split" else UNKNOWN
        if owner.kind is Kind.NAMES:
            return methods.call_names_method(m, owner, function.attr, arguments(m, node))
        if owner.kind in (Kind.SEQUENCE, Kind.MAPPING):
            return methods.call_container_method(m, owner, function.attr, arguments(m, node), function.value)
        state = m.heap.get(owner.ref) if owner.ref is not None else None
        if isinstance(state, Estimator):
            return estimators.call_method(m, owner, state, function.attr, arguments(m, node))
        if isinstance(state, Instance):
            return _call_instance_method(m, owner, state, function.attr, node)
        if owner.kind is Kind.ACCESSOR or (owner.kind is Kind.CONST):
            arguments(m, node)
            return UNKNOWN
        if owner.kind is Kind.UNKNOWN and function.attr in estimators.METHODS and not by_bare_name(function.attr):
            return estimators.call_unknown(m, owner, function.attr, arguments(m, node), function.value)
        if owner.kind is Kind.STATISTIC:
            arguments(m, node)
            return owner
    callee = m.evaluate(function)
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
    return a


def call_value(m: Interpreter, callee: Value, a: Arguments) -> Value:
    if callee.kind is Kind.FUNCTION and isinstance(callee.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return _call_local(m, callee.node, a)
    if callee.kind is Kind.METHOD and isinstance(callee.node, ast.FunctionDef) and callee.owner is not None:
        static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in callee.node.decorator_list)
        positional = a.positional if static else [callee.owner, *a.positional]
        return m.call_function(callee.node, positional, a.keywords, a.node)
    if callee.kind is Kind.CLASS and isinstance(callee.node, ast.ClassDef):
        return _instantiate(m, callee.node, a)
    if callee.kind is Kind.LIBRARY:
        spec = find(callee.name)
        return apply(m, spec, callee.name, a) if spec is not None else _unknown_call(m, callee.name, a)
    state = m.heap.get(callee.ref) if callee.ref is not None else None
    if isinstance(state, Estimator) and callee.kind is Kind.ESTIMATOR:
        return estimators.predict(m, callee, a)
    if isinstance(state, Instance) and callee.kind is Kind.INSTANCE:
        return _call_instance(m, callee, state, a)
    if callee.kind is Kind.UNKNOWN and callee.name:
        short = callee.name.rpartition(".")[2]
        if "." not in callee.name:
            built_in = _builtin(m, callee.name, a)
            if built_in is not None:
                return built_in
        spec = by_bare_name(short)
        if spec is not None:
            return apply(m, spec, callee.name, a)
    return _unknown_call(m, callee.name, a)


def _call_local(m: Interpreter, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, a: Arguments) -> Value:
    return m.call_function(function, a.positional, a.keywords, a.node)


# ---- classes of the script -------------------------------------------------------------------------------


def bases(m: Interpreter, definition: ast.ClassDef) -> list[Value]:
    return [m.evaluate(b) for b in definition.bases]


def find_method(m: Interpreter, definition: ast.ClassDef, name: str, depth: int = 0) -> ast.FunctionDef | None:
    for statement in definition.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            return statement
    if depth < 4:
        for base in definition.bases:
            value = m.scope.find(base.id) if isinstance(base, ast.Name) else None
            if value is not None and isinstance(value.node, ast.ClassDef) and value.node is not definition:
                found = find_method(m, value.node, name, depth + 1)
                if found is not None:
                    return found
    return None


def _is_network(m: Interpreter, definition: ast.ClassDef) -> bool:
    for base in definition.bases:
        text = ast.unparse(base)
        if text.rpartition(".")[2] in ("Module", "LightningModule", "Model", "Layer"):
            return True
    return False


def _instantiate(m: Interpreter, definition: ast.ClassDef, a: Arguments) -> Value:
    m.followed.add(definition)
    if _is_network(m, definition):
        return m.new_object(Estimator(Spec(Act.MODEL, evaluation=("validation_data",)), m.place(a.node)))
    instance = m.new_object(Instance(definition))
    constructor = find_method(m, definition, "__init__")
    if constructor is not None:
        m.call_function(constructor, [instance, *a.positional], a.keywords)
    elif instance.ref is not None:
        state = m.heap[instance.ref]
        if isinstance(state, Instance):
            fields = [
                s.target.id for s in definition.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
            ]
            for name, value in [*zip(fields, a.positional, strict=False), *a.keywords.items()]:
                state = state.set(name, value)
            m.heap[instance.ref] = state
    return instance


def _call_instance_method(m: Interpreter, owner: Value, state: Instance, name: str, node: ast.Call) -> Value:
    method = find_method(m, state.definition, name)
    a = arguments(m, node)
    if method is not None:
        static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in method.decorator_list)
        positional = a.positional if static else [owner, *a.positional]
        return m.call_function(method, positional, a.keywords, node)
    if name == "fit_transform":
        fit, transform = find_method(m, state.definition, "fit"), find_method(m, state.definition, "transform")
        if fit is not None and transform is not None:
            m.call_function(fit, [owner, *a.positional], a.keywords)
            return m.call_function(transform, [owner, *a.positional[:1]], {})
    attribute = state.get(name)
    if attribute is not None:
        return call_value(m, attribute, a)
    return _unknown_call(m, name, a)


def _call_instance(m: Interpreter, callee: Value, state: Instance, a: Arguments) -> Value:
    for name in ("__call__", "forward"):
        method = find_method(m, state.definition, name)
        if method is not None:
            return m.call_function(method, [callee, *a.positional], a.keywords)
    return _unknown_call(m, "", a)


# ---- calls that are not known ----------------------------------------------------------------------------


def _unknown_call(m: Interpreter, name: str, a: Arguments) -> Value:
    """Unknown is not a leak: the result has its argument's rows, and predictions with labels may be a score."""
    if name.endswith("load_model"):
        saved = [r for r, s in m.heap.items() if isinstance(s, Estimator) and s.trained and s.spec.evaluation]
        if saved:
            return Value(Kind.ESTIMATOR, ref=saved[-1])
    values = [leaf for v in a.values for leaf in flatten(v)]
    data = [v for v in values if v.kind is Kind.DATA and v.rows]
    predicted = [v for v in data if v.models]
    labels = [v for v in data if not v.models]
    lower = name.lower()
    if predicted and labels and (any(w in lower for w in _METRIC_WORDS) or len(data) == 2):
        m.record_evaluation(a.node, data, frozenset())
        both = merged(data)
        return replace(both, kind=Kind.RESIDUAL, columns=None)
    for value in values:  # an unknown function may train what it is given: forget nothing, claim nothing
        if value.kind is Kind.RESIDUAL:
            return value
    if not data:
        short = name.rpartition(".")[2]
        if short in _RANDOM and "." in name:
            return m.fresh_table()
        return m.fresh_table(opaque=True) if _looks_like_loading(short) else Value(ref=m.number())
    first = data[0]
    return Value(
        Kind.DATA,
        rows=first.rows,
        learned=frozenset().union(*(v.learned for v in data)),
        models=frozenset().union(*(v.models for v in data)),
        opaque=True,
        concatenated=first.concatenated,
        ref=m.number(),
    )


def _looks_like_loading(name: str) -> bool:
    lower = name.lower()
    return any(
        w in lower for w in ("load", "read", "fetch", "get_data", "make_", "dataset", "prepare", "import_data", "split")
    )


def _builtin(m: Interpreter, name: str, a: Arguments) -> Value | None:
    first = a.positional[0] if a.positional else UNKNOWN
    if name in ("list", "tuple", "set", "sorted", "iter", "reversed", "next", "float", "round", "abs", "frozenset"):
        if name == "next" and first.kind in (Kind.SEQUENCE, Kind.DATA):
            return m.iterate(first)[0]
        if name in ("list", "tuple", "set") and not a.positional:
            return Value(Kind.SEQUENCE)
        if name == "set" and first.kind is Kind.NAMES:
            return first
        return first
    if name == "dict":
        return Value(Kind.MAPPING, keys=tuple(a.keywords), items=tuple(a.keywords.values()))
    if name == "enumerate":
        return Value(Kind.SEQUENCE, items=tuple(Value(Kind.SEQUENCE, items=(UNKNOWN, v)) for v in m.iterate(first)))
    if name == "zip":
        columns = [m.iterate(v) for v in a.positional]
        length = max((len(c) for c in columns), default=0)
        rows = []
        for index in range(length):
            rows.append(Value(Kind.SEQUENCE, items=tuple(c[min(index, len(c) - 1)] for c in columns)))
        return Value(Kind.SEQUENCE, items=tuple(rows))
    if name == "map" and len(a.positional) > 1:
        return call_value(m, first, Arguments(a.node, [m.iterate(v)[0] for v in a.positional[1:]]))
    if name == "len" and first.kind is Kind.DATA:
        return Value(name="length", owner=first)
    if name in _PLAIN_BUILTINS:
        if name == "sum" and first.kind is Kind.RESIDUAL:
            m.record_evaluation(a.node, [first], first.models)
            return first
        if name in ("int", "str") and first.kind is Kind.CONST and isinstance(first.const, int | str):
            return UNKNOWN
        return UNKNOWN
    if name == "tqdm":
        return first
    return None


# ---- library calls ---------------------------------------------------------------------------------------


def apply(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    act = spec.act
    if act in (Act.TRANSFORMER, Act.MODEL, Act.PIPELINE, Act.COLUMN_TRANSFORMER, Act.SEARCH, Act.RESAMPLER):
        return estimators.make(m, spec, name, a)
    handler = _HANDLERS.get(act)
    return handler(m, spec, name, a) if handler is not None else UNKNOWN


def _load(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    return m.fresh_table()


def _load_parts(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    root = m.number()
    m.record_split(a.node)
    key = f"{a.node.lineno}:{a.node.col_offset}"
    pairs = []
    for side in (TRAIN_SIDE, 2):
        part = Value(Kind.DATA, rows=frozenset({Part(root).child(key, side)}))
        pairs.append(Value(Kind.SEQUENCE, items=(part, part)))
    return Value(Kind.SEQUENCE, items=tuple(pairs))


def _split(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    key = m.record_split(a.node)
    items = []
    for index, value in enumerate(a.positional):
        whole = merged([value]) if value.kind in (Kind.SEQUENCE, Kind.MAPPING) else value
        if whole.kind is Kind.ROWS and whole.owner is not None:
            whole = whole.owner
        if index == 0 and whole.columns is not None and _holds_target_too(a.node):
            whole = replace(whole, columns=replace(whole.columns, site=m.place(a.node.args[0])))
        if not whole.rows and whole.kind not in (Kind.DATA, Kind.ROWS):
            whole = m.fresh_table(kind=Kind.DATA)
        for side in (TRAIN_SIDE, HELD_OUT_SIDE):
            items.append(replace(whole, rows=frozenset(p.child(key, side) for p in whole.rows), opaque=False, items=()))
    return Value(Kind.SEQUENCE, items=tuple(items))


def _holds_target_too(node: ast.Call) -> bool:
    """``train_test_split(df, df["y"])``: the table itself is the features."""
    if len(node.args) < 2 or not isinstance(node.args[0], ast.Name):
        return False
    second = node.args[1]
    return (
        isinstance(second, ast.Subscript | ast.Attribute)
        and isinstance(second.value, ast.Name)
        and second.value.id == node.args[0].id
    )


def _part_split(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    key = m.record_split(a.node)
    whole = dataset(m, a.positional[0]) if a.positional else UNKNOWN
    lengths = a.positional[1].items if len(a.positional) > 1 else ()
    items = []
    for side in range(max(len(lengths), 2)):
        inner = tuple(replace(v, rows=frozenset(p.child(key, side) for p in v.rows)) for v in whole.items)
        items.append(replace(whole, rows=frozenset(p.child(key, side) for p in whole.rows), items=inner))
    return Value(Kind.SEQUENCE, items=tuple(items))


def _metric(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    values = [v for v in a.values if v.kind in (Kind.DATA, Kind.RESIDUAL, Kind.ROWS) and v.rows]
    plain = [replace(v, kind=Kind.DATA) for v in values]
    m.record_evaluation(a.node, plain, frozenset())
    both = merged(plain)
    if name.rpartition(".")[2] in ("roc_curve", "precision_recall_curve"):
        return UNKNOWN
    return replace(both, kind=Kind.RESIDUAL, columns=None) if both.models else UNKNOWN


def _learn_now(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    data = merged(a.positional[:1])
    if not data.rows or a.constant("axis") == 1:
        return data
    kind = spec.learns or Learns.SCALE
    learned = m.record_learned(
        Learned(
            m.place(a.node), data.rows, kind, name.rpartition(".")[2], spec.supervised, data.concatenated
        )
    )  # fmt: skip
    result = replace(data, learned=data.learned | {learned})
    if name.rpartition(".")[2] in ("boxcox", "yeojohnson"):
        return Value(Kind.SEQUENCE, items=(result, UNKNOWN))
    return result


def _learn_on_making(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    value = estimators.make(m, spec, name, Arguments(a.node))
    data = merged([v for v in a.values if v.kind in (Kind.DATA, Kind.SEQUENCE)])
    if data.rows:
        estimators.learn(m, value, data, UNKNOWN, a)
    return value


def _concat(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    data = [leaf for v in a.positional for leaf in flatten(v) if leaf.rows or leaf.learned]
    if not data:
        return UNKNOWN
    both = merged(data)
    tables = [v for v in data if v.kind is Kind.DATA]
    apart = len(both.rows) > 1 and a.constant("axis") not in (1, "columns")
    short = name.rpartition(".")[2]
    if short in ("hstack", "column_stack", "c_"):
        apart = False
    columns = both.columns
    if not apart and len(tables) > 1 and any(v.columns != tables[0].columns for v in tables):
        columns = _union(tables)
    models = both.models if all(v.models for v in data) else frozenset()
    return replace(
        both, kind=Kind.DATA, concatenated=apart or both.concatenated, columns=columns, models=models, opaque=False
    )


def _union(tables: list[Value]) -> Columns | None:
    known = [v.columns for v in tables if v.columns is not None]
    if not known or any(c.table != known[0].table for c in known):
        return next((replace(c) for c in known if c.only is None), None) if len(known) == 1 else None
    if all(c.only is not None for c in known):
        names: frozenset[str] = frozenset().union(*(c.only for c in known if c.only is not None))
        return replace(known[0], only=names)
    return known[0]


def _pass(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    short = name.rpartition(".")[2]
    leaves = [leaf for v in a.values for leaf in flatten(v)]
    for value in leaves:
        if value.kind is Kind.RESIDUAL:
            return value
    if a.positional and a.positional[0].kind in (Kind.ROWS, Kind.STATISTIC, Kind.NAMES):
        return a.positional[0]
    data = [v for v in leaves if v.kind is Kind.DATA]
    if not data:
        if short == "DataFrame" or (short in ("array", "Series") and not any(v.kind is Kind.UNKNOWN for v in leaves)):
            return m.fresh_table()  # made here, from numbers
        if a.positional and a.positional[0].kind is Kind.SEQUENCE and short in ("array", "asarray", "Series"):
            return a.positional[0]
        return UNKNOWN
    result = merged(data)
    statistics = [v for v in leaves if v.kind is Kind.STATISTIC]
    if statistics and short in ("clip", "maximum", "minimum", "subtract", "divide"):
        extra = frozenset().union(*(expressions.apply_statistics(m, v) for v in statistics))
        result = replace(result, learned=result.learned | extra)
    if short == "DataFrame" and a.get(1, "columns") is not None and result.columns is not None:
        named = a.get(1, "columns")
        if named is not None and named.kind is Kind.NAMES:
            return result
        return replace(result, columns=None)
    return result


def dataset(m: Interpreter, value: Value) -> Value:
    """An object of a dataset class of the script, as the tables it holds."""
    state = m.heap.get(value.ref) if value.ref is not None else None
    if not isinstance(state, Instance):
        return value
    leaves = [leaf for _, v in state.attributes for leaf in flatten(v) if leaf.kind is Kind.DATA and leaf.rows]
    both = merged(leaves)
    return replace(both, items=tuple(leaves), columns=None) if both.rows else UNKNOWN


def _bundle(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    if name.rpartition(".")[2] == "Subset" and len(a.positional) > 1:
        return frames.select_rows(a.positional[0], a.positional[1])
    named = [v for k, v in a.keywords.items() if k not in ("reference", "weight", "group", "sampler")]
    values = [v for v in (*a.positional, *named) if v.kind in (Kind.DATA, Kind.SEQUENCE)]
    leaves = [leaf for v in values for leaf in flatten(v) if leaf.rows]
    if not leaves and a.positional:
        return dataset(m, a.positional[0])
    if len(leaves) == 1 and leaves[0].items:
        return leaves[0]
    both = merged(leaves)
    return replace(both, items=tuple(leaves), columns=None) if both.rows else UNKNOWN


def _aggregate(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    first = a.positional[0] if a.positional else UNKNOWN
    if first.kind is Kind.RESIDUAL:
        m.record_evaluation(a.node, [first], first.models)
        return first
    if first.kind is Kind.DATA and first.models:
        return replace(first, columns=None)
    if first.kind is not Kind.DATA:
        return UNKNOWN
    short = name.rpartition(".")[2]
    return methods.statistic(m, first, short, a, 2 if short == "percentile" else 1)


def _reduce(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    first = a.positional[0] if a.positional else UNKNOWN
    if first.kind is Kind.RESIDUAL:
        m.record_evaluation(a.node, [first], first.models)
        return first
    return UNKNOWN


def _shuffle(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    if len(a.positional) == 1:
        return a.positional[0]
    return Value(Kind.SEQUENCE, items=tuple(a.positional))


def _index(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    first = a.positional[0] if a.positional else UNKNOWN
    if first.kind in (Kind.DATA, Kind.ROWS) and first.rows:
        return replace(first, columns=None)
    return Value(Kind.ROWS, rows=frozenset({Part(m.number())}))


def _dummies(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    return merged(a.positional[:1])


def _where(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    if len(a.positional) == 1:
        return a.positional[0]
    data = [v for v in a.positional if v.kind is Kind.DATA]
    statistics = [v for v in a.positional if v.kind is Kind.STATISTIC]
    condition = a.positional[0] if a.positional else UNKNOWN
    if not data:
        if condition.kind is Kind.ROWS and condition.owner is not None:
            return replace(condition.owner, learned=condition.owner.learned)
        return condition if condition.kind is Kind.RESIDUAL else UNKNOWN
    extra = frozenset().union(*(expressions.apply_statistics(m, v) for v in statistics), frozenset())
    result = merged(data)
    return replace(result, learned=result.learned | extra)


def _train(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    value = estimators.make(m, replace(spec, act=Act.MODEL), name, Arguments(a.node))
    data = a.get(1, "dtrain", "train_set", "pool")
    if data is None or not data.rows:
        data = next((v for v in a.positional if v.rows), UNKNOWN)
    parameters = a.get(0, "params")
    rest = {k: v for k, v in a.keywords.items() if k not in ("dtrain", "train_set", "params", "pool", "dtrain")}
    if parameters is not None and parameters.kind is Kind.MAPPING:
        for key, item in zip(parameters.keys, parameters.items, strict=False):
            if isinstance(key, str):
                rest.setdefault(key, item)
    names = {3: "evals" if name.startswith("xgb") else "valid_sets"}
    for position, keyword in names.items():
        if len(a.positional) > position:
            rest.setdefault(keyword, a.positional[position])
    pair = list(data.items[:2]) if len(data.items) > 1 else [data]
    estimators.train(m, value, Arguments(a.node, pair, rest))
    return value


def _clone(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    first = a.positional[0] if a.positional else UNKNOWN
    state = m.estimator(first)
    if state is None or name.rpartition(".")[2] != "clone":
        return first
    return m.new_object(Estimator(state.spec, state.place, state.steps, stops_early=state.stops_early,
                                  selects_columns=state.selects_columns, arguments=state.arguments))  # fmt: skip


def _callback(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    short = name.rpartition(".")[2]
    watched = a.get(0 if short == "EarlyStopping" else None, "monitor") if short != "early_stopping" else None
    on_training = (
        watched is not None and isinstance(watched.const, str) and not watched.const.startswith(("val", "test", "eval"))
    )
    last_only = short == "ModelCheckpoint" and (a.constant("save_best_only") is not True or not m.loads_weights)
    name_ = "" if on_training or last_only else short
    return Value(Kind.CONST, const=NO_CONSTANT, name=f"callback {name_}" if name_ else "quiet callback")


def _folds(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    return Value(Kind.FOLDS, name=name)


_HANDLERS = {
    Act.LOAD: _load,
    Act.LOAD_PARTS: _load_parts,
    Act.SPLIT: _split,
    Act.PART_SPLIT: _part_split,
    Act.METRIC: _metric,
    Act.LEARN_NOW: _learn_now,
    Act.LEARN_ON_MAKING: _learn_on_making,
    Act.CONCAT: _concat,
    Act.PASS: _pass,
    Act.BUNDLE: _bundle,
    Act.AGGREGATE: _aggregate,
    Act.REDUCE: _reduce,
    Act.SHUFFLE: _shuffle,
    Act.INDEX: _index,
    Act.DUMMIES: _dummies,
    Act.WHERE: _where,
    Act.TRAIN_FUNCTION: _train,
    Act.CLONE: _clone,
    Act.CALLBACK: _callback,
    Act.FOLDS: _folds,
    Act.CROSS_SCORE: estimators.cross_score,
    Act.CROSS_PREDICT: estimators.cross_predict,
}


def estimator_attribute(m: Interpreter, owner: Value, state: Estimator, node: ast.Attribute) -> Value:
    name = node.attr
    if name in (
        "best_estimator_",
        "best_model_",
        "named_steps",
        "steps",
        "estimator_",
        "estimator",
        "model",
        "booster_",
    ):
        return owner
    if name in ("best_score_", "cv_results_") and state.spec.act is Act.SEARCH:
        m.add_search_evaluation(node, owner, state)
        return UNKNOWN
    if name == "vocabulary_" or name.endswith("_"):
        return UNKNOWN
    return UNKNOWN
