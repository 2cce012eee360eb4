"""What calling a name of a library does, by the act its spec names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import (
    applied,
    augmentation,
    choosing,
    column_sets,
    estimators,
    fine_tuning,
    networks,
    overlap,
    parting,
    polars_expressions,
    rescaling,
    scores,
    series_calls,
    table_calls,
    training,
    vocabularies,
)
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.cross_validation import cross_predict, cross_score, cross_train
from cst_tools.flow.libraries import Act, Spec
from cst_tools.flow.row_sets import complement, select_rows
from cst_tools.flow.statistics import VECTOR, statistic
from cst_tools.flow.values import (
    HELD_OUT_SIDE,
    NO_CONSTANT,
    TRAIN_SIDE,
    UNKNOWN,
    Estimator,
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


def apply(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    act = spec.act
    short = name.rpartition(".")[2]
    if short in choosing.EXTREMES or short in choosing.RANKS:
        best = choosing.best_of(m, short, a)
        if best is not None:
            return best
    if act in (
        Act.TRANSFORMER,
        Act.MODEL,
        Act.PIPELINE,
        Act.COLUMN_TRANSFORMER,
        Act.SEARCH,
        Act.RESAMPLER,
        Act.TRAINER,
        Act.TUNER,
    ):
        return estimators.make(m, spec, name, a)
    handler = _HANDLERS.get(act)
    result = handler(m, spec, name, a) if handler is not None else UNKNOWN
    return series_calls.after(m, name, a, result) if name.rpartition(".")[2] in series_calls.AFTER else result


def _load(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    table = column_sets.read(m, name, a, m.fresh_table())
    overlap.record_load(m, a, table)
    return table


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
    items, wholes = [], []
    for index, value in enumerate(a.positional):
        whole = estimators.table(value)
        if value.kind is Kind.SEQUENCE:
            whole = augmentation.joined(m, a.node, flatten(value), whole)
        if whole.kind is Kind.ROWS and whole.owner is not None:
            whole = whole.owner
        if index == 0 and whole.columns is not None and _holds_target_too(a.node):
            whole = replace(whole, columns=replace(whole.columns, site=m.place(a.node.args[0])))
        if not whole.rows and whole.kind not in (Kind.DATA, Kind.ROWS):
            whole = m.fresh_table(kind=Kind.DATA)
        for side in (TRAIN_SIDE, HELD_OUT_SIDE):
            items.append(replace(whole, rows=frozenset(p.child(key, side) for p in whole.rows), opaque=False, items=()))
        wholes.append(whole)
    parting.split_call(m, key, name, a, wholes)
    if len(items) == 2 and isinstance(a.node.args[0], ast.Starred):
        items *= 3  # ``train_test_split(*data)``: as many pairs as whoever unpacks them asks for
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
    whole = networks.dataset(m, a.positional[0]) if a.positional else UNKNOWN
    if whole.kind is Kind.SEQUENCE:  # list(zip(x, y))
        leaves = [replace(leaf, name="") for leaf in flatten(whole) if leaf.kind is Kind.DATA and leaf.rows]
        whole = replace(merged(leaves), items=tuple(leaves), columns=None) if leaves else UNKNOWN
    if not whole.rows and whole.kind is not Kind.DATA:
        whole = m.fresh_table(kind=Kind.DATA)  # of files that are read one by one
    parting.record(m, a.node, key, parting.How.RANDOM, "random_split", [whole])
    lengths = a.positional[1].items if len(a.positional) > 1 else ()
    items = []
    for side in range(max(len(lengths), 2)):
        inner = tuple(replace(v, rows=frozenset(p.child(key, side) for p in v.rows)) for v in whole.items)
        items.append(replace(whole, rows=frozenset(p.child(key, side) for p in whole.rows), items=inner))
    return Value(Kind.SEQUENCE, items=tuple(items))


def _metric(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    leaves = (leaf for v in a.values for leaf in flatten(v))
    values = [v for v in leaves if v.kind in (Kind.DATA, Kind.RESIDUAL, Kind.ROWS) and v.rows]
    plain = [replace(v, kind=Kind.DATA) for v in values]
    m.record_evaluation(a.node, plain, frozenset())
    guessed = [v for v in plain if v.models]
    rescaling.record_comparison(
        m, a.node, [v for v in plain if not v.models], guessed, frozenset().union(*(v.models for v in guessed))
    )
    both = merged(plain)
    if name.rpartition(".")[2] in ("roc_curve", "precision_recall_curve", "det_curve"):
        curve = scores.scored(m, Value(name="curve"), a.node, plain, curve=True)
        return Value(Kind.SEQUENCE, items=(curve,) * 3)
    score = replace(both, kind=Kind.RESIDUAL, columns=None) if both.models else UNKNOWN
    return scores.scored(m, score, a.node, plain)


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


def _bundle(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    if name.rpartition(".")[2] == "Subset" and len(a.positional) > 1:
        return select_rows(a.positional[0], a.positional[1])
    named = [v for k, v in a.keywords.items() if k not in ("reference", "weight", "group", "sampler")]
    values = [v for v in (*a.positional, *named) if v.kind in (Kind.DATA, Kind.SEQUENCE)]
    leaves = [leaf for v in values for leaf in flatten(v) if leaf.rows]
    if not leaves and a.positional:
        leaves = [networks.dataset(m, a.positional[0])]
    if "sampler" in a.keywords or "batch_sampler" in a.keywords:
        leaves = [overlap.unsure_rows(m, leaf, a.node) for leaf in leaves]
    if len(leaves) == 1 and leaves[0].items:
        return leaves[0]
    both = merged(leaves)
    return replace(both, items=tuple(leaves), columns=None) if both.rows else UNKNOWN


def _aggregate(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    first = a.positional[0] if a.positional else UNKNOWN
    if (known := scores.scores_of(first)) and first.kind is not Kind.DATA:
        known = scores.averaged(m, name.rpartition(".")[2], known, a.node)
        return replace(first, scores=known) if first.kind is Kind.RESIDUAL else Value(scores=known)
    if first.kind is Kind.RESIDUAL:
        if scores.is_by_row(a):
            return first
        if name.endswith(("percentile", "quantile", "min", "max")):
            return UNKNOWN  # where to cut, mostly
        m.record_evaluation(a.node, [first], first.models)
        return scores.scored(m, first, a.node, [first])
    if first.kind is Kind.DATA and first.models:
        cut = name.endswith(("percentile", "quantile", "min", "max")) and not {"axis", "dim"} & a.keywords.keys()
        if cut and (len(a.positional) == 1 or name.startswith("numpy")):
            return UNKNOWN  # a number, where to cut mostly
        return replace(first, columns=None)
    if first.kind is not Kind.DATA:
        vectors = [leaf for leaf in flatten(first) if leaf.kind is Kind.STATISTIC and leaf.name == VECTOR]
        return vectors[0] if vectors else UNKNOWN
    short = name.rpartition(".")[2]
    if short == "norm" and a.constant("axis", 2) != 0:
        return first  # a vector's own length, or each row's
    return statistic(m, first, short, a, 2 if short.endswith(("percentile", "quantile")) else 1)


def _row_errors(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    """``keras.losses.mae(x, decoded)``: one error a row."""
    both = merged([v for v in a.positional[:2] if v.rows])
    return replace(both, kind=Kind.RESIDUAL, columns=None) if both.models else _metric(m, spec, name, a)


def _reduce(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    first = a.positional[0] if a.positional else UNKNOWN
    if (known := scores.scores_of(first)) and first.kind is not Kind.DATA:
        return replace(first, scores=known) if first.kind is Kind.RESIDUAL else Value(scores=known)
    if first.kind is Kind.RESIDUAL:
        if scores.is_by_row(a):
            return first
        if name.endswith("unique"):
            return UNKNOWN  # where to cut, mostly
        m.record_evaluation(a.node, [first], first.models)
        return scores.scored(m, first, a.node, [first])
    return UNKNOWN


def _index(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    first = a.positional[0] if a.positional else UNKNOWN
    short = name.rpartition(".")[2]
    if short == "setdiff1d":
        second = a.positional[1] if len(a.positional) > 1 else UNKNOWN
        return complement(second) if second.kind is Kind.ROWS else UNKNOWN
    if short in ("sample", "choice") and first.rows and len(a.values) > 1:
        key = m.record_split(a.node)
        return replace(first, columns=None, rows=frozenset(p.child(key, 0) for p in first.rows))
    if first.kind in (Kind.DATA, Kind.ROWS) and first.rows:
        return replace(first, columns=None)
    part = Part(m.number())
    if short == "arange" and any(isinstance(v.const, float) for v in a.positional):
        return UNKNOWN  # numbers to try, no positions
    if short in ("choice", "sample") or (short == "arange" and (len(a.positional) > 1 or first.kind is Kind.CONST)):
        part = part.child(m.record_split(a.node), 0)
    return Value(Kind.ROWS, rows=frozenset({part}))


def _train(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    best = name.startswith("catboost")
    value = estimators.make(m, replace(spec, act=Act.MODEL, keeps_best=best), name, Arguments(a.node))
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
    training.train(m, value, Arguments(a.node, pair, rest))
    picked = frozenset(s for v in a.values for s in scores.scores_of(v) if s.chosen is not None)
    return replace(value, scores=picked) if picked else value


def _clone(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    first = a.positional[0] if a.positional else UNKNOWN
    state = m.estimator(first)
    if state is None or name.rpartition(".")[2] != "clone":
        return first
    return m.new_object(Estimator(state.spec, state.place, state.steps, stops_early=state.stops_early,
                                  selects_columns=state.selects_columns, picks=state.picks,
                                  arguments=state.arguments))  # fmt: skip


def _callback(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    short = name.rpartition(".")[2]
    watched = a.get(0 if short.startswith("EarlyStopping") else None, "monitor") if short != "early_stopping" else None
    on_training = (
        watched is not None and isinstance(watched.const, str) and not watched.const.startswith(("val", "test", "eval"))
    )
    last_only = short == "ModelCheckpoint" and (a.constant("save_best_only") is not True or not m.loads_weights)
    if last_only and name.startswith(("pytorch_lightning", "lightning")):
        last_only = watched is None  # the trainer tests the best checkpoint unless it is given a model
    name_ = "" if on_training or last_only else short
    return Value(Kind.CONST, const=NO_CONSTANT, name=f"callback {name_}" if name_ else "quiet callback")


def _optimise(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    function = a.get(spec.wraps or 0, "fn", "func", "f", "fun", "objective", "objective_function")
    return choosing.minimise(m, function, a) if function is not None else UNKNOWN


def _folds(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    return parting.splitter(name, a, m.place(a.node))


_HANDLERS = {
    Act.LOAD: _load,
    Act.LOAD_PARTS: _load_parts,
    Act.SPLIT: _split,
    Act.PART_SPLIT: _part_split,
    Act.METRIC: _metric,
    Act.LEARN_NOW: _learn_now,
    Act.LEARN_ON_MAKING: _learn_on_making,
    Act.CONCAT: table_calls.concat,
    Act.PASS: table_calls.pass_act,
    Act.BUNDLE: _bundle,
    Act.AGGREGATE: _aggregate,
    Act.REDUCE: _reduce,
    Act.ROW_ERRORS: _row_errors,
    Act.SHUFFLE: table_calls.shuffle,
    Act.INDEX: _index,
    Act.DUMMIES: table_calls.dummies,
    Act.WHERE: table_calls.where_act,
    Act.TRAIN_FUNCTION: _train,
    Act.CLONE: _clone,
    Act.CALLBACK: _callback,
    Act.FOLDS: _folds,
    Act.SERIES: series_calls.series_call,
    Act.OPTIMISE: _optimise,
    Act.NAMED_PART: networks.named_part,
    Act.LEARNER: networks.make_learner,
    Act.FINE_TUNER: fine_tuning.make,
    Act.SETTINGS: fine_tuning.settings,
    Act.ASSOCIATE: table_calls.associate,
    Act.DRAW: table_calls.draw,
    Act.CROSS_TRAIN: cross_train,
    Act.NUMBERED: lambda m, spec, name, a: column_sets.numbered(a.positional[0] if a.positional else UNKNOWN),
    Act.COLUMN_SELECTOR: lambda m, spec, name, a: column_sets.selector(a),
    Act.EXPRESSION: lambda m, spec, name, a: polars_expressions.expression(m, a),
    Act.FOLD_LEFT: lambda m, spec, name, a: applied.fold_left(m, a),
    Act.PARTIAL: lambda m, spec, name, a: applied.partial(m, a),
    Act.COUNT: lambda m, spec, name, a: vocabularies.count(m, a),
    Act.MISSING: table_calls.missing,
    Act.MERGE: table_calls.merge_act,
    Act.GROUP_TABLE: table_calls.group_table,
    Act.CROSS_SCORE: cross_score,
    Act.CROSS_PREDICT: cross_predict,
}
