"""Blocks: neighbouring spine statements of one role, with ids that survive edits elsewhere."""

from __future__ import annotations

import ast
import difflib
import hashlib
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cst_tools.directives import Directives, parse_role, read_directives
from cst_tools.edits import IMPORTS_ID
from cst_tools.grouping import Group, adoptions, grouped
from cst_tools.names import names_of
from cst_tools.objective_steps import objective_steps
from cst_tools.script import Script, hash_text
from cst_tools.shapes import calls_in, dotted, target_names
from cst_tools.spine import MODULE, Spine, SpineStatement, spine
from cst_tools.types import Block, BlockKind, Role, Span

_PROTECTED = frozenset({Role.SPLIT, Role.EVALUATE, Role.LOAD})
_HEADER_COMMENT = re.compile(r"^\s*#(?:!|\s*-\*-|.*coding[:=]|\s*%%|\s*In\s*\[|\s*\+|\s*mlestar\s*:)", re.IGNORECASE)


def find_blocks(
    script: Script,
    objective_spans: Sequence[Span] = (),
    roles: Mapping[str, str] | None = None,
    directives: Directives | None = None,
    *,
    of: Spine | None = None,
) -> tuple[Block, ...]:
    """The blocks of a script in the order of the text; no two share a line.

    ``roles`` maps block ids or titles to roles and overrules what was found; a value that is no role is ignored here
    and reported by `cst_tools.analysis`. ``of`` is the script's spine where it is already known.
    """
    if script.tree is None:
        return ()
    found = of if of is not None else spine(script)
    said = directives if directives is not None else read_directives(script)
    suites: dict[int, list[SpineStatement]] = {}
    for statement in found.in_text_order:
        suites.setdefault(statement.suite, []).append(statement)
    adopted = {**adoptions(found), **objective_steps(found, objective_spans)}
    groups: list[Group] = []
    for members in suites.values():
        groups += grouped(script, members, said, adopted)
    groups.sort(key=lambda g: g.first_line)
    return _finished(script, groups, objective_spans, roles or {})


def _finished(
    script: Script, groups: list[Group], objective_spans: Sequence[Span], roles: Mapping[str, str]
) -> tuple[Block, ...]:
    blocks: list[Block] = []
    seen: dict[str, int] = {}
    has_imports = False
    for group in groups:
        group.names = names_of([s.node for s in group.statements])
        first = _with_comments(script, group)
        span = script.index.lines_span(first, group.last_line)
        if first == 0 and script.text.startswith("\ufeff"):
            span = Span(1, span.end)
        is_imports = group.imports and not has_imports and group.statements[0].container == MODULE
        has_imports = has_imports or is_imports
        ident = IMPORTS_ID if is_imports else _identity(group)
        count = seen[ident] = seen.get(ident, 0) + 1
        block_id = ident if count == 1 else f"{ident}-{count}"
        title = IMPORTS_ID if is_imports else _title(group)
        role, reason = group.role, _reason(group)
        for key in (block_id, title):
            stated = parse_role(roles[key]) if key in roles else None
            if isinstance(stated, Role):
                role, reason = stated, "the settings say so"
                title = _title(replace(group, role=role))
                break
        holds = any(span.overlaps(o) or span.contains(o) for o in objective_spans)
        blocks.append(
            Block(
                id=block_id,
                title=title,
                role=role,
                kind=group.kind,
                container=group.statements[0].container,
                span=span,
                first_line=first,
                last_line=group.last_line,
                source_hash=hash_text(script.slice(span)),
                defines=group.names.defines,
                reads=group.names.reads,
                reason=reason + (" (holds the objective)" if holds else ""),
                protected=group.imports or role in _PROTECTED or holds,
                order=min(s.order for s in group.statements),
                named_by_user=group.name is not None,
            )
        )
    return tuple(blocks)


def found_calls(group: Group) -> list[str]:
    """What the group's statements call, by written name."""
    out: list[str] = []
    methods: list[str] = []
    for statement in group.statements:
        for call in sorted(calls_in(statement.node), key=lambda c: (c.lineno, c.col_offset)):
            if name := dotted(call.func):
                out.append(name)
            elif isinstance(call.func, ast.Attribute):
                methods.append(f".{call.func.attr}")
    found = list(dict.fromkeys(n for n in out if n != "print"))
    return found or (["print"] if "print" in out else list(dict.fromkeys(methods)))


