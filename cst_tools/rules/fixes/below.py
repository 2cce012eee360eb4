"""Split first: the statements that learn go below the split, learn from the training rows and serve all parts."""

from __future__ import annotations

import ast

from cst_tools.flow.values import Learns
from cst_tools.rules.edit import Editor
from cst_tools.rules.fixes.chain import Chain, chain_between
from cst_tools.rules.fixes.expand import Expansion, Parts, learned_in
from cst_tools.rules.fixes.facts import (
    dropped_names,
    in_loop,
    in_one_cell,
    literal_names,
    loses_the_index,
    makes_numbers,
    pairs_of,
    statement_in,
)
from cst_tools.rules.fixes.parts import Parting, parting_at
from cst_tools.rules.fixes.variables import (
    holds_no_rows,
    modules,
    root,
    says_shape_only,
    scope_of,
    stored,
    subject,
    uses,
    uses_in_scope,
    variable,
)
from cst_tools.rules.fixes.vocabulary import NO_TRANSFORM
from cst_tools.rules.leak import Leak
from cst_tools.rules.rule import Context
from cst_tools.types import Fix, FixClass

TITLE = "Split first, then fit on the training rows"
_REVIEWED = (Learns.CATEGORIES, Learns.ENCODE)


def fit_below_split(context: Context, leak: Leak) -> Fix | None:
    """Move what learns below the split; None when it is not that simple."""
    split = context.flow.splits.get(leak.split) if leak.split is not None else None
    if split is None or split.folds:
        return None
    target = context.statement_of(split.node)
    first = statement_in(context, target[1], leak.learned.node) if target is not None else None
    if target is None or first is None:
        return None
    body = target[1]
    for statement in body[body.index(first) + 1 : body.index(target[0]) + 1]:
        call = split.node if statement is target[0] else getattr(statement, "value", None)
        parting = parting_at(context, body, statement, call) if isinstance(call, ast.AST) else None
        if parting is None:
            continue
        chain = chain_between(context, body[body.index(first) : body.index(statement)])
        fix = _Move(context, leak, body, chain, parting).fix() if chain is not None else None
        if fix is not None:
            return fix
    return None


