"""Taking statements out of a cleaning, feature or preprocessing block while everything read later stays defined."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cst_tools.names import names_of
from cst_tools.snippet import Snippet, Statement

_CONVERTS = re.compile(
    r"get_dummies|factorize|LabelEncoder|OneHot|Ordinal|to_numeric|to_datetime|\.codes\b|astype|reset_index|"
    r"fillna|dropna|ffill|bfill|interpolate|\.map\(|\.replace\(|nan_to_num|\.toarray\(|\.values\b|to_numpy|Imputer|isna\(|notna\(|notnull\("
)
"""What a model needs to run at all: types it understands and no holes."""
_TARGETISH = re.compile(
    r"(?:\b|_)(?:target|label)s?(?:\b|_)(?!\s*=[^=])|(?<![\w.])y(?:_\w+)?\b(?!\s*=[^=])", re.IGNORECASE
)
_DROPS = re.compile(r"\.drop\(|\.pop\(|(?<!\w)del |\.rename\(|\.set_index\(|\.columns\b|\.merge\(|\.join\(|\.filter\(")
_EFFECTS = re.compile(r"^(?:print|display|logging|log|logger|plt|sns|warnings|tqdm|assert)\b")


@dataclass(frozen=True)
class Removal:
    """A block without some statements: its new code and what was left out, in words."""

    code: str
    columns: tuple[str, ...]
    statements: int
    what: str
    converted: bool
    """Whether a conversion or a handling of missing values is among them."""
    kept: tuple[Statement, ...]
    new: bool = True
    """Whether the columns are missing without the statements, not only left as they were."""


@dataclass(frozen=True)
class _Item:
    node: Statement
    tree: list[ast.stmt]
    source: str
    binds: frozenset[str]
    reads: frozenset[str]
    columns: frozenset[str]


def remove_statements(
    snippet: Snippet,
    *,
    bound_before: Collection[str],
    read_later: Collection[str],
    text_elsewhere: str,
    keep_names: Collection[str],
    keep_columns: Collection[str],
    convert: bool = False,
    inputs: Collection[str] = (),
) -> Removal | None:
    """The block without the statements that later code can do without; None when there is none.

    ``bound_before``: names with a value before the block; ``read_later``: names read after it; ``text_elsewhere``: the
    rest of the script, searched for columns; ``keep_names``, ``keep_columns``: the target's. With ``convert`` also
    conversions and missing-value handling go. ``inputs`` are function parameters.
    """
    items = [_item(snippet, node) for node in snippet.statements]
    known = {*bound_before, *inputs}
    staying: set[str] = set()
    while True:
        kept: list[_Item] = []
        removed: list[_Item] = []
        after = set(read_later)
        later_text = text_elsewhere
        for index in range(len(items) - 1, -1, -1):
            item = items[index]
            earlier = known | {name for other in items[:index] for name in other.binds}
            if _form(item) not in staying and _removable(
                item, earlier, after, later_text, keep_names, keep_columns, convert
            ):
                removed.append(item)
                continue
            kept.append(item)
            after |= item.reads
            later_text += "\n" + item.source
        # what is done to the training rows and to the test rows alike goes from both or from neither
        halves = {_form(item) for item in removed} & {_form(item) for item in kept}
        if not halves:
            break
        staying |= halves
    real = [item for item in removed if not _EFFECTS.match(item.source) and item.source != "pass"]
    if not any(item.binds & after for item in real):
        return None  # what went was only ever shown
    kept.reverse()
    result = snippet.with_statements(tuple(item.node for item in kept))
    columns = tuple(dict.fromkeys(c for item in reversed(real) for c in sorted(item.columns)))
    what = "; ".join(_short(item.source) for item in reversed(real[-3:]))
    converted = any(_converts(item) for item in real)
    new = any(item.columns - _overwritten(item) for item in real)
    return Removal(result.code, columns, len(real), what, converted, tuple(item.node for item in kept), new)


def _short(source: str) -> str:
    first = " ".join(source.split())
    return first if len(first) <= 60 else first[:57] + "..."


def _item(snippet: Snippet, node: Statement) -> _Item:
    tree = snippet.read(node)
    names = names_of(tree)
    source = "\n".join(ast.unparse(statement) for statement in tree)
    return _Item(node, tree, source, frozenset(names.defines), frozenset(names.reads), frozenset(stored_columns(tree)))


def _form(item: _Item) -> str:
    """A statement without the name that it changes: ``train = fe(train)`` and ``test = fe(test)`` are of one form."""
    if len(item.binds) != 1:
        return item.source
    (name,) = item.binds
    return re.sub(rf"(?<!\.)\b{re.escape(name)}\b", "_", item.source)


def _removable(
    item: _Item,
    earlier: Collection[str],
    after: Collection[str],
    later_text: str,
    keep_names: Collection[str],
    keep_columns: Collection[str],
    convert: bool,
) -> bool:
    if not item.tree or not item.source:
        return False
    statement = item.tree[0]
    if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Return, ast.Pass, ast.Global, ast.Nonlocal, ast.Raise)):
        return False
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    if isinstance(statement, ast.Expr) and not item.binds:
        return False  # printing and plotting stay: they cost nothing and show the same output
    if any(isinstance(n, (ast.Break, ast.Continue, ast.Return, ast.Yield)) for n in ast.walk(statement)):
        return False
    if item.binds & set(keep_names) or item.columns & set(keep_columns):
        return False
    if _DROPS.search(item.source):
        return False
    if _TARGETISH.search(item.source) or any(re.search(rf"\b{re.escape(n)}\b", item.source) for n in keep_columns):
        return False
    if _converts(item) and not convert:
        return False
    if _copies(statement):
        return False
    for name in item.binds:
        if name in after and name not in earlier:
            return False
    bound = set(names_of(item.tree).binds)
    if item.columns or not bound:
        new = item.columns - _overwritten(item)
        return not any(re.search(rf"['\"]{re.escape(c)}['\"]|\.{re.escape(c)}\b", later_text) for c in new)
    # a rebinding must give the same kind of thing back: df = df[...], df = df.drop_duplicates()
    return all(name not in after or _derives_from(statement, name) for name in bound)


def _derives_from(statement: ast.stmt, name: str) -> bool:
    """``name = f(name)`` where the value is again a table of the same columns or a plain transformation."""
    found = False
    for node in ast.walk(statement):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            found = True
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if not any(isinstance(t, ast.Name) and t.id == name for target in targets for t in ast.walk(target)):
                continue
            if not any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node.value)):
                return False
            found = True
    return found


def _converts(item: _Item) -> bool:
    """Whether a statement gives a model what it needs to run; a new column made by a conversion is not needed."""
    if not _CONVERTS.search(item.source):
        return False
    statement = item.tree[0]
    if item.columns and isinstance(statement, ast.Assign):
        base = ast.unparse(statement.targets[0]).partition("[")[0]
        return bool(_overwritten(item)) or re.search(rf"\b{re.escape(base)}\b", ast.unparse(statement.value)) is None
    return True


def _overwritten(item: _Item) -> frozenset[str]:
    """Columns that a statement makes from themselves: ``df["a"] = df["a"].fillna(0)``. They exist without it."""
    if len(item.tree) != 1 or not isinstance(item.tree[0], ast.Assign):
        return frozenset()
    statement = item.tree[0]
    read: set[str] = set()
    for node in ast.walk(statement.value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            read.add(node.value)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            read.add(node.attr)  # df.age; not the month of df.date.dt.month
    return item.columns & read


def _copies(statement: ast.stmt) -> bool:
    """``X["a"] = df["a"]``: a new table takes over a column as it is."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Subscript):
        return False
    value = statement.value
    if not isinstance(value, (ast.Subscript, ast.Attribute)):
        return False
    return ast.unparse(statement.targets[0]).partition("[")[0] != re.split(r"[\[.]", ast.unparse(value))[0]


