"""Strategies for the columns of a data frame: dates, categories, columns that were thrown away."""

from __future__ import annotations

import ast
import re

import libcst as cst

from mlestar.playbook.arguments import argument_of_select_dtypes, literal
from mlestar.playbook.clean import listed_columns
from mlestar.playbook.estimators import ESTIMATORS, SCALERS
from mlestar.playbook.examples import FRAME, swap
from mlestar.playbook.names import dotted_ast
from mlestar.playbook.rewriting import Draft
from mlestar.playbook.scene import Scene
from mlestar.playbook.strategy import DATA_ROLES, Change, Strategy
from mlestar.playbook.transformers import columns_seen
from mlestar.types import NotApplicable

_FOREST = FRAME.format(
    imports="from sklearn.ensemble import HistGradientBoostingClassifier",
    body='df["day"] = pd.to_datetime(df["day"])',
    features='df.drop(columns=["y", "island", "day"])',
    model="HistGradientBoostingClassifier(random_state=0)",
)
_CODES = _FOREST.replace(
    'df["day"] = pd.to_datetime(df["day"])',
    'for column in ["island", "day"]:\n    df[column] = LabelEncoder().fit_transform(df[column])\n'
    'df["ratio"] = df["bill"] / df["mass"]',
).replace(
    "HistGradientBoostingClassifier\n\n",
    "HistGradientBoostingClassifier\nfrom sklearn.preprocessing import LabelEncoder\n\n",
)
_DROPPED = _FOREST.replace('df["day"] = pd.to_datetime(df["day"])\n\n', "").replace(
    'X = df.drop(columns=["y", "island", "day"])', 'X = df.drop(columns="y").select_dtypes("number")'
)


def assigned_columns(scene: Scene) -> list[tuple[cst.SimpleStatementLine, cst.Assign, cst.Subscript]]:
    """Statements ``frame[column] = ...`` of the block."""
    found = []
    for node in scene.code.walk():
        if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1 and isinstance(node.body[0], cst.Assign):
            assign = node.body[0]
            target = assign.targets[0].target
            if len(assign.targets) == 1 and isinstance(target, cst.Subscript) and isinstance(target.value, cst.Name):
                found.append((node, assign, target))
    return found


