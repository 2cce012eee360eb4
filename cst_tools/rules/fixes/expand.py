"""One statement on a whole table, written out for its training rows and for the others."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from cst_tools.flow.values import Learned, Learns
from cst_tools.rules.edit import Editor
from cst_tools.rules.fixes.variables import FITTING, root, subject, uses, variable
from cst_tools.rules.fixes.vocabulary import MIXING, ROW_BY_ROW, SCALERS, SIDE_BY_SIDE, STATISTICS
from cst_tools.rules.rule import Context

_NAMES = {
    Learns.SCALE: "scaler",
    Learns.IMPUTE: "imputer",
    Learns.TEXT: "vectorizer",
    Learns.SELECT: "selector",
    Learns.ENCODE: "encoder",
    Learns.DECOMPOSE: "reducer",
    Learns.CATEGORIES: "encoder",
}
_NO_ROWS = frozenset({"len", "isnull", "isna"})
_NOT_ROWS = frozenset({"shape", "columns", "dtypes", "ndim", "size"})
_ROWS_KEYWORDS = ("X", "raw_documents", "data")
LONGEST = 120


@dataclass(frozen=True)
class Parts:
    """The names that a split gives the rows of one table."""

    train: str
    others: tuple[str, ...]


@dataclass
class Expansion:
    """Writes statements out. ``parts`` maps what stood for whole tables, as source text, to the names of their parts.

    ``review`` is set where the result is right in the usual case only.
    """

    context: Context
    editor: Editor
    parts: dict[str, Parts]
    learned: dict[ast.AST, Learned] = field(default_factory=dict)
    review: bool = False
    plain: Callable[[str], bool] = lambda name: True
    """Whether a variable that is no part is surely no table either."""
    _made: set[str] = field(default_factory=set)

    def statement(self, statement: ast.stmt, indentation: str = "") -> list[str] | None:
        """The lines for a statement; None when it cannot be written out."""
        if any(isinstance(n, ast.JoinedStr | ast.Await | ast.Yield | ast.NamedExpr) for n in ast.walk(statement)):
            return None
        if isinstance(statement, ast.For) and not statement.orelse:
            header = f"for {self.context.source(statement.target)} in {self._render(statement.iter, None)}:"
            return self._block(header, statement.iter, statement.body, indentation)
        if isinstance(statement, ast.If) and not statement.orelse:
            self.review = True
            header = f"if {self._render(statement.test, None)}:"
            return self._block(header, statement.test, statement.body, indentation)
        lines = self._simple(statement)
        return None if lines is None else [indentation + line for line in lines]

    def _block(self, header: str, last: ast.expr, body: list[ast.stmt], indentation: str) -> list[str] | None:
        self.review = self.review or any(
            key in header for part in self.parts.values() for key in (f"{part.train}.columns", f"{part.train}[")
        )
        note = self.editor.comment_after(last)
        lines = [indentation + header + (f"  {note}" if note else "")]
        above = last.end_lineno or last.lineno
        for statement in body:
            inner = self.statement(statement, indentation + "    ")
            if inner is None:
                return None
            lines += [f"{indentation}    {c}" for c in self.editor.comments_between(above, statement.lineno)]
            lines += inner if isinstance(statement, ast.For | ast.If) else self.commented(statement, inner)
            above = statement.end_lineno or statement.lineno
        return lines

    def commented(self, statement: ast.stmt, lines: list[str]) -> list[str]:
        """With the comment behind the statement: behind the first line where it fits, else above."""
        comment = self.editor.trailing_comment(statement)
        if not comment or not lines:
            return [*lines, comment] if comment else lines
        blanks = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        if "\n" in lines[0] or len(lines[0]) + len(comment) + 2 > LONGEST - 8:
            return [blanks + comment, *lines]
        return [f"{lines[0]}  {comment}", *lines[1:]]

    def _simple(self, statement: ast.stmt) -> list[str] | None:
        if any(not self.plain(name) for name in self._loose(statement)):
            self.review = True
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target: ast.expr | None = statement.targets[0]
            value: ast.expr = statement.value
            between = " = "
        elif isinstance(statement, ast.AugAssign):
            target, value = statement.target, statement.value
            operator = self.editor.script.slice(self.editor.script.span_of(statement))
            left, right = self.context.source(target), self.context.source(value)
            between = operator[len(left) : len(operator) - len(right)]
        elif isinstance(statement, ast.Expr):
            target, value, between = None, statement.value, ""
        else:
            return None
        base = root(target) if target is not None else self._in_place(value)
        if any(self._mixes_rows(n) for n in ast.walk(statement)):
            return None
        if base is None or base not in self.parts:
            return self._once(target, between, value)
        if target is not None and variable(target) is not None and not self.is_rows(value) and between == " = ":
            return None  # the rows themselves are overwritten by something that does not come from them
        return self.for_parts(target, between, value, self.parts[base])

    def _loose(self, node: ast.AST) -> set[str]:
        """Variables read outside what is written out for each part."""
        if isinstance(node, ast.expr) and ast.unparse(node) in self.parts:
            return set()
        name = variable(node)
        if name is not None:
            return {name} if isinstance(getattr(node, "ctx", None), ast.Load) else set()
        return {name for child in ast.iter_child_nodes(node) for name in self._loose(child)}

    def _in_place(self, value: ast.expr) -> str | None:
        if isinstance(value, ast.Call) and any(k.arg == "inplace" for k in value.keywords):
            return root(value.func)
        return None

    def _once(self, target: ast.expr | None, between: str, value: ast.expr) -> list[str] | None:
        """A statement that makes numbers or fits: it is for the training rows only."""
        if target is not None and not self._takes_numbers(target, value):
            return None
        if target is None and not self._only_fits(value) and any(name in self.parts for name, _ in uses(value)):
            self.review = True  # shown, drawn: of the training rows now
        if any(n in self.learned and self._is_unknown(n) for n in ast.walk(value)):
            return None
        left = self.context.source(target) if target is not None else ""
        return wrapped(left + between, self._render(value, None))

    def _takes_numbers(self, target: ast.expr, value: ast.expr) -> bool:
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        if isinstance(target, ast.Tuple) and not isinstance(value, ast.Tuple):
            return False
        return all(variable(name) is not None for name in names) and not self.is_rows(value)

    def _only_fits(self, value: ast.expr) -> bool:
        return (
            isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr.startswith("fit")
        )

    def for_parts(self, target: ast.expr | None, between: str, value: ast.expr, parts: Parts) -> list[str] | None:
        fits: list[ast.Call] = []
        statistics = False
        for node in ast.walk(value):
            if not isinstance(node, ast.Call):
                continue
            if self._is_statistic(node):
                statistics = True
            elif node not in self.learned:
                self.review = self.review or self._is_strange(node)
            elif self._fits(node) or self._is_fit(node):
                fits.append(node)
            else:
                return None
        if fits and statistics:
            return None
        lines: list[str] = []
        calls: dict[ast.AST, tuple[str, ast.Call]] = {}
        for call in fits:
            estimator = self._estimator(call, lines)
            if estimator is None:
                return None
            calls[call] = (estimator, call)
        order = [*range(len(parts.others)), None] if statistics else [None, *range(len(parts.others))]
        for side in order:
            name = parts.train if side is None else parts.others[side]
            text = self._render(value, side, calls)
            if text is None:
                return None
            left = name if variable(target) is not None else self._render(target, side) if target is not None else ""
            lines += wrapped(f"{left}{between}" if target is not None else "", text)
        return lines

    def _fits(self, call: ast.Call) -> bool:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "fit_transform":
            return True
        return self._function(call) in SCALERS

    def _is_fit(self, call: ast.Call) -> bool:
        return isinstance(call.func, ast.Attribute) and call.func.attr == "fit"

    def _function(self, call: ast.Call) -> str:
        return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")

    def _is_statistic(self, node: ast.AST) -> bool:
        """A call that makes numbers of the rows of a part; not one that stays within each row."""
        if not isinstance(node, ast.Call) or self._function(node) not in STATISTICS:
            return False
        table = subject(self.context, node)
        axes = [k.value for k in node.keywords if k.arg == "axis"]
        if isinstance(node.func, ast.Attribute) and table is node.func.value:
            axes += node.args[:1] if self._function(node) not in ("quantile", "percentile", "norm") else []
        else:
            axes += node.args[1:2] if self._function(node) not in ("quantile", "percentile", "norm") else []
        if any(ast.unparse(a) in ("1", "-1", "'columns'") for a in axes):
            return False
        return node in self.learned or any(
            isinstance(n, ast.expr) and ast.unparse(n) in self.parts for n in ast.walk(table or node)
        )

    def _mixes_rows(self, node: ast.AST) -> bool:
        """Whether rows are chosen, moved, or meet others: that is not the same for each part."""
        if isinstance(node, ast.Call):
            if self._function(node) in SIDE_BY_SIDE and any(not self.plain(name) for name in self._loose(node)):
                return True  # rows of another table stand next to these
            return self._function(node) in MIXING and any(self.is_rows(n) for n in ast.iter_child_nodes(node))
        if not isinstance(node, ast.Subscript) or not self.is_rows(node.value) or isinstance(node.ctx, ast.Store):
            return False
        chosen = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        if isinstance(chosen, ast.Slice):
            return any(end is not None for end in (chosen.lower, chosen.upper, chosen.step))
        return isinstance(chosen, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.BinOp)

    def _is_strange(self, node: ast.Call) -> bool:
        """A function on rows of which nobody knows whether it takes them one by one."""
        name = self._function(node)
        return name not in ROW_BY_ROW and any(self.is_rows(a) for a in (*node.args, *[k.value for k in node.keywords]))

    def _is_unknown(self, node: ast.AST) -> bool:
        if not isinstance(node, ast.Call) or self._is_statistic(node) or self._function(node) in STATISTICS:
            return False
        return self._function(node) not in FITTING and not self._is_constructor(node)

    def _is_constructor(self, node: ast.Call) -> bool:
        """``Word2Vec(texts)``: learns while it is made."""
        return node in self.learned and self._function(node)[:1].isupper()

    def _estimator(self, call: ast.Call, lines: list[str]) -> str | None:
        """The source of what transforms, given a name above where it has none yet."""
        if self._is_fit(call):
            made: str | None = self._render(call, None)
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "fit_transform":
            if variable(call.func.value) is not None:
                return self.context.source(call.func.value)
            made = self._render(call.func.value, None)
        else:
            name = SCALERS[self._function(call)]
            if isinstance(call.func, ast.Attribute):
                made = f"{self.context.source(call.func.value)}.{name}"
            else:
                made = self.editor.name_for("sklearn.preprocessing", name)
            if made is None or len(call.args) > 1 or any(k.arg in ("axis", "copy") for k in call.keywords):
                return None
            made += "(" + ", ".join(self.context.source(k) for k in call.keywords if k.arg not in _ROWS_KEYWORDS) + ")"
        if made is None:
            return None
        chosen = self._unused(_NAMES.get(self.learned[call].kind, "transformer"))
        lines += wrapped(f"{chosen} = ", made)
        return chosen

    def _unused(self, name: str) -> str:
        candidate, number = self.editor.unused(name), 2
        while candidate in self._made:
            candidate, number = self.editor.unused(f"{name}_{number}"), number + 1
        self._made.add(candidate)
        return candidate

    def _render(
        self, node: ast.AST, side: int | None, calls: dict[ast.AST, tuple[str, ast.Call]] | None = None
    ) -> str | None:
        """The source for one part: the training rows (None), or others by number."""

        def choose(inner: ast.AST) -> str | None:
            if calls and inner in calls:
                return self._call(calls[inner][0], calls[inner][1], side)
            if side is not None and self._is_statistic(inner):
                return self._render(inner, None)
            if isinstance(inner, ast.expr):
                parts = self.parts.get(ast.unparse(inner)) if self.parts else None
                if parts is not None:
                    return parts.train if side is None else parts.others[side]
            return None

        return self.editor.rendered(node, choose)

    def _call(self, estimator: str, call: ast.Call, side: int | None) -> str:
        if self._is_fit(call):
            return estimator
        named = [k for k in call.keywords if k.arg in _ROWS_KEYWORDS]
        rows = call.args[0] if call.args else named[0].value
        if side is not None:
            return f"{estimator}.transform({self._render(rows, side)})"
        if self._function(call) in SCALERS:
            return f"{estimator}.fit_transform({self._render(rows, None)})"
        given = [self._render(a, None) or "" for a in call.args]
        given += [f"{k.arg}={self._render(k.value, None)}" for k in call.keywords]
        return f"{estimator}.fit_transform({', '.join(given)})"

    def is_rows(self, node: ast.AST) -> bool:
        """Whether an expression has one value for each row."""
        if isinstance(node, ast.Attribute) and node.attr in _NOT_ROWS:
            return False
        if isinstance(node, ast.Call):
            name = self._function(node)
            if name in _NO_ROWS or name in FITTING - {"fit_transform"}:
                return False
            if self._is_constructor(node) or self._is_statistic(node):
                return False
        if isinstance(node, ast.expr) and ast.unparse(node) in self.parts:
            return True
        return any(self.is_rows(child) for child in ast.iter_child_nodes(node))


def wrapped(left: str, text: str | None) -> list[str]:
    """One statement, in parentheses over three lines where it would be too long."""
    if text is None:
        return []
    line = left + text
    if "\n" in line or len(line) <= LONGEST - 8 or not left:
        return [line]
    return [f"{left}(", f"    {text}", ")"]


def learned_in(context: Context, statements: list[ast.stmt]) -> dict[ast.AST, Learned]:
    """What is learned inside the statements, by call."""
    inside = {node for statement in statements for node in ast.walk(statement)}
    marks = (Learns.SCALE, Learns.IMPUTE, Learns.TEXT, Learns.SELECT, Learns.ENCODE, Learns.DECOMPOSE,
             Learns.STATISTIC, Learns.RESAMPLE, Learns.CATEGORIES, Learns.GROUP)  # fmt: skip
    return {one.node: one for one in context.flow.learned if one.kind in marks and one.node in inside}
