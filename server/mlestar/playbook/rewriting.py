"""One block as a libcst tree at its own indentation, and drafts of it: edits collected, then rendered once.

A block inside ``main()`` or a method keeps its indentation: it is parsed under an ``if True:`` line that is taken off
again, so no text is ever dedented (strings over several lines stay as they are).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


@dataclass(frozen=True)
class Form:
    """Code that may be laid out over several lines: ``head``, comma-separated ``items``, ``tail``."""

    head: str
    items: tuple[str | Form, ...]
    tail: str = ")"

    def flat(self) -> str:
        return self.head + ", ".join(i if isinstance(i, str) else i.flat() for i in self.items) + self.tail


def lay_out(form: str | Form, *, column: int, limit: int, unit: str, indent: str, offset: int, after: int = 1) -> str:
    """Text of ``form``: on one line where it fits, else one item a line with a trailing comma.

    ``column`` is where it starts, ``indent`` what its continuation lines begin with, ``offset`` the indentation
    that libcst will add to those lines, ``after`` the characters that follow it on its last line.
    """
    flat = form if isinstance(form, str) else form.flat()
    if isinstance(form, str) or not form.items:
        return flat
    if "\n" not in flat and column + len(flat) + after <= limit:
        return flat
    if len(form.items) == 1 and isinstance(form.items[0], Form):
        # One nested form: ``Wrapper([ ... ])`` hugs its only item instead of indenting twice.
        only = form.items[0]
        merged = Form(form.head + only.head, only.items, only.tail + form.tail)
        if only.items:
            return lay_out(merged, column=column, limit=limit, unit=unit, indent=indent, offset=offset, after=after)
    inner = indent + unit
    lines = [form.head]
    for item in form.items:
        text = lay_out(item, column=offset + len(inner), limit=limit, unit=unit, indent=inner, offset=offset)
        if isinstance(item, str):
            text = text.replace("\n", "\n" + unit)
        lines.append(inner + text + ",")
    lines.append(indent + form.tail)
    return "\n".join(lines)


@dataclass(eq=False)
class BlockCode:
    """A block's tree with parents and positions. ``text`` is the block as it lies in the script."""

    text: str
    module: cst.Module
    newline: str
    indented: bool
    _nodes: list[cst.CSTNode] = field(default_factory=list)
    _parents: dict[cst.CSTNode, cst.CSTNode] = field(default_factory=dict)
    _positions: dict[cst.CSTNode, CodeRange] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> BlockCode | str:
        """The block's tree, or why it cannot be had."""
        newline = "\r\n" if "\r\n" in text else "\n"
        first = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
        indented = first[:1] in (" ", "\t")
        source = (f"if True:{newline}" if indented else "") + text + newline
        try:
            module = cst.parse_module(source)
        except (cst.ParserSyntaxError, RecursionError) as error:
            return f"the block cannot be parsed on its own ({type(error).__name__})"
        if module.code != source:
            return "the block does not survive parsing unchanged"
        return cls(text, module, newline, indented)

    def walk(self) -> Sequence[cst.CSTNode]:
        """Every node, outer before inner, in source order."""
        self._look()
        return self._nodes

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        self._look()
        return self._parents.get(node)

    def _look(self) -> None:
        """Walk the tree, once: asking libcst for a node's children is slow."""
        stack: list[cst.CSTNode] = [] if self._nodes else [self.module]
        while stack:
            node = stack.pop()
            self._nodes.append(node)
            children = node.children
            self._parents.update((child, node) for child in children)
            stack.extend(reversed(children))

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Enclosing nodes, nearest first."""
        outer = self.parent(node)
        while outer is not None:
            yield outer
            outer = self.parent(outer)

    def statement(self, node: cst.CSTNode) -> cst.SimpleStatementLine | None:
        """The simple statement line that holds ``node``; None in a compound statement's header."""
        for outer in (node, *self.ancestors(node)):
            if isinstance(outer, cst.SimpleStatementLine):
                return outer
            if isinstance(outer, cst.BaseCompoundStatement):
                return None
        return None

    def siblings(self, statement: cst.CSTNode) -> Sequence[cst.CSTNode]:
        """The statements of the same suite, in order."""
        outer = self.parent(statement)
        if isinstance(outer, (cst.Module, cst.IndentedBlock)):
            return outer.body
        return (statement,)

    def position(self, node: cst.CSTNode) -> CodeRange:
        """Line (1-based) and column of ``node`` in the parsed text (the added first line included)."""
        if not self._positions:
            wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)
            self._positions = dict(wrapper.resolve(PositionProvider))
        return self._positions[node]

    def line_in_block(self, node: cst.CSTNode) -> int:
        """0-based line of ``node`` counted from the block's first line."""
        return self.position(node).start.line - 1 - (1 if self.indented else 0)

    def line_indent(self, node: cst.CSTNode) -> tuple[str, int]:
        """Indentation of the line ``node`` starts on, beyond its statement's, and the statement's width."""
        start = self.position(node).start
        line = self.module.code.splitlines()[start.line - 1]
        whole = line[: len(line) - len(line.lstrip())]
        statement = self.statement(node)
        base = self.position(statement).start.column if statement is not None else len(whole)
        return whole[base:], base

    def on_its_own(self, node: cst.CSTNode) -> bool:
        """Whether ``node`` is all that its statement assigns, returns or evaluates."""
        return isinstance(self.parent(node), (cst.Assign, cst.AnnAssign, cst.Return, cst.Expr))

    def code_of(self, node: cst.CSTNode) -> str:
        return self.module.code_for_node(node)


