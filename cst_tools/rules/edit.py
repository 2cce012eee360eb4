"""Edits of a script by syntax node, for fixes."""

from __future__ import annotations

import ast

from cst_tools.rules.rule import Context
from cst_tools.types import Edit, Span


class Editor:
    """Collects edits; positions are those of the script as it is."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.script = context.script
        self._edits: list[Edit] = []

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(sorted(self._edits, key=lambda e: e.span))

    @property
    def newline(self) -> str:
        return "\r\n" if "\r\n" in self.script.text else "\n"

    def replace(self, node: ast.AST, text: str) -> None:
        self._edits.append(Edit(self.script.span_of(node), text))

    def indentation(self, statement: ast.stmt) -> str | None:
        """The blanks before a statement that starts its line; None when something else does."""
        span = self.script.span_of(statement)
        line = self.script.index.line_span(self.script.index.line_of(span.start))
        before = self.script.text[line.start : span.start]
        return before if not before.strip() else None

    def _lines(self, statement: ast.stmt) -> Span | None:
        """Whole lines of a statement that has them to itself, line end included."""
        if self.indentation(statement) is None:
            return None
        span = self.script.span_of(statement)
        index = self.script.index
        first, last = index.line_span(index.line_of(span.start)), index.line_span(index.line_of(span.end))
        rest = self.script.text[span.end : last.end].strip()
        if rest and not rest.startswith("#"):
            return None
        text, end = self.script.text, last.end
        if text[end : end + 2] == "\r\n":
            end += 2
        elif end < len(text):
            end += 1
        return Span(first.start, end)

    def delete(self, statement: ast.stmt) -> bool:
        """Remove a statement with its lines; False when it shares them or is all its block has."""
        holder = self.context.statement_of(statement)
        lines = self._lines(statement)
        if holder is None or lines is None or len(holder[1]) < 2:
            return False
        self._edits.append(Edit(lines, ""))
        return True

    def insert_before(self, statement: ast.stmt, *lines: str) -> bool:
        indentation = self.indentation(statement)
        if indentation is None:
            return False
        start = self.script.index.line_span(self.script.index.line_of(self.script.span_of(statement).start)).start
        self._edits.append(Edit(Span(start, start), "".join(indentation + line + self.newline for line in lines)))
        return True

    def insert_after(self, statement: ast.stmt, *lines: str) -> bool:
        indentation, whole = self.indentation(statement), self._lines(statement)
        if indentation is None or whole is None:
            return False
        text = "".join(indentation + line + self.newline for line in lines)
        if whole.end == len(self.script.text) and not self.script.text.endswith(("\n", "\r")):
            text = self.newline + text.rstrip("\r\n")
        self._edits.append(Edit(Span(whole.end, whole.end), text))
        return True

    def name_for(self, module: str, name: str) -> str | None:
        """How the script calls ``module.name``, importing it at the top when it does not yet; None if it cannot be."""
        tree = self.context.tree
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if alias.name == name:
                        return alias.asname or name
        first = next((n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)), None)
        if first is None or self.is_used(name):
            return None
        last = first
        for node in tree.body[tree.body.index(first) :]:
            if not isinstance(node, ast.Import | ast.ImportFrom):
                break
            last = node
        return name if self.insert_after(last, f"from {module} import {name}") else None

    def is_used(self, name: str) -> bool:
        return name in self.context.names or name in self.context.defined

    def unused(self, name: str) -> str:
        candidate, number = name, 2
        while self.is_used(candidate):
            candidate, number = f"{name}_{number}", number + 1
        return candidate

    def substituted(self, node: ast.AST, names: dict[str, str], calls: dict[ast.AST, str] | None = None) -> str:
        """The source of ``node`` with names, and some nodes, replaced."""
        base = self.script.span_of(node).start
        text = self.script.slice(self.script.span_of(node))
        changes = []
        for inner in ast.walk(node):
            if calls and inner in calls:
                changes.append((self.script.span_of(inner), calls[inner]))
            elif isinstance(inner, ast.Name) and inner.id in names:
                changes.append((self.script.span_of(inner), names[inner.id]))
        outer = [c for c in changes if not any(o[0] != c[0] and o[0].contains(c[0]) for o in changes)]
        for span, new in sorted(outer, reverse=True):
            text = text[: span.start - base] + new + text[span.end - base :]
        return text


def loads(nodes: list[ast.stmt] | ast.AST, name: str) -> list[ast.Name]:
    """Every read of a name."""
    roots = nodes if isinstance(nodes, list) else [nodes]
    return [
        n
        for root in roots
        for n in ast.walk(root)
        if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
    ]


def reads(context: Context, name: str) -> list[ast.Name]:
    """Every read of a name in the whole program."""
    return [n for n in context.names.get(name, ()) if isinstance(n.ctx, ast.Load)]


def binds(nodes: list[ast.stmt], name: str) -> bool:
    return any(
        isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load)
        for root in nodes
        for n in ast.walk(root)
    )