def stored_columns(statements: Sequence[ast.stmt]) -> list[str]:
    """Columns that statements store: ``df["a"] = ...``, ``df.loc[:, ["a", "b"]] = ...``, ``df.assign(a=...)``."""
    found: list[str] = []
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                parts: list[ast.expr] = [node.slice]
                for part in parts:
                    if isinstance(part, (ast.Tuple, ast.List)):
                        parts.extend(part.elts)
                    elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                        found.append(part.value)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "assign":
                found.extend(k.arg for k in node.keywords if k.arg)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "insert":
                found.extend(
                    a.value for a in node.args[1:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)
                )
    return found


def returns_input(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """The parameter that a function could return at once because what it returns is made from it; None otherwise."""
    parameters = [a.arg for a in (*function.args.posonlyargs, *function.args.args) if a.arg not in ("self", "cls")]
    if not parameters or any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in ast.walk(function)):
        return None
    first = parameters[0]
    returned = [n.value for n in ast.walk(function) if isinstance(n, ast.Return)]
    if _TARGETISH.search("\n".join(ast.unparse(s) for s in function.body)):
        return None
    if not returned or (len(function.body) < 2 and len(returned) == 1 and isinstance(returned[0], ast.Name)):
        return None
    derived = {first}
    for _ in range(3):
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and any(_same_kind(node.value, name) for name in derived):
                derived.update(t.id for t in node.targets if isinstance(t, ast.Name))
    fine = all(value is not None and any(_same_kind(value, name) for name in derived) for value in returned)
    return first if fine else None


_SAME = frozenset(
    [
        "copy",
        "dropna",
        "fillna",
        "drop",
        "drop_duplicates",
        "query",
        "reset_index",
        "sort_values",
        "assign",
        "replace",
        "clip",
        "rename",
        "pipe",
        "apply",
        "loc",
        "iloc",
        "lower",
        "strip",
        "upper",
        "sub",
        "join",
        "translate",
        "normalize",
        "astype",
        "ffill",
        "bfill",
        "head",
        "interpolate",
        "with_columns",
        "filter",
    ]
)


def _same_kind(value: ast.expr, name: str) -> bool:
    """Whether an expression is ``name`` again after steps that keep what it is: a table, a text."""
    while True:
        if isinstance(value, ast.Name):
            return value.id == name
        if isinstance(value, ast.Subscript):
            if isinstance(value.slice, ast.Constant):
                return False
            value = value.value
        elif isinstance(value, ast.Attribute) and value.attr in _SAME:
            value = value.value
        elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _SAME:
            receiver, method = value.func.value, value.func.attr
            if isinstance(receiver, ast.Name) and receiver.id == "re" and len(value.args) >= 3:
                value = value.args[2]
            elif method == "join" and value.args:
                return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(value.args[0]))
            else:
                value = receiver
        else:
            return False
