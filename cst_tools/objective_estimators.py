"""Numbers that estimators give: ``score``, cross-validation, searches, Keras' ``evaluate``, studies."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from cst_tools.metrics import BY_NAME, MetricName, by_function, by_label, by_scorer
from cst_tools.objective_sources import Partition, Sources, estimator_kind
from cst_tools.objective_trace import Program, Scope
from cst_tools.types import Direction
from cst_tools.walking import walk


@dataclass(frozen=True)
class Value:
    """A recognised number. ``certainty``: 3 a known function, 2 a shape or a method, 1 only a name."""

    metric: str
    direction: Direction
    partition: Partition
    certainty: int
    how: str
    many: bool = False
    """A list or an array of such numbers, one a fold."""
    warnings: tuple[str, ...] = ()

    @property
    def generic(self) -> bool:
        return BY_NAME[self.metric].generic if self.metric in BY_NAME else False


class Estimators:
    """Reads what the estimators of one program report."""

    def __init__(self, program: Program, sources: Sources) -> None:
        self.program = program
        self.sources = sources

    def score(self, node: ast.Call, receiver: ast.expr, scope: Scope) -> Value:
        text = self.sources.estimator_text(receiver, scope)
        scorer = re.search(r"scoring\s*=\s*['\"](\w+)['\"]", text)
        named = by_scorer(scorer[1]) if scorer else None
        partition = self.sources.partition(node, scope)
        if named is not None:
            return Value(
                named.metric.name,
                named.direction,
                partition,
                3,
                f"score(...) with scoring={scorer[1] if scorer else ''!r}",
            )
        kind = estimator_kind(text) or estimator_kind(self.sources.class_text())
        if kind == "regression":
            return Value("r2", Direction.MAXIMIZE, partition, 2, "the regressor's score(...), which is R²")
        if kind == "classification":
            return Value("accuracy", Direction.MAXIMIZE, partition, 2, "the classifier's score(...), which is accuracy")
        return Value("score", Direction.MAXIMIZE, partition, 2, "the estimator's score(...)")

    def cross_validated(self, node: ast.Call, scope: Scope, key: str) -> Value | None:
        keywords = {k.arg: k.value for k in node.keywords if k.arg}
        scoring = keywords.get("scoring")
        if isinstance(scoring, ast.Name):
            found = scope.lookup(scoring.id)
            scoring = found[0][-1].value if found and found[0] else scoring
        named: MetricName | None = None
        wanted = key.partition("_")[2] if key.startswith(("test_", "train_")) else key
        partition = Partition.TRAIN if key.startswith("train_") else Partition.CROSS
        if key.endswith("_time"):
            return None
        if wanted != "score":
            named = by_scorer(wanted) or by_label(wanted)
            if isinstance(scoring, ast.Dict):
                for entry, value in zip(scoring.keys, scoring.values, strict=True):
                    if isinstance(entry, ast.Constant) and entry.value == wanted and isinstance(value, ast.Constant):
                        named = by_scorer(str(value.value)) or named
        elif isinstance(scoring, ast.Constant) and isinstance(scoring.value, str):
            named = by_scorer(scoring.value)
        elif isinstance(scoring, ast.Call):
            named = self.made_scorer(scoring)
        if named is not None:
            return Value(named.metric.name, named.direction, partition, 3, "cross-validation", many=True)
        text = self.sources.estimator_text(node.args[0], scope) if node.args else ast.unparse(node)
        kind = estimator_kind(text) or estimator_kind(self.sources.class_text())
        name = {"regression": "r2", "classification": "accuracy"}.get(kind or "", "score")
        return Value(name, Direction.MAXIMIZE, partition, 2, "cross-validation", many=True)

    def made_scorer(self, node: ast.Call) -> MetricName | None:
        """``make_scorer(f, greater_is_better=False)``: the metric and its sign."""
        function = node.args[0] if node.args else None
        if function is None:
            return None
        metric = by_function(self.program.qualified(function).rpartition(".")[2])
        flipped = any(
            k.arg == "greater_is_better" and isinstance(k.value, ast.Constant) and k.value.value is False
            for k in node.keywords
        )
        return MetricName(metric, negated=flipped) if metric else None

    def keras(self, call: ast.Call, index: int, scope: Scope) -> Value | None:
        partition = self.sources.partition(call, scope)
        if index == 0:
            return Value("loss", Direction.MINIMIZE, partition, 2, "the loss, first value of model.evaluate(...)")
        for node in walk(self.program.tree):
            if (
                isinstance(node, ast.keyword)
                and node.arg == "metrics"
                and isinstance(node.value, (ast.List, ast.Tuple))
            ) and index - 1 < len(node.value.elts):
                named = by_label(ast.unparse(node.value.elts[index - 1]).strip("'\""))
                if named:
                    return Value(named.metric.name, named.direction, partition, 3, "model.evaluate(...)")
        return Value("accuracy", Direction.MAXIMIZE, partition, 1, "the second value of model.evaluate(...)")

    def best_score(self, search: ast.expr, scope: Scope) -> Value:
        """``search.best_score_``."""
        text = self.sources.estimator_text(search, scope)
        scorer = re.search(r"scoring\s*=\s*['\"](\w+)['\"]", text)
        named = by_scorer(scorer[1]) if scorer else None
        if named is not None:
            return Value(
                named.metric.name, named.direction, Partition.CROSS, 3, "the search's best cross-validated score"
            )
        kind = estimator_kind(text) or estimator_kind(self.sources.class_text())
        name = {"regression": "r2", "classification": "accuracy"}.get(kind or "", "score")
        return Value(name, Direction.MAXIMIZE, Partition.CROSS, 2, "the search's best cross-validated score")

    def study_direction(self) -> Direction | None:
        """The direction given to ``optuna.create_study``; Optuna's default is to minimise."""
        for node in walk(self.program.tree):
            if isinstance(node, ast.Call) and self.program.qualified(node.func).endswith("create_study"):
                for keyword in node.keywords:
                    if keyword.arg == "direction" and "max" in ast.unparse(keyword.value).lower():
                        return Direction.MAXIMIZE
                return Direction.MINIMIZE
        return None