class _Apply(cst.CSTTransformer):
    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> object:  # type: ignore[override]
        # libcst narrows the return type for each node class; one generic hook serves all of them here.
        draft = self.draft
        new: cst.CSTNode = draft.replaced.get(original_node, updated_node)
        before = draft.inserted_before.get(original_node, [])
        after = draft.inserted_after.get(original_node, [])
        if original_node in draft.removed:
            kept = [*before, *after]
            return cst.FlattenSentinel(kept) if kept else cst.RemoveFromParent()
        if not before and not after:
            return new
        if before and isinstance(new, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            first = before[0].with_changes(leading_lines=[*getattr(new, "leading_lines", ()), *before[0].leading_lines])
            before = [first, *before[1:]]
            new = new.with_changes(leading_lines=())
        return cst.FlattenSentinel([*before, new, *after])


class _Unit(cst.CSTTransformer):
    """Gives inserted suites the script's own indentation, whatever libcst takes as this block's default."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        return updated_node.with_changes(indent=self.unit)


class Draft:
    """Edits to one block, by node; `render` gives the block's new text. The block itself is not changed."""

    def __init__(self, block: BlockCode, unit: str) -> None:
        self.block = block
        self.unit = unit
        self.replaced: dict[cst.CSTNode, cst.CSTNode] = {}
        self.inserted_before: dict[cst.CSTNode, list[Statement]] = {}
        self.inserted_after: dict[cst.CSTNode, list[Statement]] = {}
        self.removed: set[cst.CSTNode] = set()

    def replace(self, node: cst.CSTNode, new: cst.CSTNode | str) -> None:
        """Put ``new`` (a node, or an expression's text) in ``node``'s place."""
        self.replaced[node] = cst.parse_expression(new) if isinstance(new, str) else new

    def _statements(self, code: str) -> list[Statement]:
        parsed = cst.parse_module(code)
        return [statement.visit(_Unit(self.unit)) for statement in parsed.body]  # type: ignore[misc]  # never removed

    def before(self, statement: cst.CSTNode, code: str) -> None:
        self.inserted_before.setdefault(statement, []).extend(self._statements(code))

    def after(self, statement: cst.CSTNode, code: str) -> None:
        self.inserted_after.setdefault(statement, []).extend(self._statements(code))

    def remove(self, statement: cst.CSTNode) -> None:
        self.removed.add(statement)

    @property
    def empty(self) -> bool:
        return not (self.replaced or self.inserted_before or self.inserted_after or self.removed)

    def render(self) -> str:
        """The block's new text, with its indentation and no final line end."""
        module = self.block.module.visit(_Apply(self))
        text = module.code
        newline = self.block.newline
        if self.block.indented:
            text = text.removeprefix(f"if True:{newline}")
        return text.removesuffix(newline)
