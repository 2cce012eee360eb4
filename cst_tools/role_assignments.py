"""What an assignment does by its form: columns, row selections, metrics worked out by hand, averages of predictions."""

from __future__ import annotations

import ast

from cst_tools import vocabulary as words
from cst_tools.names import root_name
from cst_tools.role_calls import CallJudge
from cst_tools.shapes import (
    averages,
    computes,
    divides_rows,
    is_descent,
    is_scalar_key,
    slices_rows,
    starts_at,
    target_names,
)
from cst_tools.types import Role
from cst_tools.walking import walk

Evidence = tuple[int, Role, str]
"""Weight, role and reason."""


class AssignmentJudge(CallJudge):
    """Judges assignments, given what their calls say (``best``)."""

    def assignment(self, node: ast.stmt, reads: list[str], calls: list[ast.Call], best: Evidence) -> Evidence | None:
        """Evidence in the form of an assignment; None when the form says nothing."""
        targets: list[ast.expr]
        if isinstance(node, ast.AugAssign):
            targets, value = [node.target], node.value
        elif isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            return None
        names = [n for t in targets for n in target_names(t)]
        plain = [n.rpartition(".")[2] for n in names]
        if (
            any(words.METRIC_NAME.search(n) for n in plain)
            and computes(value)
            and best[1] not in (Role.LOAD, Role.TRAIN)
        ):
            return 58, Role.EVALUATE, f"works out {names[0]}"
        if self.partitions.divides(value) and not self._holds_columns(names):
            return 76, Role.SPLIT, f"divides the rows into {', '.join(names[:4])}"
        stepped = self._by_hand(node, targets, value, names, best)
        if stepped is not None:
            return stepped
        if len(plain) >= 2 and sum(bool(words.SPLIT_NAME.search(n)) for n in plain) >= 2 and slices_rows(value):
            return 75, Role.SPLIT, f"divides the rows into {', '.join(names[:4])}"
        if plain and words.SPLIT_NAME.search(plain[0]) and divides_rows(value):
            return 57, Role.SPLIT, f"takes the rows of {names[0]}"
        predictions = [
            n for n in reads if words.PREDICTION_NAME.search(n) or self.kinds.get(n, set()) == {Role.PREDICT}
        ]
        if len(set(predictions)) >= 2 and averages(value) and not any(words.METRIC_NAME.search(n) for n in plain):
            return 80, Role.ENSEMBLE, f"combines {' and '.join(dict.fromkeys(predictions))}"
        if names[:1] == plain[:1] and names and Role.PREDICT in self.kinds.get(names[0], set()) and names[0] in reads:
            predictions = [names[0], *predictions]
        rework = best[1] in (Role.OTHER, Role.CLEAN, Role.FEATURES)
        named = bool(plain) and (bool(words.PREDICTION_NAME.search(plain[0])) or names[0] in predictions)
        if predictions and plain and words.BLEND_NAME.search(plain[0]) and rework and computes(value):
            return 80, Role.ENSEMBLE, f"combines {predictions[0]}"
        if rework and plain and words.PREDICTION_NAME.search(plain[0]) and isinstance(value, (ast.BinOp, ast.Compare)):
            return 55, Role.PREDICT, f"works out {names[0]}"
        if predictions and named and rework and not isinstance(targets[0], ast.Subscript):
            return 55, Role.PREDICT, f"makes {names[0]} of {predictions[0]}"
        if any(isinstance(t, ast.Subscript) for t in targets):
            if best[1] is Role.CLEAN and starts_at(value, targets[0]):
                return None
            if best[1] in (Role.PREPROCESS, Role.PREDICT, Role.EVALUATE, Role.TRAIN, Role.MODEL, Role.LOAD):
                return None
            base = root_name(targets[0])
            if base is None:
                return None
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
            if predictions and not best[0]:
                return 54, Role.PREDICT, f"stores {predictions[0]} into {base}"
            shown = ast.unparse(targets[0])
            return 41, Role.FEATURES, f"assigns {shown if len(shown) < 40 else base}"
        if best[0] == 0 or best[1] in (Role.CLEAN, Role.FEATURES):
            return self._selection(plain, names, value, best)
        return None

    def _holds_columns(self, names: list[str]) -> bool:
        return any(words.COLUMNS_NAME.search(name) for name in names)

    def _by_hand(
        self, node: ast.stmt, targets: list[ast.expr], value: ast.expr, names: list[str], best: Evidence
    ) -> Evidence | None:
        """Steps written out in arithmetic: a step of gradient descent, standardising, scaling to a range."""
        if len(names) != 1 and not isinstance(value, ast.Tuple):
            return None
        if is_descent(node):
            return 60, Role.TRAIN, f"steps {names[0]} down the gradient"
        if best[1] not in (Role.OTHER, Role.CLEAN, Role.FEATURES):
            return None
        if any(words.PREDICTION_NAME.search(name) for name in names):
            return None
        items = value.elts if isinstance(value, ast.Tuple) else [value]
        columns = any(isinstance(t, ast.Subscript) and isinstance(t.slice, ast.Constant) for t in targets)
        if all(self._standardises(item, columns) for item in items):
            return 51, Role.PREPROCESS, f"scales {', '.join(names[:2])}"
        in_place = isinstance(node, ast.AugAssign) and isinstance(node.op, (ast.Sub, ast.Div)) and not columns
        if in_place and self._is_statistic(value) and words.TARGET_NAME.match(names[0].rpartition(".")[2]):
            return 51, Role.PREPROCESS, f"scales {names[0]}"
        return None

    def _standardises(self, value: ast.expr, columns: bool) -> bool:
        """``(X - mean) / deviation``, ``(x - low) / (high - low)``; a column's needs its statistics shown."""
        while (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Attribute)
            and value.func.attr in ("astype", "clip")
        ):
            value = value.func.value
        if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Div):
            return False
        top = value.left
        if not isinstance(top, ast.BinOp) or not isinstance(top.op, ast.Sub):
            return False
        if columns:
            return self._is_statistic(top.right) and self._is_statistic(value.right)
        source = root_name(top.left)
        kinds = self.kinds.get(source or "", set())
        shift = self._is_statistic(top.right) or isinstance(top.right, (ast.Name, ast.Attribute, ast.Subscript))
        return (
            source is not None
            and not kinds & {Role.PREDICT, Role.EVALUATE}
            and shift
            and not isinstance(top.left, ast.Constant)
        )

    def _is_statistic(self, value: ast.expr) -> bool:
        """An expression of means, deviations, extremes, or of names that hold such."""
        for part in walk(value):
            if (
                isinstance(part, ast.Call)
                and isinstance(part.func, ast.Attribute)
                and part.func.attr in words.STATISTICS
            ):
                return True
            if isinstance(part, ast.Name) and part.id in self.statistics:
                return True
        return False

    def _selection(self, plain: list[str], names: list[str], value: ast.expr, best: Evidence) -> Evidence | None:
        if isinstance(value, ast.Tuple):
            parts = [self._selection(plain[i : i + 1], names[i : i + 1], v, best) for i, v in enumerate(value.elts)]
            return parts[0] if parts and all(part == parts[0] or part is not None for part in parts) else None
        if plain and plain[0] in ("y", "Y", "target") and best[1] is Role.CLEAN:
            return 42, Role.FEATURES, f"makes {names[0]}"
        made = not isinstance(value, (ast.Constant, ast.JoinedStr))
        if plain and made and (plain[0] == "sub" or plain[0].startswith("submi")) and best[0] == 0:
            return 42, Role.SUBMIT, f"makes {names[0]}"
        source = root_name(value)
        best_of = source if isinstance(value, ast.Attribute) and value.attr.startswith("best_") else None
        if best_of and (Role.TUNE in self.kinds.get(best_of, set()) or words.TUNE_VARIABLE.search(best_of)):
            return 60, Role.TUNE, f"takes {names[0] if names else 'the best'} from {best_of}"
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
            and source != names[0]
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
            picks
            and (words.TARGET_NAME.match(plain[0]) or (isinstance(value, ast.Subscript) and not is_scalar_key(value)))
        ):
            return 42, Role.FEATURES, f"selects {', '.join(names[:2])} from {source}"
        return None
