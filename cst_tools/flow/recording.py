"""What the interpreter reports to the rules, and in which order."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cst_tools.flow.descent import Descended
from cst_tools.flow.tracking import Frame, Store
from cst_tools.flow.values import (
    HELD_OUT_SIDE,
    TRAIN_SIDE,
    Choice,
    Estimator,
    Evaluation,
    EvaluationKind,
    Event,
    Flow,
    Instance,
    Learned,
    Part,
    Place,
    Rows,
    Split,
    Training,
    Value,
    replace,
)

State = Estimator | Instance


class Followed:
    """A function or class that was followed."""

    __slots__ = ("node",)

    def __init__(self, node: ast.AST) -> None:
        self.node = node


class OnlyOne:
    """Of the splits that a splitter makes one is used, the others are not."""

    __slots__ = ("key",)

    def __init__(self, key: str) -> None:
        self.key = key


class Failure:
    """A statement that the engine failed on."""

    __slots__ = ("error", "place")

    def __init__(self, place: Place, error: Exception) -> None:
        self.place = place
        self.error = error

    def __str__(self) -> str:
        return f"flow, line {self.place.line}: {type(self.error).__name__}: {self.error}"


class Recorder:
    """Base of the interpreter: everything here ends in the innermost frame's records."""

    heap: Store[int, State]
    frame: Frame
    followed: set[ast.AST]

    def place(self, node: ast.AST) -> Place:
        raise NotImplementedError

    def record(self, record: Any) -> None:
        self.frame.records.append(record)

    def record_event(self, event: Event) -> None:
        """Keep a fact for the rules (`Flow.of`), once."""
        self.record(event)

    def record_followed(self, node: ast.AST) -> None:
        self.followed.add(node)
        self.record(Followed(node))

    def record_split(self, node: ast.AST, key: str | None = None, *, folds: bool = False) -> str:
        place = self.place(node)
        if key is None:
            key = place.key
        self.record(Split(key, folds, place))
        return key

    def record_learned(self, learned: Learned) -> Learned:
        self.record(learned)
        return learned

    def record_choice(self, choice: Choice) -> Choice:
        self.record(choice)
        return choice

    def model_facts(self, models: frozenset[int]) -> tuple[Rows, frozenset[Learned], frozenset[Choice]]:
        """Rows, lineage and choices behind models and the steps inside them."""
        trained: set[Part] = set()
        learned: set[Learned] = set()
        choices: set[Choice] = set()
        for ref in models:
            state = self.heap.get(ref)
            if isinstance(state, Estimator):
                trained |= state.trained
                learned |= state.learned
                choices |= state.choices
        return frozenset(trained), frozenset(learned), frozenset(choices)

    def record_evaluation(
        self,
        node: ast.AST,
        values: Sequence[Value],
        models: frozenset[int],
        kind: EvaluationKind = EvaluationKind.METRIC,
    ) -> None:
        rows: frozenset[Part] = frozenset().union(*(v.rows for v in values))
        predicted = [p for v in values if v.models for p in v.rows]
        if predicted:  # all labels against out-of-fold predictions: the rows are those of the predictions
            rows = frozenset(p for p in rows if not any(p.strictly_contains(q) for q in predicted))
        models = models.union(*(v.models for v in values))
        trained, learned, choices = self.model_facts(models)
        learned = learned.union(*(v.learned for v in values))
        self.add_evaluation(node, kind, rows, learned, trained, choices, models)

    def add_evaluation(
        self,
        node: ast.AST,
        kind: EvaluationKind,
        rows: Rows,
        learned: frozenset[Learned],
        trained: Rows,
        choices: frozenset[Choice] = frozenset(),
        models: frozenset[int] = frozenset(),
    ) -> None:
        if rows:
            self.record(Evaluation(self.place(node), kind, rows, learned, trained, choices, models))

    def add_search_evaluation(self, node: ast.AST, owner: Value, state: Estimator) -> None:
        """A search scores its candidates on folds of the rows it is fitted on."""
        key = self.record_split(node, state.place.key, folds=True)
        held_out = frozenset(p.child(key, HELD_OUT_SIDE) for p in state.trained)
        trained = frozenset(p.child(key, TRAIN_SIDE) for p in state.trained)
        models = frozenset({owner.ref}) if owner.ref is not None else frozenset()
        self.add_evaluation(node, EvaluationKind.SEARCH, held_out, state.learned, trained, models=models)

    def train_by_gradient(self, loss: Value, node: ast.AST) -> None:
        """``loss.backward()``: the models behind the loss are trained on its rows."""
        for ref in loss.models:
            state = self.heap.get(ref)
            if isinstance(state, Estimator):
                self.heap[ref] = replace(state, trained=state.trained | loss.rows, learned=state.learned | loss.learned)
                if loss.rows:
                    self.record_event(Descended(self.place(node), ref, loss.rows))

    def record_training(
        self, node: ast.AST, features: Value, target: Value, model: int | None, follows_columns: bool
    ) -> None:
        self.record(Training(self.place(node), features, target, model, follows_columns))


def flatten(records: Iterable[Any]) -> Iterator[Any]:
    """Records of nested frames in order."""
    waiting = [iter(records)]
    while waiting:
        for record in waiting[-1]:
            if record.__class__ is list:
                waiting.append(iter(record))
                break
            yield record
        else:
            waiting.pop()


def assemble(records: Iterable[Any], roles: dict[Part, str], *, complete: bool) -> Flow:
    """The flow of a program: its records in order, each once."""
    learned: dict[Learned, None] = {}
    evaluations: dict[object, Evaluation] = {}
    trainings: dict[object, Training] = {}
    choices: dict[Choice, None] = {}
    splits: dict[str, Split] = {}
    events: dict[Event, int] = {}
    failures: list[str] = []
    order = 0
    for record in flatten(records):
        kind = record.__class__
        if kind is Learned:
            learned.setdefault(record)
        elif kind is Evaluation:
            order += 1
            e = record
            identity = (e.place, e.kind, e.rows, e.learned, e.trained, e.choices)
            if identity not in evaluations:
                evaluations[identity] = replace(e, order=order)
        elif kind is Training:
            order += 1
            t = record
            key = (t.place, t.features.columns, t.target.columns, t.features.rows)
            if key not in trainings:
                trainings[key] = replace(t, order=order)
        elif kind is Split:
            splits.setdefault(record.key, record)
        elif kind is OnlyOne:
            if record.key in splits:
                splits[record.key] = replace(splits[record.key], folds=False)
        elif kind is Choice:
            choices.setdefault(record)
        elif isinstance(record, Event):
            events.setdefault(record, order)
        elif kind is Failure:
            failures.append(str(record))
    return Flow(
        tuple(learned),
        tuple(evaluations.values()),
        tuple(trainings.values()),
        tuple(choices),
        splits,
        roles,
        complete,
        tuple(failures),
        tuple(events),
        tuple(events.values()),
    )