class DateParts(Strategy):
    """Takes month, weekday and elapsed days out of a date column.

    A date is no number, so it is mostly dropped before the model. Its season, its day of the week and the time
    elapsed are numbers a model can use.
    """

    slug = "date-parts"
    title = "Take parts out of the date"
    roles = DATA_ROLES
    reference = "https://pandas.pydata.org/docs/user_guide/timeseries.html#time-date-components"
    prior = 0.5
    examples = (
        swap(
            _FOREST,
            'df["day"] = pd.to_datetime(df["day"])\n',
            'df["day"] = pd.to_datetime(df["day"])\n'
            'df["day_month"] = df["day"].dt.month\n'
            'df["day_dayofweek"] = df["day"].dt.dayofweek\n'
            'df["day_elapsed"] = (df["day"] - pd.Timestamp("2000-01-01")).dt.days\n',
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        if listed_columns(scene):
            return NotApplicable("the script lists its feature columns by name, where new columns would be missing")
        taken = {"month", "dayofweek", "weekday", "day_of_week", "dayofyear"} & scene.names.all_attributes()
        if taken:
            return NotApplicable("the script takes parts out of dates already")
        draft = scene.draft()
        columns: list[str] = []
        for statement, assign, target in assigned_columns(scene):
            value = assign.value
            column = literal(scene.code.code_of(target.slice[0]))
            if not isinstance(value, cst.Call) or scene.qualified(value.func) != "pandas.to_datetime":
                continue
            if not isinstance(column, str) or not value.args:
                continue
            code = scene.code.code_of(target)
            frame = scene.code.code_of(target.value)
            name = column.replace('"', "").replace("'", "")
            pandas, _ = scene.module("pandas", "pd")
            lines = [f'{frame}["{name}_{part}"] = {code}.dt.{part}' for part in ("month", "dayofweek")]
            if any(word in column.lower() for word in ("time", "stamp", "hour")):
                lines.append(f'{frame}["{name}_hour"] = {code}.dt.hour')
            lines.append(f'{frame}["{name}_elapsed"] = ({code} - {pandas}.Timestamp("2000-01-01")).dt.days')
            if "utc" in {a.keyword.value for a in value.args if a.keyword is not None}:
                lines.pop()
            draft.after(statement, "\n".join(scene.q(line) for line in lines))
            columns.append(column)
        if not columns:
            return NotApplicable("the block makes no column a date")
        why = f"`{columns[0]}` is a date, which no model takes as it is; its season, weekday and age are numbers."
        return self.change(draft, why, f"parts of {', '.join(columns)} become columns")


class NativeCategories(Strategy):
    """Hands categories to a model that knows them, instead of arbitrary numbers.

    Codes put categories into an order that means nothing. Histogram gradient boosting and LightGBM split a
    categorical column into any two groups of its values.
    """

    slug = "native-categories"
    title = "Hand categories to the model as such"
    roles = DATA_ROLES
    reference = "https://scikit-learn.org/stable/modules/ensemble.html#categorical-support-gradient-boosting"
    prior = 0.5
    examples = (
        swap(
            _CODES,
            "df[column] = LabelEncoder().fit_transform(df[column])",
            'df[column] = df[column].astype("category")',
        ),
        swap(
            _FOREST.replace(
                'df["day"] = pd.to_datetime(df["day"])', 'df["island"] = df["island"].astype("category").cat.codes'
            ).replace('"y", "island", "day"', '"y", "day"'),
            '.astype("category").cat.codes',
            '.astype("category")',
            at='df["island"] = ',
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        problem = self._refuses(scene)
        if problem:
            return NotApplicable(problem)
        draft = scene.draft()
        encoders: set[str] = set()
        for _, assign, target in assigned_columns(scene):
            value = assign.value
            code = scene.code.code_of(target)
            if str(literal(scene.code.code_of(target.slice[0]))) in target_columns(scene):
                continue
            compact = scene.code.code_of(value).replace("'", '"')
            if compact == f'{code}.astype("category").cat.codes'.replace("'", '"'):
                draft.replace(value, scene.q(f'{code}.astype("category")'))
                continue
            encoder = self._encoder(scene, value, code)
            if encoder is not None:
                draft.replace(value, scene.q(f'{code}.astype("category")'))
                encoders.add(encoder)
        if draft.empty:
            return NotApplicable("the block turns no categories into codes")
        for name in encoders - {""}:
            refused = self._drop_encoder(scene, draft, name)
            if refused:
                return NotApplicable(refused)
        why = "Codes put categories into an order that means nothing; the model can split them into any two groups."
        return self.change(draft, why, "categories reach the model as categories")

    def _refuses(self, scene: Scene) -> str | None:
        models = {scene.names.canonical(dotted_ast(c.func)) or "" for c in scene.names.called(ESTIMATORS.keys())}
        if not models or not all(m.startswith(("HistGradient", "LGBM")) for m in models):
            return "not every model of the script takes categories as such"
        if any(m.startswith("Hist") for m in models) and not scene.sklearn(1, 6):
            return "categories are recognised by their type from scikit-learn 1.6"
        if "categorical_features" in {k.arg for c in scene.names.calls for k in c.keywords}:
            return "the script names its categorical features"
        if {"values", "to_numpy", "as_matrix"} & scene.names.all_attributes() or scene.called(SCALERS):
            return "the features become a plain array before they reach the model"
        widest = max((c.unique for c in columns_seen(scene)), default=0)
        if widest > 255 and any(c.kind in ("category", "text") and c.unique > 255 for c in columns_seen(scene)):
            return "a column has more categories than histogram gradient boosting takes"
        return None

    def _encoder(self, scene: Scene, value: cst.BaseExpression, code: str) -> str | None:
        """The variable that holds the encoder of ``encoder.fit_transform(column)``; empty when it is made in place."""
        if not isinstance(value, cst.Call) or not isinstance(value.func, cst.Attribute) or len(value.args) != 1:
            return None
        given = scene.code.code_of(value.args[0].value)
        if value.func.attr.value != "fit_transform" or given not in (code, f"{code}.astype(str)"):
            return None
        maker = value.func.value
        if isinstance(maker, cst.Call):
            return "" if scene.canonical(maker.func) == "LabelEncoder" else None
        if not isinstance(maker, cst.Name):
            return None
        made = [
            n
            for n in scene.names.nodes
            if isinstance(n, ast.Assign) and any(dotted_ast(t) == maker.value for t in n.targets)
        ]
        label = all(
            isinstance(n.value, ast.Call) and scene.names.canonical(dotted_ast(n.value.func)) == "LabelEncoder"
            for n in made
        )
        return maker.value if made and label else None

    def _drop_encoder(self, scene: Scene, draft: Draft, name: str) -> str | None:
        """Remove the encoder's own statement, unless it is used for more."""
        loads = [
            n for n in scene.names.nodes if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
        ]
        replaced = sum(
            1 for old in draft.replaced if isinstance(old, cst.Call) and scene.code.code_of(old).startswith(f"{name}.")
        )
        if len(loads) != replaced:
            return f"the encoder `{name}` is used elsewhere"
        for node in scene.code.walk():
            if not isinstance(node, cst.SimpleStatementLine) or len(node.body) != 1 or node.leading_lines:
                continue
            assign = node.body[0]
            if isinstance(assign, cst.Assign) and scene.code.code_of(assign.targets[0].target) == name:
                draft.remove(node)
        return None


def string_constants(scene: Scene) -> dict[str, str]:
    """Variables that the script assigns a string: ``TARGET = "price"``."""
    return {
        target.id: node.value.value
        for node in scene.names.nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def target_columns(scene: Scene) -> set[str]:
    """Columns that the script takes as its target: ``y = df["price"]``, ``df.pop("price")``, ``y = df.price``."""
    constants = string_constants(scene)
    found: set[str] = set()

    def column(node: ast.AST) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.Name) and node.id in constants:
            found.add(constants[node.id])

    for node in scene.names.nodes:
        value: ast.AST | None = None
        if isinstance(node, ast.Assign):
            names = [(dotted_ast(t) or "").split(".")[-1].lower() for t in node.targets]
            if any(n == "y" or n.startswith(("y_", "target", "label")) for n in names):
                value = node.value
        elif isinstance(node, ast.Call) and len(node.args) > 1 and _called(node) == "train_test_split":
            value = node.args[1]
        elif isinstance(node, ast.Call) and node.args and _called(node) == "pop":
            column(node.args[0])
        while isinstance(value, (ast.Call, ast.Attribute, ast.Subscript)):
            if isinstance(value, ast.Subscript):
                column(value.slice)
            elif isinstance(value, ast.Attribute):
                found.add(value.attr)
            value = value.func if isinstance(value, ast.Call) else value.value
    found |= {v for k, v in constants.items() if k.lower() in ("target", "target_col", "target_column", "label")}
    return found


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


class KeepCategories(Strategy):
    """Keeps columns of few categories that were thrown away for not being numbers, one-hot encoded.

    Selecting numeric columns is the quickest way to get a model to run; often it throws away the best features.
    Columns of more than twenty different values (names, identifiers) stay out.
    """

    slug = "keep-categories"
    title = "Keep the categories that were dropped"
    roles = DATA_ROLES
    reference = "https://pandas.pydata.org/docs/reference/api/pandas.get_dummies.html"
    prior = 0.55
    examples = (
        swap(
            _DROPPED,
            'X = df.drop(columns="y").select_dtypes("number")',
            'columns = df.drop(columns="y")\n'
            'others = columns.select_dtypes(exclude=["number", "datetime"])\n'
            "categories = [c for c in others if others[c].nunique() <= 20]\n"
            'X = columns.select_dtypes("number").join(pd.get_dummies(others[categories]))',
            at="X = df.drop",
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        found = [(n, argument_of_select_dtypes(n)) for n in scene.calls]
        picks = [(n, frame) for n, frame in found if frame is not None]
        every = scene.names.method_calls("select_dtypes")
        if len(picks) != 1 or len(every) != 1:
            return NotApplicable("the block does not pick the numeric columns of one frame")
        call, frame = picks[0]
        statement = scene.code.statement(call)
        if statement is None or not isinstance(statement.body[0], cst.Assign):
            return NotApplicable("the numeric columns are not assigned to a variable")
        targets = target_columns(scene)
        code = scene.code.code_of(frame)
        popped = any(c.args for c in scene.names.method_calls("pop"))
        names = {name for name, value in string_constants(scene).items() if value in targets}
        dropped = any(f'"{t}"' in code or f"'{t}'" in code for t in targets)
        dropped = dropped or any(re.search(rf"\b{re.escape(name)}\b", code) for name in names)
        if not targets or not (popped or (dropped and ".drop(" in code)):
            return NotApplicable("the target is not dropped by name before, so it could come back among the features")
        models = {scene.names.canonical(dotted_ast(c.func)) or "" for c in scene.names.called(ESTIMATORS.keys())}
        if any(m.startswith(("LGBM", "XGB")) for m in models):
            return NotApplicable("the model does not take every column name that one-hot encoding may give")
        if scene.called({"ColumnTransformer", "make_column_transformer"}):
            return NotApplicable("the script has a column transformer, where categories belong")
        return self._rewrite(scene, statement, call, frame)

    def _rewrite(
        self, scene: Scene, statement: cst.SimpleStatementLine, call: cst.Call, frame: cst.BaseExpression
    ) -> Change | NotApplicable:
        pandas, imports = scene.module("pandas", "pd")
        draft = scene.draft()
        source = scene.code.code_of(frame)
        lines = []
        if not isinstance(frame, cst.Name):
            name = scene.names.free("columns")
            lines.append(f"{name} = {source}")
            source = name
        others, categories = scene.names.free("others"), scene.names.free("categories")
        each = next(v for v in ("c", "name", "column", "each_column") if v not in scene.names.all_names)
        lines.append(scene.q(f'{others} = {source}.select_dtypes(exclude=["number", "datetime"])'))
        lines.append(f"{categories} = [{each} for {each} in {others} if {others}[{each}].nunique() <= 20]")
        draft.before(statement, "\n".join(lines))
        arguments = scene.code.code_of(call)[len(scene.code.code_of(call.func)) :]
        draft.replace(call, f"{source}.select_dtypes{arguments}.join({pandas}.get_dummies({others}[{categories}]))")
        why = (
            "Columns that are not numbers are thrown away here; those of few values may be among the best features."
            " Check that none of them is known only after the outcome."
        )
        return self.change(draft, why, "columns of up to twenty categories are kept, one-hot encoded", imports)


STRATEGIES = (DateParts, NativeCategories, KeepCategories)
