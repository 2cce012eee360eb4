"""What a rule is: a class with a code, a page, examples, and a check over a program's flow."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from cst_tools.flow import Flow, follow
from cst_tools.flow.values import Part, Rows, in_order
from cst_tools.rules.syntax import Names, Parents
from cst_tools.script import Script
from cst_tools.types import Finding, Fix, Related, Severity

_LINE = re.compile(r"\bline (\d+)(?! of cell)\b")


@dataclass
class Context:
    """One script as the rules see it. ``tree`` is there; ``flow`` is computed once for all rules."""

    script: Script
    tree: ast.Module
    cache: dict[str, object] = field(default_factory=dict)
    places: dict[Finding, object] = field(default_factory=dict)
    """What a rule keeps of a finding to fix it."""

    @cached_property
    def flow(self) -> Flow:
        return follow(self.tree, self.script.project)

    @cached_property
    def parents(self) -> Parents:
        return Parents(self.tree)

    @cached_property
    def names(self) -> Names:
        """Every use of every name."""
        return Names(self.tree)

    @cached_property
    def defined(self) -> frozenset[str]:
        """Names of functions, classes and parameters."""
        return frozenset(
            n.arg if isinstance(n, ast.arg) else n.name
            for n in self.nodes
            if isinstance(n, ast.arg | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        )

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return (self.tree, *self.parents)

    def statement_of(self, node: ast.AST) -> tuple[ast.stmt, list[ast.stmt]] | None:
        """The innermost statement that holds ``node`` and the list of statements it stands in."""
        current: ast.AST | None = node
        while current is not None and not isinstance(current, ast.stmt):
            current = self.parents.get(current)
        if current is None:
            return None
        parent = self.parents.get(current)
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(parent, name, None)
            if isinstance(statements, list) and any(s is current for s in statements):
                return current, statements
        return None

    def line(self, node: ast.AST) -> int:
        return getattr(node, "lineno", 0)

    def where(self, at: object) -> str:
        """A place as messages name it: ``line 13``, in a notebook ``line 4 of cell 3``.

        ``at`` is a node, a `Place` of the flow, or a 1-based line of the analysed text.
        """
        line: int = at if isinstance(at, int) else getattr(at, "lineno", 0) or getattr(at, "line", 0)
        return self.script.line_name(line - 1)

    def named(self, message: str) -> str:
        """A message in which lines are named as `where` does. Rules count lines of the analysed text, as ``line 13``.

        What stands between backticks is the user's own and stays.
        """
        if not self.script.cells:
            return message
        parts = message.split("`")
        parts[::2] = [_LINE.sub(lambda match: self.where(int(match[1])), part) for part in parts[::2]]
        return "`".join(parts)

    def source(self, node: ast.AST) -> str:
        return self.script.slice(self.script.span_of(node))

    def related(self, message: str, node: ast.AST) -> Related:
        return Related(message, self.script.span_of(node))


class Rule:
    """A kind of finding. The docstring of a subclass is its documentation page (see ``docs/rules``).

    ``VALID`` holds programs the rule must be silent on; ``INVALID`` programs in which it must find exactly one thing.
    """

    code: ClassVar[str]
    slug: ClassVar[str]
    VALID: ClassVar[tuple[str, ...]] = ()
    INVALID: ClassVar[tuple[str, ...]] = ()

    def check(self, context: Context) -> Iterator[Finding]:
        """The findings of this kind in one script. May raise: the caller keeps the other rules going."""
        raise NotImplementedError

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        """An edit that clears ``finding``; it is offered only after a second analysis agrees."""
        return None

    def advise(self, context: Context, finding: Finding, place: object) -> Fix | None:
        """What to do by hand, as a fix without edits, where no edit is offered."""
        return None

    @classmethod
    def finding(
        cls,
        context: Context,
        node: ast.AST,
        message: str,
        severity: Severity,
        related: tuple[Related, ...] = (),
        place: object = None,
    ) -> Finding:
        message = context.named(message)
        related = tuple(Related(context.named(r.message), r.span) for r in related) if context.script.cells else related
        found = Finding(cls.code, cls.slug, message, severity, context.script.span_of(node), related)
        context.places[found] = place
        return found

    @classmethod
    def page(cls) -> str:
        """The documentation page in Markdown."""
        text = inspect.cleandoc(cls.__doc__ or "")
        title, _, rest = text.partition("\n")
        return f"# {cls.code}: {cls.slug}\n\n{title}\n{rest}\n"


def parting(rows: Rows, held_out: Rows) -> tuple[str, Part] | None:
    """The split that parts ``held_out`` from ``rows``: its key and the held-out part. None when there is none."""
    found: tuple[str, Part] | None = None
    deepest = -1  # of several tables and filters, the parts that have most in common are the two sides of the split
    for part in in_order(held_out):
        for other in in_order(rows):
            if part.root != other.root:
                continue
            for depth, (step, other_step) in enumerate(zip(part.path, other.path, strict=False)):
                if step != other_step:
                    if depth > deepest:
                        found, deepest = (step[0], part), depth
                    break
    return found
