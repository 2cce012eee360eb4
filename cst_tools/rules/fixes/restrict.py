"""Learn where it stands, from the training rows of the same table: slices, masks, index arrays, folds."""

from __future__ import annotations

import ast

from cst_tools.flow.values import Learned, Learns
from cst_tools.rules.edit import Editor
from cst_tools.rules.fixes.chain import Chain, chain_between, ends_of
from cst_tools.rules.fixes.expand import LONGEST, learned_in, wrapped
from cst_tools.rules.fixes.facts import in_loop, in_one_cell, is_inside, literal_names, makes_numbers, statement_in
from cst_tools.rules.fixes.kinds import Kind, kind_of
from cst_tools.rules.fixes.selections import Selection, selections_of, trained_on
from cst_tools.rules.fixes.variables import (
    says_shape_only,
    scope_of,
    stored,
    stores_of,
    subject,
    uses,
    uses_in_scope,
    variable,
)
from cst_tools.rules.fixes.vocabulary import NO_TRANSFORM, SCALERS, STATISTICS
from cst_tools.rules.leak import Leak
from cst_tools.rules.rule import Context
from cst_tools.types import Fix, FixClass

TITLE = "Fit on the training rows alone"
_ROWS_KEYWORDS = ("X", "raw_documents")


def fit_on_selection(context: Context, leak: Leak) -> Fix | None:
    """``fit(X[:n]).transform(X)`` for ``fit_transform(X)``; None where the training rows have no such name."""
    placed = context.statement_of(leak.learned.node)
    if placed is None:
        return None
    body = placed[1]
    parent = context.parents.get(placed[0])
    while isinstance(parent, ast.For | ast.If) and parent.body is body:
        holder = context.statement_of(parent)
        if holder is None:
            return None
        body, parent = holder[1], context.parents.get(parent)
    first = statement_in(context, body, leak.learned.node)
    if first is None:
        return None
    scope = scope_of(context, first)
    start = body.index(first)
    for end in ends_of(body, start):  # up to the first statement that chooses rows of what was made
        chain = chain_between(context, body[start:end])
        if chain is None:
            return None
        found = _chosen(context, scope, chain, body[end])
        if found is not None:
            return _Restriction(context, leak, scope, body, chain, body[end], *found).fix()
    return None


def _chosen(context: Context, scope: ast.AST, chain: Chain, below: ast.stmt) -> tuple[str, list[Selection]] | None:
    """The table that ``below`` chooses rows of, and all that is chosen of it."""
    for name in sorted(chain.tables | chain.inside):
        if any(key == name and not says_shape_only(context, node) for key, node in uses(below)):
            found = selections_of(context, scope, name, below.lineno)
            if found:
                return name, found
    return None


