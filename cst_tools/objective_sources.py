"""Where a number's ingredients come from: on which rows it is computed, which estimator is behind it."""

from __future__ import annotations

import ast
import enum
import re

from cst_tools.objective_trace import FunctionNode, Program, Scope
from cst_tools.walking import children, walk


class Partition(str, enum.Enum):
    """On which rows a metric is computed."""

    TRAIN = "training rows"
    UNKNOWN = "rows of unknown origin"
    VALIDATION = "validation rows"
    CROSS = "cross-validation folds"
    TEST = "test rows"


_TOKEN = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TEST = frozenset(["test", "te", "ts", "tst", "tests", "holdout", "hold", "heldout", "unseen", "testing"])
_VAL = frozenset(["val", "valid", "validation", "dev", "va", "vl", "eval"])
_TRAIN = frozenset(["train", "tr", "trn", "training", "fit"])
_CROSS = frozenset(["oof", "cv", "fold", "folds", "cross"])


_SHORT = {"tr": "train", "trn": "train", "te": "test", "tst": "test", "va": "val", "vl": "val"}
"""``xtr``, ``yte``: what stands behind the x or y."""


def partition_of(text: str) -> Partition:
    """The rows that names in a piece of source or a label speak of."""
    words = set(_TOKEN.findall(_CAMEL.sub(" ", text).lower()))
    ends = {
        end
        for word in words
        for end in ("test", "train", "val", "valid")
        if len(word) > len(end) and word.endswith(end)
    }
    ends |= {_SHORT[word[1:]] for word in words if word[:1] in "xy" and word[1:] in _SHORT}
    if words & _TEST or "test" in ends:
        return Partition.TEST
    if words & _VAL or ends & {"val", "valid"}:
        return Partition.VALIDATION
    if words & _CROSS:
        return Partition.CROSS
    if words & _TRAIN or "train" in ends:
        return Partition.TRAIN
    return Partition.UNKNOWN


_CLASSIFIER = re.compile(
    r"Classif|Logistic(?!al)|SVC\b|\w*NB\b|Discriminant|Perceptron|RidgeClassifier|OneVs|CalibratedClassifier|BCE|CrossEntropy"
)
_REGRESSOR = re.compile(
    r"Regressor|LinearRegression|Ridge(?!Class)|Lasso|ElasticNet|SVR\b|\bLars|Huber|Regression(?<!LogisticRegression)|"
    r"\bOLS\b|\bARIMA|MSELoss|L1Loss"
)


class Sources:
    """Follows names of one program to their rows and their estimators."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._class_text: str | None = None

    def partition(self, node: ast.expr, scope: Scope, depth: int = 0) -> Partition:
        """On which rows a call computes, from the names of its arguments, followed to where they come from."""
        seen: list[Partition] = []
        parts: list[ast.expr] = (
            [*node.args, *(k.value for k in node.keywords)] if isinstance(node, ast.Call) else [node]
        )
        for part in parts:
            if isinstance(part, ast.Constant):
                continue
            found = partition_of(ast.unparse(part)[:400])
            if found is Partition.UNKNOWN and depth < 3:
                for inner in walk(part):
                    if not isinstance(inner, ast.Name):
                        continue
                    bound = scope.lookup(inner.id)
                    if bound is None:
                        continue
                    bindings, owner = bound
                    if not bindings:
                        given = owner.argument(inner.id)
                        sources = [self.partition(argument, caller, depth + 1) for argument, caller in given[-1:]]
                    else:
                        last = bindings[-1]
                        follow = last.value is not None and last.how in ("assign", "for")
                        sources = (
                            [self.partition(last.value, last.scope or owner, depth + 1)]
                            if follow and last.value
                            else []
                        )
                    found = next((s for s in sources if s is not Partition.UNKNOWN), found)
                    if found is not Partition.UNKNOWN:
                        break
            seen.append(found)
        for partition in (Partition.TEST, Partition.VALIDATION, Partition.CROSS, Partition.TRAIN):
            if partition in seen:
                return partition
        return Partition.UNKNOWN

    def estimator_text(self, node: ast.expr, scope: Scope, depth: int = 0) -> str:
        """Source of an estimator expression with the definitions of its names, for reading class names from."""
        text = ast.unparse(node)[:4000]
        if depth >= 4:
            return text
        for part in walk(node):
            if isinstance(part, ast.Name):
                found = scope.lookup(part.id)
                if found is None:
                    continue
                bindings, owner = found
                if not bindings:
                    for argument, caller in owner.argument(part.id)[-2:]:
                        text += "\n" + self.estimator_text(argument, caller, depth + 1)
                for binding in bindings[-3:]:
                    if binding.value is not None:
                        text += "\n" + self.estimator_text(binding.value, binding.scope or owner, depth + 1)
            elif isinstance(part, ast.Attribute):
                for binding in self.program.attributes.get(part.attr, [])[-2:]:
                    if binding.value is not None:
                        text += "\n" + self.estimator_text(binding.value, binding.scope or scope, depth + 1)
            elif isinstance(part, ast.Call):
                local = self.program.local_function(part.func)
                inner = self.program.scopes.get(id(local)) if local is not None else None
                for item in list(returns_of(local))[-1:] if local is not None and inner is not None else []:
                    if item.value is not None and inner is not None:
                        text += "\n" + self.estimator_text(item.value, inner, depth + 1)
            if len(text) > 20_000:
                break
        return text

    def class_text(self) -> str:
        """Every name that the script calls, for guessing the task when the estimator itself is out of sight."""
        if self._class_text is None:
            names = (self.program.qualified(n.func) for n in walk(self.program.tree) if isinstance(n, ast.Call))
            self._class_text = "\n".join(names)
        return self._class_text


def estimator_kind(text: str) -> str | None:
    """``classification`` or ``regression`` from the class names in a piece of source; None when mixed or neither."""
    classifier, regressor = (
        _CLASSIFIER.search(text),
        _REGRESSOR.search(re.sub(r"Logistic\w*|RidgeClassifier\w*", "", text)),
    )
    if classifier and not regressor:
        return "classification"
    if regressor and not classifier:
        return "regression"
    return None


_HOLDERS = (ast.stmt, ast.ExceptHandler, ast.match_case)


def returns_of(function: FunctionNode | None) -> list[ast.Return]:
    """The ``return`` statements of a function, not those of functions in it, in the order of the lines."""
    found: list[ast.Return] = []
    todo: list[ast.AST] = list(function.body) if function is not None else []
    for node in todo:  # grows while it is read
        if isinstance(node, ast.Return):
            found.append(node)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            todo += [child for child in children(node) if isinstance(child, _HOLDERS)]
    return sorted(found, key=lambda r: r.lineno)
