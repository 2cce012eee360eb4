"""Edits of a script by syntax node, for fixes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from cst_tools.edits import minimal_edits
from cst_tools.rules.rule import Context
from cst_tools.types import Edit, Span

if TYPE_CHECKING:
    from cst_tools.imports import Wanted


class Editor:
    """Collects edits; positions are those of the script as it is."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.script = context.script
        self._edits: list[Edit] = []
        self._wanted: list[Wanted] = []

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(sorted([*self._edits, *self._imports()], key=lambda e: e.span))

    @property
    def newline(self) -> str:
        text = self.script.text
        if "\n" not in text and "\r" in text:
            return "\r"
        return "\r\n" if "\r\n" in text else "\n"

    def replace(self, node: ast.AST, text: str) -> None:
        self._edits.append(Edit(self.script.span_of(node), text))

    def replace_start(self, node: ast.AST, old: str, new: str) -> None:
        """Put ``new`` for the text ``old`` that the node begins with."""
        start = self.script.span_of(node).start
        self._edits.append(Edit(Span(start, start + len(old)), new))

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
        if end == self._end_of_cell(span):
            return Span(first.start, end)
        if text[end : end + 2] == "\r\n":
            end += 2
        elif end < len(text):
            end += 1
        return Span(first.start, end)

    def _end_of_cell(self, span: Span) -> int:
        """Where the text that an edit may reach from here ends: the notebook's cell, or the file."""
        cell = self.script.cell_of(span)
        return self.script.cells[cell[0]].end if cell is not None else len(self.script.text)

    def delete(self, statement: ast.stmt, *, keep_comment: bool = False) -> bool:
        """Remove a statement with its lines; False when it shares them or is all its block has.

        ``keep_comment`` leaves the comment behind it on a line of its own.
        """
        holder = self.context.statement_of(statement)
        lines = self._lines(statement)
        if holder is None or lines is None or len(holder[1]) < 2:
            return False
        comment = self.trailing_comment(statement) if keep_comment else ""
        if comment:
            span = self.script.span_of(statement)
            end = self.script.text.index(comment, span.end)
            self._edits.append(Edit(Span(span.start, end), ""))
            return True
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
        end = self._end_of_cell(self.script.span_of(statement))
        if whole.end == end and not self.script.text[: whole.end].endswith(("\n", "\r")):
            text = self.newline + text.rstrip("\r\n")
        self._edits.append(Edit(Span(whole.end, whole.end), text))
        return True

    def name_for(self, module: str, name: str) -> str | None:
        """How the script calls ``module.name``, importing it at the top when it does not yet; None if it cannot be.

        A name that stands for something else already is imported under another one.
        """
        for node in self.context.tree.body:
            if isinstance(node, ast.ImportFrom) and node.module == module:
                for alias in node.names:
                    if alias.name == name:
                        return alias.asname or name
        if self._import_block() is None:
            return None
        taken = self.is_used(name) or any(
            (alias.asname or alias.name) == name
            for node in self.context.tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        )
        local = self.unused(f"{module.partition('.')[0]}_{name}") if taken else name
        from cst_tools.imports import Wanted  # libcst behind it takes long to import: only an edit waits for it

        wanted = Wanted(module, name, local if taken else None)
        if wanted not in self._wanted:
            self._wanted.append(wanted)
        return local

    def _import_block(self) -> Span | None:
        """The first import statements of the script that stand together, whole lines, within one cell."""
        body = self.context.tree.body
        first = next((n for n in body if isinstance(n, ast.Import | ast.ImportFrom)), None)
        start = self._lines(first) if first is not None else None
        if first is None or start is None:
            return None
        whole, cell = start, self.script.cell_of(start)
        for node in body[body.index(first) + 1 :]:
            lines = self._lines(node) if isinstance(node, ast.Import | ast.ImportFrom) else None
            if lines is None or (self.script.cell_of(lines) is None and cell is not None):
                break
            if cell is not None and self.script.cells[cell[0]].end < lines.end:
                break
            whole = Span(whole.start, lines.end)
        return whole

    def _imports(self) -> list[Edit]:
        block = self._import_block() if self._wanted else None
        if block is None:
            return []
        old = self.script.slice(block)
        text = old.replace(self.newline, "\n")
        from cst_tools.imports import edited

        new = edited(text, text, self._wanted, (), limit=max(88, *map(len, text.splitlines())))
        if self.newline != "\n":
            new = new.replace("\n", self.newline)
        return [Edit(edit.span.shifted(block.start), edit.new_text) for edit in minimal_edits(old, new)]

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

    def rendered(self, node: ast.AST, choose: Callable[[ast.AST], str | None]) -> str:
        """The source of ``node`` with what ``choose`` says for inner nodes, outermost first, in their place."""
        base = self.script.span_of(node).start
        text = self.script.slice(self.script.span_of(node))
        changes: list[tuple[Span, str]] = []
        waiting = [node]
        while waiting:
            inner = waiting.pop()
            new = choose(inner) if hasattr(inner, "lineno") else None
            if new is None:
                waiting += ast.iter_child_nodes(inner)
            else:
                changes.append((self.script.span_of(inner), new))
        for span, new in sorted(changes, reverse=True):
            text = text[: span.start - base] + new + text[span.end - base :]
        return text

    def trailing_comment(self, statement: ast.stmt) -> str:
        """The comment behind a statement on its last line; empty when there is none."""
        return self.comment_after(statement)

    def comment_after(self, node: ast.AST) -> str:
        """The comment behind a node on its last line, brackets and a colon aside; empty when there is none."""
        span = self.script.span_of(node)
        line = self.script.index.line_span(self.script.index.line_of(span.end))
        rest = self.script.text[span.end : line.end].strip("): \t")
        return rest if rest.startswith("#") else ""

    def comments_between(self, line: int, below: int) -> list[str]:
        """The comments that stand alone on lines between two 1-based lines."""
        spans = [self.script.index.line_span(number) for number in range(line, below - 1)]
        texts = [self.script.slice(span).strip() for span in spans]
        return [text for text in texts if text.startswith("#")]


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
