"""Networks and what trains them from outside: Lightning's trainer, fastai's learner, data sets in named parts."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import choosing, data_modules
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.libraries.spec import Act, Spec
from cst_tools.flow.names import role_of_name
from cst_tools.flow.scores import chosen, scored
from cst_tools.flow.values import (
    UNKNOWN,
    Choice,
    Estimator,
    Instance,
    Kind,
    Rows,
    Value,
    flatten,
    merged,
    overlap,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

NETWORK = Spec(Act.MODEL, evaluation=("validation_data",))
ONLY_NETWORKS = frozenset(["parameters", "state_dict", "train", "eval", "zero_grad", "named_parameters"])
"""Methods, called without arguments, by which an object from elsewhere is recognised as a network."""
_SCORES = frozenset(["test", "validate", "score", "evaluate"])


def is_network(owner: Value, node: ast.Call, name: str) -> bool:
    """Whether a call that is like no other's tells that an unknown object is a network."""
    return owner.kind is Kind.UNKNOWN and owner.ref is not None and not node.args and name in ONLY_NETWORKS


def adopt(m: Interpreter, node: ast.Call, base: ast.expr) -> Value:
    """An object that came from elsewhere has turned out to be a network."""
    value = m.new_object(Estimator(NETWORK, m.place(node)))
    m.assign_to(base, value)
    return value


def handed_back(m: Interpreter, node: ast.Assign, value: Value) -> list[tuple[str, Value]]:
    """``model = train(model, data)``: what comes back under an argument's name is that argument, not the data."""
    call, target = node.value, node.targets[0]
    if value.kind is not Kind.DATA or not isinstance(call, ast.Call) or len(call.args) < 2:
        return []
    bound = target.elts if isinstance(target, ast.Tuple) else [target]
    names = {t.id for t in bound if isinstance(t, ast.Name)}
    given = {a.id: m.evaluate(a) for a in call.args if isinstance(a, ast.Name)} if names else {}
    if not names & given.keys():
        return []
    beside = [leaf for name, v in given.items() if name not in names for leaf in flatten(v)]
    if not any(overlap(leaf.rows, value.rows) for leaf in beside):
        return []
    kinds = (Kind.UNKNOWN, Kind.ESTIMATOR)
    return [(name, v) for name, v in given.items() if name in names and v.ref is not None and v.kind in kinds]


def dataset(m: Interpreter, value: Value) -> Value:
    """An object of a dataset class of the script, as the tables it holds."""
    state = m.heap.get(value.ref) if value.ref is not None else None
    if not isinstance(state, Instance):
        return value
    leaves = [leaf for _, v in state.attributes for leaf in flatten(v) if leaf.kind is Kind.DATA and leaf.rows]
    both = merged(leaves)
    return replace(both, items=tuple(leaves), columns=None) if both.rows else UNKNOWN