class _Restriction:
    def __init__(
        self,
        context: Context,
        leak: Leak,
        scope: ast.AST,
        body: list[ast.stmt],
        chain: Chain,
        below: ast.stmt,
        table: str,
        found: list[Selection],
    ) -> None:
        self.context, self.leak, self.scope, self.body = context, leak, scope, body
        self.chain, self.below, self.table, self.found = chain, below, table, found
        self.editor = Editor(context)
        self.learned: dict[ast.AST, Learned] = learned_in(context, chain.moved)
        self.new_name = table
        self.seen = False

    def fix(self) -> Fix | None:
        selection = trained_on(self.context, self.found)
        if selection is None or any(one.what.startswith(NO_TRANSFORM) for one in self.learned.values()):
            return None
        self.selection = selection
        supplied = self._supplied()
        if supplied is None or not self._uses_are_known():
            return None
        if supplied == "here":
            return self._in_place()
        return self._in_loop() if supplied == "loop" else self._sunk()

    def _supplied(self) -> str | None:
        """Where the variables of the selection get their values: above, between, or in the loop's head."""
        names = self.selection.names - self.chain.tables - self.chain.inside
        first, last = self.chain.moved[0].lineno, self.below.lineno
        where = "here"
        for name in names:
            places = [u.lineno for u in stores_of(self.context, self.scope, name)]
            if any(line < first for line in places) or not places:
                continue
            if any(first <= line < last for line in places):
                where = "between" if where == "here" else where
            elif isinstance(self.below, ast.For) and name in stored(self.below.target):
                where = "loop"
            else:
                return None
        if isinstance(self.below, ast.For) and where != "loop":
            return None
        return where

    def _uses_are_known(self) -> bool:
        """Every later use of the table chooses rows of it, or asks for its size."""
        known = {s.table for s in self.found}
        end = self.below.end_lineno or self.below.lineno
        for use in uses_in_scope(self.context, self.scope, self.table):
            if use.lineno < self.below.lineno or use in known:
                continue
            if not isinstance(getattr(use, "ctx", None), ast.Load):
                return False
            if isinstance(self.below, ast.For) and use.lineno > end and use not in known:
                return False
            if not says_shape_only(self.context, use) and not self._is_fold_source(use) and not self._is_key(use):
                return False
        return True

    def _is_key(self, use: ast.expr) -> bool:
        """A column that the moved statements leave alone, inside a selector: ``df[df["year"] < 2020]``."""
        column = self.context.parents.get(use)
        names = literal_names(column.slice) if isinstance(column, ast.Subscript) and column.value is use else None
        written: set[str] = set()
        for statement in self.chain.moved:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            listed = literal_names(target.slice) if isinstance(target, ast.Subscript) else None
            if listed is None:
                return False
            written |= listed
        inside = any(is_inside(s.selector, use) for s in self.found)
        return inside and names is not None and not names & written

    def _is_fold_source(self, use: ast.expr) -> bool:
        return isinstance(self.below, ast.For) and is_inside(self.below.iter, use)

    def _base(self) -> ast.expr | None:
        """What the first moved statement transforms."""
        first = next((n for s in self.chain.moved for n in ast.walk(s) if n in self.learned), None)
        return subject(self.context, first) if first is not None else None

    def _in_place(self) -> Fix | None:
        texts = {node: self._learning(node, learned) for node, learned in self.learned.items()}
        for statement in self.chain.moved:
            inner = [node for node in ast.walk(statement) if node in texts]
            if any(texts[node] is None or any(is_inside(o, node) for o in inner if o is not node) for node in inner):
                return None
            more = sum(len(texts[node] or "") - len(self.context.source(node)) for node in inner)
            if not isinstance(statement, ast.Assign) or self._fits(statement, more):
                for node in inner:
                    self.editor.replace(node, texts[node] or "")
                continue
            indentation, line = self.editor.indentation(statement) or "", self.editor.newline
            value = texts.get(statement.value) or self.editor.rendered(statement.value, texts.get)
            self.editor.replace(statement.value, f"({line}{indentation}    {value}{line}{indentation})")
        return self._fix()

    def _fits(self, statement: ast.stmt, more: int) -> bool:
        """Whether the statement's line may grow by so many characters."""
        index = self.context.script.index
        line = index.line_span(index.line_of(self.context.script.span_of(statement).end))
        length = line.end - line.start
        return length + more <= max(LONGEST, length)

    def _sunk(self) -> Fix | None:
        lines = self._lines()
        base = self._base()
        if lines is None or base is None or not all(self.editor.delete(s) for s in self.chain.moved):
            return None
        if self.table in self.chain.tables and not self._renames_sizes(base, self.chain.kept):
            return None
        return self._fix() if self.editor.insert_before(self.below, *lines) else None

    def _renames_sizes(self, base: ast.expr, statements: list[ast.stmt]) -> bool:
        """Statements above ask the old table for its size now."""
        if ast.unparse(base) == self.table:
            return True
        for name, use in uses(statements):
            if name in self.chain.tables and not makes_numbers(use, self.learned):
                self.editor.replace(use, self.context.source(base))
        return True

    def _in_loop(self) -> Fix | None:
        assert isinstance(self.below, ast.For)
        base = self._base()
        if base is None or self.table not in self.chain.tables or self.table in self.chain.inside:
            return None
        if self.table in {name for name, _ in uses(base)}:
            self.new_name = self.editor.unused(f"{self.table.removeprefix('self.')}_fitted")
        lines = self._lines()
        if lines is None or not all(self.editor.delete(s) for s in self.chain.moved):
            return None
        for use in uses_in_scope(self.context, self.scope, self.table):
            if use.lineno < self.below.lineno:
                continue
            if use in {s.table for s in self.found}:
                if self.new_name != self.table:
                    self.editor.replace(use, self.new_name)
            elif self.new_name == self.table:
                self.editor.replace(use, self.context.source(base))
        if not self._renames_sizes(base, self.chain.kept):
            return None
        return self._fix() if self.editor.insert_before(self.below.body[0], *lines) else None

    def _fix(self) -> Fix:
        review = any(one.kind in (Learns.ENCODE, Learns.CATEGORIES) for one in self.learned.values())
        touched = [*self.chain.moved, self.below]
        review = review or not in_one_cell(self.context, touched) or in_loop(self.context, self.chain.moved[0])
        return Fix(TITLE, FixClass.REVIEW if review else FixClass.SAFE, self.editor.edits)

    def _lines(self) -> list[str] | None:
        lines: list[str] = []
        for statement in self.chain.moved:
            if not isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
                return None
            inner = {node for node in ast.walk(statement) if node in self.learned}
            new = {node: self._learning(node, self.learned[node]) for node in inner}
            if any(text is None for text in new.values()):
                return None
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            rename = self.seen
            if variable(target) == self.table:
                self.seen = True

            def choose(node: ast.AST, new: dict[ast.AST, str | None] = new, rename: bool = rename) -> str | None:
                return new[node] if node in new else self._renamed(node, rename)

            if target is not None and isinstance(statement, ast.Assign):
                left = self.new_name if variable(target) == self.table else self.context.source(target)
                text = self.editor.rendered(statement.value, choose)
                if isinstance(statement.value, ast.AST) and statement.value in new:
                    text = new[statement.value] or text
                made = wrapped(f"{left} = ", text)
            else:
                made = [self.editor.rendered(statement, choose)]
            comment = self.editor.trailing_comment(statement)
            if comment:
                made = [comment, *made]
            lines += made
        return lines

    def _renamed(self, node: ast.AST, rename: bool) -> str | None:
        return self.new_name if rename and self.new_name != self.table and variable(node) == self.table else None

    def _learning(self, node: ast.AST, learned: Learned) -> str | None:
        """The source of a call that learns, from the selected rows."""
        if not isinstance(node, ast.Call):
            return None
        rows = subject(self.context, node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if rows is None:
            return None
        fewer = self._selected(rows)
        if fewer is None:
            return None
        whole = self.editor.rendered(rows, lambda n: self._renamed(n, self.seen))
        if name in SCALERS and not any(k.arg in ("axis", "copy") for k in node.keywords) and len(node.args) == 1:
            made = SCALERS[name]
            if isinstance(node.func, ast.Attribute):
                made = f"{self.context.source(node.func.value)}.{made}"
            elif self.editor.name_for("sklearn.preprocessing", made) is None:
                return None
            options = ", ".join(self.context.source(k) for k in node.keywords)
            return f"{made}({options}).fit({fewer}).transform({whole})"
        if name in STATISTICS:
            return self.editor.rendered(node, lambda n: fewer if n is rows else self._renamed(n, self.seen))
        if name not in ("fit", "fit_transform") or not isinstance(node.func, ast.Attribute):
            return None
        given = [fewer]
        for argument in node.args[1:]:
            labels = self._selected(argument)
            if labels is None:
                return None
            given.append(labels)
        for keyword in node.keywords:
            chosen = self._selected(keyword.value)
            if chosen is None or (keyword.arg not in ("y", *_ROWS_KEYWORDS)):
                return None
            given = [] if keyword.arg in _ROWS_KEYWORDS else given
            given.append(f"{keyword.arg}={chosen}")
        fitted = f"{self.context.source(node.func.value)}.fit({', '.join(given)})"
        return fitted if name == "fit" else f"{fitted}.transform({whole})"

    def _selected(self, rows: ast.expr) -> str | None:
        """The training rows of an expression."""
        text = self.editor.rendered(rows, lambda n: self._renamed(n, self.seen))
        if isinstance(rows, ast.BinOp | ast.UnaryOp | ast.Compare | ast.Lambda):
            text = f"({text})"
        chosen = self.selection
        owner = variable(rows)
        if owner is not None and owner != self.table:
            same = [s for s in selections_of(self.context, self.scope, owner, 0) if s.rows == chosen.rows]
            if same:
                return f"{text}{same[0].accessor}[{chosen.rows}]"
        kind = kind_of(self.context, self.scope, rows, rows.lineno)
        if chosen.is_slice:
            return f"{text}.loc[{chosen.rows}]" if chosen.accessor == ".loc" else f"{text}[{chosen.rows}]"
        if chosen.is_mask(self.found):
            return f"{text}[{chosen.rows}]"
        if kind is Kind.FRAME:
            return f"{text}{'.loc' if chosen.accessor == '.loc' else '.iloc'}[{chosen.rows}]"
        if kind is Kind.ARRAY:
            return f"{text}[{chosen.rows}]"
        return None