class _Move:
    def __init__(self, context: Context, leak: Leak, body: list[ast.stmt], chain: Chain, parting: Parting) -> None:
        self.context, self.leak, self.body, self.chain, self.parting = context, leak, body, chain, parting
        self.editor = Editor(context)
        self.scope = scope_of(context, chain.moved[0])
        self.learned = learned_in(context, chain.moved)
        self.review = False

    def fix(self) -> Fix | None:
        main = self._main()
        if main is None or any(one.what.startswith(NO_TRANSFORM) for one in self.learned.values()):
            return None
        argument, parts, table = main
        base = self._base(table)
        if base is None or not self._is_free_below(table, base, parts):
            return None
        lines = self._lines(argument, parts, table, base)
        if lines is None or not all(self.editor.delete(s) for s in self.chain.moved):
            return None
        if self.parting.returned:
            self.editor.replace_start(self.parting.first, "return ", f"{', '.join(self.parting.returned)} = ")
            lines.append(f"return [{', '.join(self.parting.returned)}]")
        if not self.editor.insert_after(self.parting.last, *lines):
            return None
        if ast.unparse(argument) != ast.unparse(base) and table in self.chain.tables:
            self.editor.replace(argument, self.context.source(base) if hasattr(base, "lineno") else ast.unparse(base))
        return Fix(TITLE, FixClass.REVIEW if self.review or self._needs_review() else FixClass.SAFE, self.editor.edits)

    def _main(self) -> tuple[ast.expr, Parts, str] | None:
        """The parted expression that the moved statements are about, its parts, and the variable in it."""
        found = []
        for argument, parts in self.parting.tables:
            names = {name for name, _ in uses(argument)} & self.chain.touched
            names -= self.chain.fitted
            if len(names) == 1:
                found.append((argument, parts, names.pop()))
        if not self.chain.tables | self.chain.inside:
            return self._fitted_alone()
        bound = [f for f in found if f[2] in self.chain.tables]
        if bound:
            return bound[0] if len(bound) == 1 else None
        written = [f for f in found if f[2] in self.chain.inside or f[2] in self.chain.frames]
        kept = [f for f in written if self._may_hold_columns(f[2])]
        return kept[0] if len(kept) == 1 else None

    def _fitted_alone(self) -> tuple[ast.expr, Parts, str] | None:
        """The table of a fit that transforms nothing before the split."""
        first = next((n for s in self.chain.moved for n in ast.walk(s) if n in self.learned), None)
        table = subject(self.context, first) if first is not None else None
        for argument, parts in self.parting.tables:
            name = variable(argument)
            if table is not None and name is not None and name in (variable(table), root(table)):
                return argument, parts, name
        return None

    def _may_hold_columns(self, name: str) -> bool:
        """Whether a view has the columns that the moved statements write: not ``y = df["y"]``."""
        if name in self.chain.inside:
            return True
        columns = self._columns()
        for statement in self.chain.kept:
            for target, value in pairs_of(statement):
                if variable(target) != name:
                    continue
                if isinstance(value, ast.Attribute):
                    return False
                if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
                    return False
                listed = literal_names(value.slice) if isinstance(value, ast.Subscript) else None
                dropped = dropped_names(value)
                if columns is None or (listed is None and dropped is None):
                    self.review = True
                elif (listed is not None and not columns <= listed) or (dropped is not None and columns & dropped):
                    return False
                if isinstance(value, ast.Call) and "get_dummies" in ast.unparse(value.func):
                    self.review = True
        return True

    def _columns(self) -> set[str] | None:
        """Names of the columns that are written, where all are literals."""
        found: set[str] = set()
        for statement in self.chain.moved:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            names = literal_names(target.slice) if isinstance(target, ast.Subscript) else None
            if names is None:
                return None
            found |= names
        return found

    def _base(self, table: str) -> ast.expr | None:
        """What is parted instead: the table before the moved statements, in one expression that is all they read."""
        first = next((n for s in self.chain.moved for n in ast.walk(s) if n in self.learned), None)
        found = subject(self.context, first) if first is not None else None
        owner = root(found) if found is not None else None
        if found is None or owner is None or owner in modules(self.context) or self._learns_inside_another_scope():
            return None
        if table not in self.chain.tables:
            known = owner == table or self.chain.views.get(table) == owner
            return ast.Name(owner, ast.Load()) if known else None
        learning = next(s for s in self.chain.moved if any(n in self.learned for n in ast.walk(s)))
        target = learning.targets[0] if isinstance(learning, ast.Assign) else None
        in_place = isinstance(target, ast.Subscript) or not isinstance(learning, ast.Assign | ast.Expr | ast.AugAssign)
        if not in_place and self._is_all_that_is_read(found, owner):
            return found
        return ast.Name(table, ast.Load()) if owner == table or table in self.chain.views else None

    def _learns_inside_another_scope(self) -> bool:
        scopes = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
        inner = [n for s in self.chain.moved for n in ast.walk(s) if isinstance(n, scopes)]
        return any(node in self.learned for outer in inner for node in ast.walk(outer))

    def _is_all_that_is_read(self, base: ast.expr, owner: str) -> bool:
        """Whether the moved statements read the table ``owner`` in this very expression only, its names aside."""
        text = ast.unparse(base)

        def others(node: ast.AST) -> bool:
            if isinstance(node, ast.expr) and ast.unparse(node) == text:
                return False
            if variable(node) == owner and isinstance(getattr(node, "ctx", None), ast.Load):
                return not says_shape_only(self.context, node)  # type: ignore[arg-type]  # variables are expressions
            return any(others(child) for child in ast.iter_child_nodes(node))

        reading = [s for s in self.chain.moved if not self._binds_above(s, owner)]
        return not any(others(s) for s in reading)

    def _binds_above(self, statement: ast.stmt, owner: str) -> bool:
        """Whether a moved statement above this one has bound the variable anew."""
        above = self.chain.moved[: self.chain.moved.index(statement)]
        return any(variable(t) == owner for s in above if isinstance(s, ast.Assign) for t in s.targets)

    def _is_free_below(self, table: str, base: ast.expr, parts: Parts) -> bool:
        """Nothing else depends on the table as the moved statements left it."""
        changed = stored([s for s in self.chain.kept if s not in self.chain.moved])
        owners = {name for name, _ in uses(base)} if table in self.chain.tables else set()
        if owners & changed - set(self.chain.views):
            return False
        keeps = all(one.kind in (Learns.SCALE, Learns.IMPUTE, Learns.STATISTIC) for one in self.learned.values())
        below = self.parting.last.end_lineno or self.parting.last.lineno
        outside = (self.parting.first, self.parting.last)
        for name in self.chain.tables | self.chain.inside:
            if name not in self.chain.inside and not self._holds_rows(name):
                continue
            for use in uses_in_scope(self.context, self.scope, name):
                if use.lineno > below and isinstance(getattr(use, "ctx", None), ast.Store):
                    break
                if use.lineno <= below:
                    if (
                        any(use in ast.walk(s) for s in outside)
                        and not self._is_parted(use)
                        and (name in self.chain.tables or not says_shape_only(self.context, use))
                        and not self._is_index(use)
                    ):
                        return False
                    continue
                if name in (parts.train, *parts.others):
                    continue
                if says_shape_only(self.context, use) and keeps and (name not in self.chain.tables or _is(base, name)):
                    continue
                if self._asks_width(use):
                    self.editor.replace(use, parts.train)
                    continue
                return False
        return True

    def _holds_rows(self, name: str) -> bool:
        """Whether a variable bound by the moved statements is a table, and neither a number nor an estimator."""
        below = [f for f in self.parting.tables if name in {n for n, _ in uses(f[0])}]
        return bool(below) or any(
            isinstance(s, ast.Assign) and variable(s.targets[0]) == name and not makes_numbers(s.value, self.learned)
            for s in self.chain.moved
        )

    def _is_parted(self, use: ast.expr) -> bool:
        return any(use in ast.walk(argument) for argument, _ in self.parting.tables)

    def _is_index(self, use: ast.expr) -> bool:
        """``df.sample(...)`` and ``df.drop(train.index)`` themselves."""
        return self.parting.first is not self.parting.last and variable(use) == variable(self.parting.tables[0][0])

    def _asks_width(self, use: ast.expr) -> bool:
        parent = self.context.parents.get(use)
        above = self.context.parents.get(parent) if parent is not None else None
        return (
            isinstance(parent, ast.Attribute)
            and parent.attr == "shape"
            and isinstance(above, ast.Subscript)
            and isinstance(above.slice, ast.Constant)
            and above.slice.value == 1
        )

    def _lines(self, argument: ast.expr, parts: Parts, table: str, base: ast.expr) -> list[str] | None:
        mapping = {
            ast.unparse(a): p for a, p in self.parting.tables if not {n for n, _ in uses(a)} & self.chain.touched
        }
        mapping[ast.unparse(base)] = parts
        mapping[table] = parts
        for view, source in self.chain.views.items():
            if view == table:
                mapping[source] = parts
        mapping |= {name: parts for name in self.chain.tables if name != table and self._holds_rows(name)}
        expansion = Expansion(self.context, self.editor, mapping, self.learned, plain=self._is_plain)
        lines: list[str] = []
        bound = ""
        for statement in self.chain.moved:
            new = expansion.statement(statement)
            if new is None:
                return None
            if not isinstance(statement, ast.For | ast.If):
                new = expansion.commented(statement, new)
            lines += new
            target = None
            if isinstance(statement, ast.Assign | ast.AugAssign):
                target = variable(statement.targets[0] if isinstance(statement, ast.Assign) else statement.target)
            if target is not None and target in mapping:
                bound = target  # the parts hold this stage from here on
                if not self._leaves_behind(statement, target, base):
                    return None
                if not _is(base, table) and target == table:
                    mapping.pop(ast.unparse(base), None)
        if table in self.chain.tables and bound != table:
            return None
        if variable(argument) is None and table in self.chain.tables:
            wrapped = [
                self.editor.rendered(argument, lambda n, name=name: name if variable(n) == table else None)  # type: ignore[misc]  # bound now
                for name in (parts.train, *parts.others)
            ]
            lines.append(f"{', '.join((parts.train, *parts.others))} = {', '.join(wrapped)}")
        self.review = self.review or expansion.review
        return lines

    def _leaves_behind(self, statement: ast.stmt, target: str, base: ast.expr) -> bool:
        """Below the statement that binds a new table, earlier ones are asked for their columns alone."""
        later = self.chain.moved[self.chain.moved.index(statement) + 1 :]
        earlier = {name for s in self.chain.moved[: self.chain.moved.index(statement) + 1] for name in stored(s)}
        owners = ({name for name, _ in uses(base)} | {n for n in earlier if self._holds_rows(n)}) - {target}
        owners -= self.chain.fitted | modules(self.context)
        for name, node in uses(later):
            parent = self.context.parents.get(node)
            if name in owners and not (isinstance(parent, ast.Attribute) and parent.attr == "columns"):
                return False
        return True

    def _is_plain(self, name: str) -> bool:
        return name in self.chain.tables or holds_no_rows(self.context, self.scope, name)

    def _needs_review(self) -> bool:
        if any(one.kind in _REVIEWED for one in self.learned.values()):
            return True
        touched = [*self.chain.moved, self.parting.first, self.parting.last]
        if not in_one_cell(self.context, touched) or in_loop(self.context, self.chain.moved[0]):
            return True
        return any(loses_the_index(n) for s in self.chain.moved for n in ast.walk(s))


def _is(base: ast.expr, name: str) -> bool:
    return ast.unparse(base) == name