def named_part(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    """``MNIST(root, train=False)``, ``ImageFolder("data/test")``: a table whose role the call says."""
    value = m.fresh_table()
    role = None
    train = a.constant("train", 1)
    if isinstance(train, bool):
        role = "train" if train else "test"
    else:
        texts = [a.constant("split", 1), *(n.value for n in ast.walk(a.node) if isinstance(n, ast.Constant))]
        roles = [role_of_name(t) for t in texts if isinstance(t, str)]
        role = next((r for r in roles if r is not None), None)
    if role is not None:
        for part in value.rows:
            m.roles.setdefault(part, role)
    if a.node.args and name.rpartition(".")[2] in ("ImageFolder", "DatasetFolder"):
        value = replace(value, keys=(f"files of {ast.unparse(a.node.args[0])}",))
    return value


def call_trainer(m: Interpreter, owner: Value, state: Estimator, name: str, a: Arguments) -> Value:
    """``trainer.fit(module, train_loader, val_loader)``, ``trainer.test(module, loader)``."""
    module = a.get(0, "model")
    ref = module.ref if module is not None and m.estimator(module) is not None else None
    models = frozenset({ref}) if ref is not None else frozenset(state.steps)
    if name == "fit" and owner.ref is not None:
        given = a.get(1, "train_dataloaders", "train_dataloader") or UNKNOWN
        module_of_data = data_modules.given(m, a, given)
        if module_of_data is not None:
            given, watch = data_modules.loaders(m, module_of_data, "train_dataloader", "val_dataloader")
        else:
            watch = a.get(2, "val_dataloaders", "val_dataloader", "valid_loaders") or UNKNOWN
        training, watched = merged([given]), merged([watch])
        argument = next((k for k in ("val_dataloaders", "val_dataloader") if k in a.keywords), None)
        for model in models:
            fit(m, model, training, watched, state.stops_early, argument, a.node)
        m.heap[owner.ref] = replace(state, steps=tuple(models))
        return UNKNOWN
    if name in _SCORES:
        position = 1 if ref is not None else 0
        given = a.get(position, "dataloaders", "test_dataloaders", "val_dataloaders") or UNKNOWN
        module_of_data = data_modules.given(m, a, given)
        if module_of_data is not None:
            wanted = "val_dataloader" if name == "validate" else "test_dataloader"
            (given,) = data_modules.loaders(m, module_of_data, wanted)
        return _score(m, merged([given]), models, a.node)
    return UNKNOWN


def fit(
    m: Interpreter, model: int, training: Value, watched: Value, how: str, argument: str | None, node: ast.AST
) -> None:
    state = m.heap.get(model)
    if not isinstance(state, Estimator):
        return
    choices = state.choices
    if how and watched.rows and not overlap(watched.rows, training.rows):
        choices |= {m.record_choice(Choice(m.place(node), watched.rows, how, argument))}
    m.heap[model] = replace(
        state, trained=state.trained | training.rows, learned=state.learned | training.learned, choices=choices
    )


def _score(m: Interpreter, data: Value, models: frozenset[int], node: ast.AST) -> Value:
    if not data.rows:
        return UNKNOWN
    m.record_evaluation(node, [data], models)
    return scored(m, Value(), node, [data], models=models)


def make_learner(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    """``Learner(loaders, network, ...)``: the first loader trains, the second is watched."""
    loaders = a.get(0, "dls", "data") or UNKNOWN
    items = loaders.items if loaders.items else (loaders, UNKNOWN)
    kept = (("training", items[0]), ("watched", items[1] if len(items) > 1 else UNKNOWN))
    return m.new_object(Estimator(spec, m.place(a.node), stops_early=callback(a), arguments=kept))


def callback(a: Arguments) -> str:
    """The name of a callback among the arguments that stops training or keeps the best version."""
    for keyword in ("cbs", "callbacks", "callback"):
        given = a.keywords.get(keyword)
        for leaf in flatten(given) if given is not None else ():
            if leaf.name.startswith("callback "):
                return leaf.name.partition(" ")[2]
    return ""


def call_learner(m: Interpreter, owner: Value, state: Estimator, name: str, a: Arguments) -> Value:
    """``learner.fit_one_cycle(...)``, ``learner.validate()``, ``learner.get_preds(dl=...)``."""
    parts = dict(state.arguments)
    training, watched = parts.get("training", UNKNOWN), parts.get("watched", UNKNOWN)
    models = frozenset({owner.ref}) if owner.ref is not None else frozenset()
    given = merged([a.get(None, "dl", "ds") or UNKNOWN])
    if name in ("fit", "fit_one_cycle", "fine_tune", "fit_flat_cos", "fit_sgdr") and owner.ref is not None:
        fit(m, owner.ref, training, watched, state.stops_early or callback(a), None, a.node)
        return UNKNOWN
    if name == "validate":
        return _score(m, given if given.rows else watched, models, a.node)
    if name == "get_preds":
        data = given if given.rows else watched
        rows: Rows = data.rows
        if not rows:
            return UNKNOWN
        predictions = Value(Kind.DATA, rows=rows, learned=data.learned, models=models)
        return Value(Kind.SEQUENCE, items=(predictions, Value(Kind.DATA, rows=rows)))
    return UNKNOWN


def call_tuner(m: Interpreter, owner: Value, state: Estimator, name: str, a: Arguments) -> Value:
    """``tuner.search(x, y, validation_data=(a, b))``, ``tuner.get_best_models()``."""
    if owner.ref is None:
        return UNKNOWN
    if name == "search":
        training = merged([v for v in (a.get(0, "x"), a.get(1, "y")) if v is not None])
        watched = merged([a.get(None, "validation_data") or UNKNOWN])
        m.heap[owner.ref] = replace(state, trained=training.rows, learned=training.learned)
        score = scored(m, Value(), a.node, [watched], models=frozenset({owner.ref}))
        if score.scores:
            choosing.select(m, a.node, score.scores, choosing.How.SEARCH)
            m.assign_to(_base(a.node), chosen(owner, score.scores, m.place(a.node)))
        return UNKNOWN
    if name == "get_best_models":
        model = m.new_object(Estimator(NETWORK, m.place(a.node), trained=state.trained, learned=state.learned))
        return Value(Kind.SEQUENCE, items=(replace(model, scores=owner.scores),))
    return Value(scores=owner.scores)


def _base(node: ast.Call) -> ast.expr:
    return node.func.value if isinstance(node.func, ast.Attribute) else node.func
