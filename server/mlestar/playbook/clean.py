"""Strategies for how a data frame is cleaned: missing values."""

from __future__ import annotations

import ast

import libcst as cst

from mlestar.playbook.arguments import argument_of_fillna, literal
from mlestar.playbook.estimators import ESTIMATORS, SCALERS
from mlestar.playbook.examples import FRAME, swap
from mlestar.playbook.names import dotted_ast
from mlestar.playbook.scene import Scene
from mlestar.playbook.strategy import DATA_ROLES, Change, Strategy
from mlestar.types import NotApplicable

_FRAME = FRAME.format(
    imports="from sklearn.ensemble import HistGradientBoostingClassifier",
    body='df["bill"] = df["bill"].fillna(df["bill"].mean())\ndf["mass"] = df["mass"].clip(upper=6000)',
    features='df[["bill", "mass"]]',
    model="HistGradientBoostingClassifier(random_state=0)",
)
_ALL_COLUMNS = _FRAME.replace('X = df[["bill", "mass"]]', 'X = df.drop(columns=["y", "island", "day"])')


def column_fills(scene: Scene) -> list[tuple[cst.SimpleStatementLine, cst.Assign, str, str]]:
    """Statements ``frame["column"] = frame["column"].fillna(...)``: with the frame's and the column's code."""
    found = []
    for node in scene.code.walk():
        if (
            not isinstance(node, cst.SimpleStatementLine)
            or len(node.body) != 1
            or not isinstance(node.body[0], cst.Assign)
        ):
            continue
        assign = node.body[0]
        target = assign.targets[0].target
        if len(assign.targets) != 1 or not isinstance(target, cst.Subscript) or not isinstance(target.value, cst.Name):
            continue
        filled = argument_of_fillna(assign.value)
        code = scene.code.code_of(target)
        if (
            filled is None
            or scene.code.code_of(filled[0]) != code
            or not isinstance(literal(code[code.index("[") + 1 : -1]), str)
        ):
            continue
        found.append((node, assign, target.value.value, code))
    return found


class MissingFlags(Strategy):
    """Keeps a column that says where a value was missing, before the gap is filled.

    That a value is missing is often information itself. Filled gaps cannot be told from real values; a flag keeps
    them apart.
    """

    slug = "missing-flags"
    title = "Keep a flag where values were missing"
    roles = DATA_ROLES
    reference = "https://scikit-learn.org/stable/modules/impute.html#marking-imputed-values"
    prior = 0.4
    examples = (
        swap(
            _ALL_COLUMNS,
            'df["bill"] = df["bill"].fillna(df["bill"].mean())',
            'df["bill_missing"] = df["bill"].isna().astype(int)\ndf["bill"] = df["bill"].fillna(df["bill"].mean())',
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        draft = scene.draft()
        flags: list[str] = []
        frames = set()
        for statement, _, frame, code in column_fills(scene):
            column = str(literal(code[code.index("[") + 1 : -1]))
            flag = f"{column}_missing" if "_" in column or column.islower() else f"{column}Missing"
            if flag in scene.names.strings or (flag in flags and frame in frames):
                continue
            draft.before(statement, scene.q(f'{frame}["{flag}"] = {code}.isna().astype(int)'))
            flags.append(flag)
            frames.add(frame)
        if not flags:
            return NotApplicable("the block fills no single columns with `fillna`")
        if listed_columns(scene):
            return NotApplicable(
                "the script lists its feature columns by name elsewhere, where a flag would be missing"
            )
        why = f"Filled gaps cannot be told from real values; {len(flags)} flags keep them apart."
        return self.change(
            draft, why if len(flags) > 1 else why.replace("1 flags keep", "a flag keeps"), f"adds {', '.join(flags)}"
        )


def listed_columns(scene: Scene) -> bool:
    """Whether the script picks feature columns by a list of names, so that a new column would not be used."""
    for node in scene.names.nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.List) and len(node.slice.elts) > 1:
            return True
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List) and len(node.value.elts) > 1:
            names = [t.id.lower() for t in node.targets if isinstance(t, ast.Name)]
            strings = all(isinstance(e, ast.Constant) and isinstance(e.value, str) for e in node.value.elts)
            if strings and any("feat" in n or n in ("cols", "columns", "predictors", "inputs") for n in names):
                return True
    return False


class MedianFill(Strategy):
    """Fills gaps by the median instead of the mean.

    The mean of a skewed column is pulled towards its outliers; the median is a typical value.
    """

    slug = "median-fill"
    title = "Fill gaps by the median"
    roles = DATA_ROLES
    reference = "https://pandas.pydata.org/docs/user_guide/missing_data.html#filling-missing-data"
    prior = 0.3
    examples = (swap(_FRAME, 'fillna(df["bill"].mean())', 'fillna(df["bill"].median())', at='df["bill"] = '),)

    def apply(self, scene: Scene) -> Change | NotApplicable:
        draft = scene.draft()
        for call in scene.calls:
            filled = argument_of_fillna(call)
            value = filled[1] if filled is not None else None
            if (
                isinstance(value, cst.Call)
                and isinstance(value.func, cst.Attribute)
                and value.func.attr.value == "mean"
            ):
                draft.replace(value.func.attr, cst.Name("median"))
        if draft.empty:
            return NotApplicable("the block fills no gaps by means")
        return self.change(draft, "The mean of a skewed column is pulled towards its outliers.", "gaps get the median")


class KeepMissing(Strategy):
    """Leaves gaps to a model that handles them itself.

    Histogram gradient boosting, LightGBM, XGBoost and CatBoost learn at each split to which side missing values
    go. Filling them first takes that information away.
    """

    slug = "keep-missing"
    title = "Leave missing values to the model"
    roles = DATA_ROLES
    reference = "https://scikit-learn.org/stable/modules/ensemble.html#missing-values-support"
    prior = 0.4
    examples = (
        swap(
            _FRAME,
            'df["bill"] = df["bill"].fillna(df["bill"].mean())\n',
            "",
            at='df["bill"] = ',
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        models = {scene.names.canonical(dotted_ast(c.func)) for c in scene.names.called(ESTIMATORS.keys())}
        known = [ESTIMATORS[m] for m in models if m]
        if not known or not all(m.handles_missing for m in known) or scene.called(SCALERS):
            return NotApplicable("not every model of the script takes missing values as they are")
        draft = scene.draft()
        kept = 0
        for node in scene.code.walk():
            if not isinstance(node, cst.SimpleStatementLine):
                continue
            kept += 1
            if len(node.body) == 1 and isinstance(node.body[0], cst.Assign) and len(node.body[0].targets) == 1:
                target = scene.code.code_of(node.body[0].targets[0].target)
                filled = argument_of_fillna(node.body[0].value)
                if filled is None or scene.code.code_of(filled[0]) != target or node.leading_lines:
                    continue
                value = filled[1]
                statistic = (
                    value.func.attr.value
                    if isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute)
                    else ""
                )
                if statistic in ("mean", "median"):
                    draft.remove(node)
                    kept -= 1
        if draft.empty:
            return NotApplicable("the block fills no gaps by means or medians")
        if kept == 0:
            return NotApplicable("nothing would be left of the block")
        why = f"{known[0].name} learns where missing values belong; filling them takes that away."
        return self.change(draft, why, "numeric gaps are left to the model")


STRATEGIES = (MissingFlags, MedianFill, KeepMissing)