def _identity(group: Group) -> str:
    if group.name is not None:
        return group.name
    statement = group.statements[0]
    if group.kind is not BlockKind.STATEMENTS:
        return statement.qualified
    what = (
        group.names.binds
        or group.names.mutates
        or tuple(found_calls(group))
        or group.names.reads
        or (type(statement.node).__name__,)
    )
    digest = hashlib.blake2b(" ".join(sorted(what)).encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()
    return f"{statement.container}/{group.role.value}/{digest}"


def _title(group: Group) -> str:
    if group.name is not None:
        return f"{group.role.value} {group.name}"
    statement = group.statements[0]
    if group.kind is not BlockKind.STATEMENTS:
        return f"{group.kind.value} {statement.qualified}"
    if group.imports:
        return "more imports"
    columns = [n for n in group.names.mutates if group.role is Role.FEATURES]
    counters = {n for s in group.statements if isinstance(s.node, ast.For) for n in target_names(s.node.target)}
    bound = [n for n in group.names.binds if n not in counters] or [n for n in group.names.mutates if n not in counters]
    what = [*(f"{n}[...]" for n in columns if n not in bound), *(bound or group.names.binds)]
    what = what or [*group.names.mutates] or [f"{c}()" for c in found_calls(group)]
    shown = ", ".join(dict.fromkeys(what[:3])) + (", …" if len(what) > 3 else "")
    return f"{group.role.value} {shown}".strip()


def _reason(group: Group) -> str:
    kept = list(dict.fromkeys(r for r in group.reasons if r))
    return "; ".join(kept[:3])


def _with_comments(script: Script, group: Group) -> int:
    """The group's first line with the comment lines directly above, at its own indentation."""
    statement = group.statements[0]
    column = statement.node.col_offset
    first = group.first_line
    while first > 0:
        line = script.index.line_text(first - 1)
        stripped = line.lstrip(" \t\f\ufeff")
        if not stripped.startswith("#") or len(line) - len(stripped) != column or _HEADER_COMMENT.match(line):
            break
        if script.cells and not any(
            c.start <= script.index.line_span(first - 1).start and statement.span.start <= c.end for c in script.cells
        ):
            break
        first -= 1
    return first


def locate(script_new: Script, blocks_new: Sequence[Block], old_block: Block, old_text: str) -> Block | str:
    """``old_block`` in a newer script: by id, then by text, then by structure; or why it cannot be told.

    ``old_text`` is the block's text when it was last seen.
    """
    same_place = [
        b
        for b in blocks_new
        if b.id == old_block.id and b.container == old_block.container and b.role is old_block.role
    ]
    if len(same_place) == 1:
        return same_place[0]
    digest = hash_text(old_text)
    same_text = [b for b in blocks_new if b.source_hash == digest]
    if not same_text:  # moved into a function, or out of one
        plain = hash_text(textwrap.dedent(old_text))
        same_text = [b for b in blocks_new if hash_text(textwrap.dedent(script_new.slice(b.span))) == plain]
    if len(same_text) == 1:
        return same_text[0]
    if len(same_text) > 1:
        count = len(same_text)
        return f"The script now holds {count} blocks like “{old_block.title}”, so it cannot be told which was meant."
    scored: list[tuple[float, Block]] = []
    for block in blocks_new:
        if (
            block.container != old_block.container
            or block.role is not old_block.role
            or block.kind is not old_block.kind
        ):
            continue
        shared = set(block.defines) & set(old_block.defines)
        union = set(block.defines) | set(old_block.defines)
        if union and len(shared) / len(union) < 0.3:
            continue
        text = script_new.slice(block.span)
        scored.append((difflib.SequenceMatcher(None, old_text, text, autojunk=False).ratio(), block))
    scored.sort(key=lambda pair: -pair[0])
    if not scored or scored[0][0] < 0.6:
        return f"The block “{old_block.title}” is no longer in the script, or changed too much; analyse it again."
    if len(scored) > 1 and scored[0][0] - scored[1][0] < 0.15:
        return f"Two blocks of the script resemble “{old_block.title}” equally, so it cannot be told which was meant."
    return scored[0][1]
