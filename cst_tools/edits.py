"""Changing a text: minimal edits, patches of blocks, and where places lie afterwards.

A patch replaces one block's lines. Everything outside stays byte for byte: comments, tabs, line ends, the missing
newline at the end of the file. What cannot be applied is refused with a sentence.
"""

from __future__ import annotations

import ast
import difflib
import itertools
import re
import textwrap
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cst_tools.magics import lines_of
from cst_tools.script import Script, hash_text
from cst_tools.types import Block, Edit, Patch, Span

if TYPE_CHECKING:
    from cst_tools.imports import Wanted

IMPORTS_ID = "imports"


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """``text`` after all edits, whose spans refer to ``text`` itself. Raises ValueError when two overlap."""
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    out: list[str] = []
    at = 0
    for edit in ordered:
        if edit.span.start < at or edit.span.end > len(text):
            raise ValueError(f"edit at {edit.span.start}-{edit.span.end} overlaps another or lies outside the text")
        out.append(text[at : edit.span.start])
        out.append(edit.new_text)
        at = edit.span.end
    out.append(text[at:])
    return "".join(out)


def minimal_edits(old: str, new: str) -> tuple[Edit, ...]:
    """Edits on whole lines that turn ``old`` into ``new``, touching only lines that differ."""
    if old == new:
        return ()
    a, b = list(lines_of(old)), list(lines_of(new))
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[len(a) - 1 - tail] == b[len(b) - 1 - tail]:
        tail += 1
    offset = sum(map(len, a[:head]))
    starts = [offset]
    middle_a, middle_b = a[head : len(a) - tail], b[head : len(b) - tail]
    for line in middle_a:
        starts.append(starts[-1] + len(line))
    matcher = difflib.SequenceMatcher(None, middle_a, middle_b, autojunk=False)
    return tuple(
        Edit(Span(starts[i1], starts[i2]), "".join(middle_b[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    )


def map_span(span: Span, edits: Iterable[Edit]) -> Span | None:
    """Where ``span`` lies after the edits; None when an edit touches its inside."""
    delta = 0
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
        grown = len(edit.new_text) - (edit.span.end - edit.span.start)
        if edit.span.end <= span.start:
            delta += grown
        elif edit.span.start >= span.end:
            continue
        else:
            return None
    return span.shifted(delta)


def map_boundaries(spans: Sequence[Span], edits: Sequence[Edit]) -> tuple[Span, ...]:
    """Where ordered, disjoint spans lie after edits inside them: each grows or shrinks with what happened in it."""
    out: list[Span] = []
    delta = 0
    ordered = sorted(edits, key=lambda e: (e.span.start, e.span.end))
    for number, span in enumerate(spans):
        # an edit on whole lines may take the newline between two cells with it: it belongs to the cell it starts in
        limit = spans[number + 1].start if number + 1 < len(spans) else float("inf")
        grown = sum(
            len(e.new_text) - (e.span.end - e.span.start)
            for e in ordered
            if (span.start <= e.span.start < limit) or (number == 0 and e.span.start < span.start)
        )
        out.append(Span(span.start + delta, max(span.start, span.end + grown) + delta))
        delta += grown
    return tuple(out)


@dataclass(frozen=True)
class Applied:
    """A script's text after patches, and the edits that lead there."""

    text: str
    edits: tuple[Edit, ...]


def make_patch(script: Script, block: Block, new_code: str) -> Patch:
    """A patch of ``block`` as it stands in ``script``."""
    return Patch(script.path, block.id, hash_text(script.slice(block.span)), new_code)


def apply_patches(script: Script, blocks: Sequence[Block], patches: Sequence[Patch]) -> Applied | str:
    """The script after all patches, or a sentence that says why they are refused."""
    edits: list[Edit] = []
    seen: set[str] = set()
    for patch in patches:
        if patch.block_id in seen:
            return f"Two patches change block {patch.block_id}; merge them into one."
        seen.add(patch.block_id)
        found = [block for block in blocks if block.id == patch.block_id]
        if patch.block_id == IMPORTS_ID and not found and patch.source_hash == hash_text(""):
            edits.append(_first_import(script, patch.new_code))
            continue
        if len(found) != 1:
            state = "is not in the script" if not found else "is in the script more than once"
            return f"Block {patch.block_id} {state}; analyse the script again."
        old = script.slice(found[0].span)
        if hash_text(old) != patch.source_hash:
            return f"Block {patch.block_id} changed since the patch was made; make the patch again."
        new = _with_line_ends(patch.new_code, _line_end(script.text, old))
        if new != old:
            shift = found[0].span.start
            edits += [Edit(e.span.shifted(shift), e.new_text) for e in _inner_edits(old, new)]
    ordered = sorted(edits, key=lambda e: (e.span.start, e.span.end))
    for left, right in itertools.pairwise(ordered):
        if left.span.overlaps(right.span):
            return "Two patches change the same lines; apply them one after the other."
    text = apply_edits(script.text, ordered)
    after = script.with_text(text, ordered)
    if after.tree is None:
        why = after.problem.message if after.problem else "it cannot be parsed."
        return f"The patched script is not valid Python: {why}"
    if after.problem is not None and script.problem is None:
        return f"The patched script is not valid Python: {after.problem.message}"
    return Applied(text, tuple(ordered))


def _inner_edits(old: str, new: str) -> tuple[Edit, ...]:
    """Line-wise edits inside a block, never adding or removing the line end that follows the block."""
    marker = "\n"
    edits = minimal_edits(old + marker, new + marker)
    out: list[Edit] = []
    for edit in edits:
        text, end = edit.new_text, edit.span.end
        if end > len(old):  # the marker stands for the line end behind the block: give it back
            end = len(old)
            if text.endswith(marker):
                text = text[:-1]
            elif edit.span.start < len(old) or text == "":
                # all of the block's last lines went: the line end before them goes instead
                return (Edit(Span(0, len(old)), new),)
        out.append(Edit(Span(min(edit.span.start, end), end), text))
    return tuple(out) if apply_edits(old, out) == new else (Edit(Span(0, len(old)), new),)


def _line_end(text: str, old: str) -> str:
    """The line end of a block, else the one that the text uses most."""
    for part in (old, text):
        counts = {"\r\n": part.count("\r\n")}
        counts["\n"] = part.count("\n") - counts["\r\n"]
        counts["\r"] = part.count("\r") - counts["\r\n"]
        best = max(counts, key=lambda end: counts[end])
        if counts[best]:
            return best
    return "\n"


def _with_line_ends(code: str, end: str) -> str:
    return re.sub(r"\r\n|\r|\n", lambda _: end, code)


def import_patch(
    script: Script, blocks: Sequence[Block], statements: Sequence[str], drop: Collection[str] = ()
) -> Patch | str | None:
    """A patch of the block ``imports`` that adds what the script does not import yet and drops ``drop``.

    A name joins the line of its module where there is one, else gets a line where it sorts. ``drop`` holds local names
    that nothing reads any more (`cst_tools.import_use.idle_imports`); those that cannot go safely stay.

    None: nothing to change. A string says why it is impossible. Statements are ``import a.b as c`` or
    ``from a import b``.
    """
    from cst_tools.imports import edited  # libcst behind it takes long to import: analysis must not wait for it

    if script.tree is None:
        return "The script cannot be parsed, so imports cannot be added; mend its syntax first."
    wanted: list[Wanted] = []
    have = _bindings(script.tree)
    for statement in statements:
        try:
            node = ast.parse(textwrap.dedent(statement)).body
        except SyntaxError:
            return f"{statement!r} is no import statement."
        missing = [want for item in node for want in _missing(item, have)]
        wanted += [want for want in missing if want not in wanted]
    block = next((b for b in blocks if b.id == IMPORTS_ID), None)
    if block is None:
        lines = "\n".join(want.statement() for want in wanted)
        return Patch(script.path, IMPORTS_ID, hash_text(""), lines) if wanted else None
    old = script.slice(block.span)
    masked = script.masked[block.span.start : block.span.end]
    new = edited(old, masked, wanted, drop, limit=_limit(script.text))
    return make_patch(script, block, new) if new != old else None


def _limit(text: str) -> int:
    """How long an import line may become: as long as the script's own lines, between 88 and 120 columns."""
    return min(120, max(88, max(map(len, text.splitlines()), default=0)))


def _first_import(script: Script, code: str) -> Edit:
    """Where imports go in a script that has none: before its first statement, behind docstring and header comments."""
    end = _line_end(script.text, "")
    body = script.tree.body if script.tree else []
    documented = bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    behind = body[0] if documented and isinstance(getattr(body[0], "value", None), ast.Constant) else None
    if behind is not None and len(body) > 1:
        line = body[1].lineno - 1
    elif body and behind is None:
        line = min([body[0].lineno, *(d.lineno for d in getattr(body[0], "decorator_list", []))]) - 1
    else:
        return Edit(Span(len(script.text), len(script.text)), end + _with_line_ends(code, end) + end)
    at = script.index.line_start(line)
    if line == 0 and script.text.startswith("\ufeff"):
        at = 1
    return Edit(Span(at, at), _with_line_ends(code, end) + end)


def _bindings(tree: ast.Module) -> set[tuple[str, str, str | None]]:
    """What the top-level imports bind: (module, member or empty, bound name)."""
    out: set[tuple[str, str, str | None]] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            out.update((a.name, "", a.asname) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            out.update(("." * node.level + (node.module or ""), a.name, a.asname) for a in node.names)
    return out


def _missing(node: ast.stmt, have: set[tuple[str, str, str | None]]) -> list[Wanted]:
    from cst_tools.imports import Wanted

    if isinstance(node, ast.Import):
        return [Wanted(a.name, None, a.asname) for a in node.names if (a.name, "", a.asname) not in have]
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        return [Wanted(module, a.name, a.asname) for a in node.names if (module, a.name, a.asname) not in have]
    return []
