"""A helper that fits: it gets the training rows and the others, and is called below the split."""

from __future__ import annotations

import ast

from cst_tools.rules.edit import Editor
from cst_tools.rules.fixes.expand import Expansion, Parts, learned_in
from cst_tools.rules.fixes.parts import Parting, parting_at
from cst_tools.rules.fixes.variables import (
    holds_no_rows,
    read,
    says_shape_only,
    scope_of,
    stored,
    uses,
    uses_in_scope,
    variable,
)
from cst_tools.rules.fixes.vocabulary import NO_TRANSFORM
from cst_tools.rules.leak import Leak
from cst_tools.rules.rule import Context
from cst_tools.types import Fix, FixClass


def fit_in_helper(context: Context, leak: Leak) -> Fix | None:
    """Where the helper has one caller that gives it one table and splits the result."""
    helper = scope_of(context, leak.learned.node)
    if not isinstance(helper, ast.FunctionDef) or not helper.args.args or helper.args.vararg is not None:
        return None
    calls = [
        node
        for node in ast.walk(context.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == helper.name
    ]
    named = [n for n in context.names.get(helper.name, ()) if isinstance(n.ctx, ast.Load)]
    if len(calls) != 1 or len(named) != 1 or len(calls[0].args) != 1 or calls[0].keywords:
        return None
    if any(
        isinstance(n, ast.FunctionDef) and n.name == helper.name and n is not helper for n in ast.walk(context.tree)
    ):
        return None
    placed = context.statement_of(calls[0])
    if placed is None or not isinstance(placed[0], ast.Assign) or placed[0].value is not calls[0]:
        return None
    statement, body = placed[0], placed[1]
    result = variable(statement.targets[0]) if len(statement.targets) == 1 else None
    if result is None:
        return None
    for below in body[body.index(statement) + 1 :]:
        if result not in read(below):
            continue
        parting = parting_at(context, body, below, getattr(below, "value", None) or below)
        if parting is not None:
            return _Rewriting(context, helper, calls[0], statement, body, result, parting).fix()
        if not all(says_shape_only(context, use) for name, use in uses(below) if name == result):
            return None
    return None


class _Rewriting:
    def __init__(
        self,
        context: Context,
        helper: ast.FunctionDef,
        call: ast.Call,
        statement: ast.Assign,
        body: list[ast.stmt],
        result: str,
        parting: Parting,
    ) -> None:
        self.context, self.helper, self.call, self.statement = context, helper, call, statement
        self.body, self.result, self.parting = body, result, parting
        self.editor = Editor(context)

    def fix(self) -> Fix | None:
        found = [(a, p) for a, p in self.parting.tables if variable(a) == self.result]
        if len(found) != 1 or not self._is_free():
            return None
        argument, parts = found[0]
        if not self._rewrite(parts) or not self.editor.delete(self.statement, keep_comment=True):
            return None
        together = ", ".join((parts.train, *parts.others))
        if not self.editor.insert_after(self.parting.last, f"{together} = {self.helper.name}({together})"):
            return None
        given = self.call.args[0]
        if ast.unparse(given) != self.result:
            self.editor.replace(argument, self.context.source(given))
        title = f"Call `{self.helper.name}` below the split, and fit in it on the training rows"
        return Fix(title, FixClass.REVIEW, self.editor.edits)

    def _is_free(self) -> bool:
        """Nothing else reads the result or changes what it is made from."""
        between = self.body[self.body.index(self.statement) + 1 : self.body.index(self.parting.first)]
        if stored(between) & (read(self.call) | {self.result}):
            return False
        last = self.parting.last.end_lineno or self.parting.last.lineno
        scope = scope_of(self.context, self.statement)
        same = ast.unparse(self.call.args[0]) == self.result
        for use in uses_in_scope(self.context, scope, self.result):
            if use.lineno > last and not (same and says_shape_only(self.context, use)):
                return False
            if use.lineno in range((self.statement.end_lineno or 0) + 1, self.parting.first.lineno) and not same:
                return False
        return True

    def _rewrite(self, parts: Parts) -> bool:
        """The helper's body, once for each part."""
        table = self.helper.args.args[0]
        if len(self.helper.args.args) != 1 or self.helper.args.kwonlyargs or self.helper.args.defaults:
            return False
        count = len(parts.others)
        mapping = {table.arg: self._parts(table.arg, count)}
        learned = learned_in(self.context, self.helper.body)
        if any(one.what.startswith(NO_TRANSFORM) for one in learned.values()):
            return False
        expansion = Expansion(
            self.context, self.editor, mapping, learned, plain=lambda n: holds_no_rows(self.context, self.helper, n)
        )
        for statement in self.helper.body[:-1]:
            if not read(statement) & set(mapping):
                continue
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            name = variable(target)
            if isinstance(statement, ast.Assign) and name is not None and expansion.is_rows(statement.value):
                mapping.setdefault(name, self._parts(name, count))
            if not self._replace(statement, expansion.statement(statement)):
                return False
        last = self.helper.body[-1]
        if not isinstance(last, ast.Return) or last.value is None or _returns_elsewhere(self.helper):
            return False
        returned = variable(last.value)
        if returned in mapping and returned is not None:
            names, lines = mapping[returned], []
        else:
            names = mapping[table.arg]
            made = expansion.for_parts(ast.Name(table.arg, ast.Store()), " = ", last.value, names)
            if made is None or not expansion.is_rows(last.value):
                return False
            lines = made
        together = ", ".join((names.train, *names.others))
        self.editor.replace(table, ", ".join((mapping[table.arg].train, *mapping[table.arg].others)))
        return self._replace(last, [*lines, f"return {together}"])

    def _parts(self, name: str, count: int) -> Parts:
        if count == 1:
            return Parts(name, (self.editor.unused(f"{name}_test"),))
        return Parts(name, tuple(self.editor.unused(f"{name}_{number}") for number in range(2, count + 2)))

    def _replace(self, statement: ast.stmt, lines: list[str] | None) -> bool:
        indentation = self.editor.indentation(statement)
        if lines is None or indentation is None or isinstance(self.helper.args.args[0].annotation, ast.expr):
            return False
        self.editor.replace(statement, f"{self.editor.newline}{indentation}".join(lines))
        return True


def _returns_elsewhere(helper: ast.FunctionDef) -> bool:
    inner = [n for n in ast.walk(helper) if isinstance(n, ast.Return | ast.Yield | ast.YieldFrom)]
    return len(inner) != 1
