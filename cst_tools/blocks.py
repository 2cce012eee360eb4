"""Blocks: neighbouring spine statements of one role, with ids that survive edits elsewhere."""

from __future__ import annotations

import ast
import difflib
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cst_tools.directives import Directives, parse_role, read_directives
from cst_tools.edits import IMPORTS_ID
from cst_tools.names import Names, names_of, root_name
from cst_tools.roles import calls_in
from cst_tools.script import Script, hash_text
from cst_tools.spine import MODULE, Spine, SpineStatement, spine
from cst_tools.types import Block, BlockKind, Role, Span

_PROTECTED = frozenset({Role.SPLIT, Role.EVALUATE, Role.LOAD})
_ADOPTING = frozenset({Role.MODEL, Role.TUNE, Role.TRAIN, Role.PREPROCESS, Role.FEATURES, Role.CLEAN, Role.ENSEMBLE})
_CELL_MARK = re.compile(r"^\s*#\s*(?:%%|In\s*\[)")
_HEADER_COMMENT = re.compile(r"^\s*#(?:!|\s*-\*-|.*coding[:=]|\s*%%|\s*In\s*\[|\s*\+|\s*mlestar\s*:)", re.IGNORECASE)
_COLUMNS_NAME = re.compile(
    r"(?:^|_)(?:feat|feats|features?|cols?|columns?|numeric|numerical|categorical|cats?|nums?|nominal|ordinal|predictors)(?:_|$)",
    re.I,
)
_PLOTTING = frozenset(("plt", "sns", "ax", "axes", "fig", "px", "go", "matplotlib"))
_SEED_NAME = re.compile(r"seed|random_state|rng", re.IGNORECASE)


@dataclass
class _Group:
    """A block in the making: statements of one suite."""

    statements: list[SpineStatement]
    role: Role
    reasons: list[str]
    weak: bool = False
    name: str | None = None
    imports: bool = False
    first_line: int = 0
    last_line: int = 0
    names: Names = field(default_factory=lambda: Names((), (), ()))

    @property
    def kind(self) -> BlockKind:
        return self.statements[0].kind


def find_blocks(
    script: Script,
    objective_spans: Sequence[Span] = (),
    roles: Mapping[str, str] | None = None,
    directives: Directives | None = None,
    *,
    of: Spine | None = None,
) -> tuple[Block, ...]:
    """The blocks of a script in the order of the text; no two share a line.

    ``roles`` maps block ids or titles to roles and overrules what was found; a value that is no role is ignored here and
    reported by `cst_tools.analysis`. ``of`` is the script's spine where it is already known.
    """
    if script.tree is None:
        return ()
    found = of if of is not None else spine(script)
    said = directives if directives is not None else read_directives(script)
    suites: dict[int, list[SpineStatement]] = {}
    for statement in found.in_text_order:
        suites.setdefault(statement.suite, []).append(statement)
    adopted = _adoptions(found)
    groups: list[_Group] = []
    for members in suites.values():
        groups += _grouped(script, members, said, adopted)
    groups.sort(key=lambda g: g.first_line)
    return _finished(script, groups, objective_spans, roles or {})


def _adoptions(found: Spine) -> dict[int, tuple[Role, str]]:
    """Assignments without a role of their own that only one role reads: ``PARAMS = {...}`` belongs to its model."""
    candidates: dict[str, SpineStatement] = {}
    for statement in found.statements:
        node = statement.node
        if statement.judgement.weak and isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name) and not _SEED_NAME.search(target.id):
                candidates[target.id] = statement
    if not candidates:
        return {}
    readers: dict[str, list[SpineStatement]] = {}
    for statement in found.statements:
        if statement.judgement.role is not Role.OTHER:
            for part in ast.walk(statement.node):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id in candidates:
                    readers.setdefault(part.id, []).append(statement)
    out: dict[int, tuple[Role, str]] = {}
    for name, statement in candidates.items():
        adopted = _adopted(name, statement, readers.get(name, []))
        if adopted is not None:
            out[id(statement.node)] = adopted
    return out


def _adopted(name: str, statement: SpineStatement, readers: list[SpineStatement]) -> tuple[Role, str] | None:
    assert isinstance(statement.node, ast.Assign)
    value = statement.node.value
    used_by = {reader.judgement.role for reader in readers} - {Role.EVALUATE, Role.PREDICT, Role.SUBMIT}
    if _COLUMNS_NAME.search(name) and isinstance(value, (ast.List, ast.ListComp, ast.Tuple, ast.Call)):
        role = Role.PREPROCESS if used_by == {Role.PREPROCESS} else Role.FEATURES
        return role, f"{name} lists columns"
    if name[:1] in "Xy" and isinstance(value, (ast.ListComp, ast.List)):
        return Role.FEATURES, f"makes {name}"
    if len(used_by) != 1:
        return None
    role = next(iter(used_by))
    if _is_literal(value) and role in _ADOPTING:
        if role is Role.TRAIN and isinstance(value, (ast.Dict, ast.Call)):
            role = Role.MODEL  # the parameters of lgb.train and xgb.train describe the model
        return role, f"{name} is used by {role.value}"
    nearest = min((r.span.start for r in readers if r.suite == statement.suite), default=-1)
    if role in (Role.SPLIT, *_ADOPTING) and 0 <= nearest - statement.span.end <= 120:
        return role, f"{name} is used by {role.value}"
    return None


def _is_literal(value: ast.expr) -> bool:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
        return True
    if isinstance(value, ast.Dict):
        return bool(value.keys)
    if isinstance(value, (ast.List, ast.Tuple, ast.Set)):
        return bool(value.elts)
    if isinstance(value, ast.ListComp):
        return True
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    return (
        isinstance(value, ast.Constant) and isinstance(value.value, (int, float)) and not isinstance(value.value, bool)
    )


def _grouped(
    script: Script, members: list[SpineStatement], said: Directives, adopted: Mapping[int, tuple[Role, str]]
) -> list[_Group]:
    singles = [_single(script, s, said, adopted) for s in members]
    singles = _on_one_line(singles)
    named = _named(script, singles, said)
    merged = _merged(script, named, said)
    return merged


def _single(
    script: Script, statement: SpineStatement, said: Directives, adopted: Mapping[int, tuple[Role, str]]
) -> _Group:
    judgement = statement.judgement
    role, reason, weak = judgement.role, judgement.reason, judgement.weak
    if id(statement.node) in adopted:
        role, reason = adopted[id(statement.node)]
        weak = False
    group = _Group([statement], role, [reason], weak and role is Role.OTHER, imports=reason == "imports")
    group.first_line, group.last_line = _lines(script, statement.node)
    for line, stated in said.roles:
        above = line in said.lines and line + 1 == group.first_line
        if above or group.first_line <= line <= group.last_line:
            group.role, group.reasons, group.weak = stated, ["a comment says so"], False
            group.imports = False
    return group


def _lines(script: Script, node: ast.stmt) -> tuple[int, int]:
    """0-based first and last line, decorators included."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)]) - 1
    return first, (node.end_lineno or node.lineno) - 1


def _on_one_line(groups: list[_Group]) -> list[_Group]:
    """Statements that share a line are one: blocks are whole lines."""
    out: list[_Group] = []
    for group in groups:
        if out and group.first_line <= out[-1].last_line:
            before = out[-1]
            if before.role is Role.OTHER and group.role is not Role.OTHER:
                before.role, before.reasons = group.role, group.reasons
            before.statements += group.statements
            before.last_line = max(before.last_line, group.last_line)
            before.weak = before.weak and group.weak
            before.imports = before.imports and group.imports
        else:
            out.append(group)
    return out


def _named(script: Script, groups: list[_Group], said: Directives) -> list[_Group]:
    """Groups that the user named: from the directive to a change of role, ``end`` or the next directive."""
    if not said.blocks:
        return groups
    out: list[_Group] = []
    current: _Group | None = None
    marks = sorted([(b.line, b) for b in said.blocks], key=lambda m: m[0])
    previous_end = -1
    for group in groups:
        starting = [
            b for line, b in marks if previous_end < line <= group.last_line and _reaches(script, line, group, said)
        ]
        ended = any(previous_end < line < group.first_line for line in said.ends)
        previous_end = group.last_line
        if starting:
            directive = starting[-1]
            current = group
            group.name = directive.name
            if directive.role is not None:
                group.role, group.reasons, group.weak = directive.role, ["a comment says so"], False
            else:
                group.reasons = [*group.reasons, "named by a comment"]
            group.imports = False
            explicit = directive.role is not None
            found = group.statements[0].judgement.role
            anchor = (explicit, found)
            out.append(group)
            continue
        if (
            current is not None
            and not ended
            and group.kind is BlockKind.STATEMENTS is current.kind
            and not group.imports
        ):
            same = group.weak or group.role is current.role or group.role is anchor[1]
            if same:
                current.statements += group.statements
                current.last_line = group.last_line
                continue
        current = None
        out.append(group)
    return out


def _reaches(script: Script, line: int, group: _Group, said: Directives) -> bool:
    """Whether a directive on ``line`` is for the statement: on its line, or above it with comments and blanks between."""
    if line >= group.first_line:
        return line == group.first_line or line not in said.lines
    return all(
        not script.index.line_text(n).strip() or script.index.line_text(n).lstrip().startswith("#")
        for n in range(line + 1, group.first_line)
    )


def _merged(script: Script, groups: list[_Group], said: Directives) -> list[_Group]:
    """Neighbours of one role become one; glue between two of the same role joins them."""
    marks = said.ends | {b.line for b in said.blocks}
    out: list[_Group] = []
    for position, group in enumerate(groups):
        if out and _joins(script, out[-1], group, groups[position + 1 :], marks):
            before = out[-1]
            before.statements += group.statements
            before.last_line = group.last_line
            before.reasons += [r for r in group.reasons if not group.weak]
            before.weak = before.weak and group.weak
        else:
            out.append(group)
    return out


def _joins(
    script: Script, before: _Group, group: _Group, later: Sequence[_Group], marks: frozenset[int] | set[int]
) -> bool:
    plain = before.kind is BlockKind.STATEMENTS is group.kind
    if not plain or before.name or group.name or before.imports != group.imports:
        return False
    if script.cells and script.cell_of(Span(before.statements[-1].span.start, group.statements[0].span.start)) is None:
        return False
    if any(before.last_line < line < group.first_line for line in marks):
        return False
    if before.role is group.role:
        return True
    if not group.weak:
        return False
    following = next((g for n, g in enumerate(later) if not g.weak or n >= 2), None)
    if following is not None and not following.weak and following.role is before.role and not following.name:
        return following.kind is BlockKind.STATEMENTS
    if any(_CELL_MARK.match(script.index.line_text(n)) for n in range(before.last_line + 1, group.first_line)):
        return False
    return before.role is not Role.OTHER and _is_tail(group.statements[0].node)


def _is_tail(node: ast.stmt) -> bool:
    """A print, log line, assertion, deletion or return that comments on what stands above it; plots do not."""
    if isinstance(node, ast.Expr) and isinstance(node.value, (ast.Call, ast.Attribute, ast.Name)):
        return root_name(node.value) not in _PLOTTING
    return isinstance(node, (ast.Assert, ast.Delete, ast.Return))


def _finished(
    script: Script, groups: list[_Group], objective_spans: Sequence[Span], roles: Mapping[str, str]
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
        ident = IMPORTS_ID if is_imports else _identity(group, found_calls(group))
        count = seen[ident] = seen.get(ident, 0) + 1
        block_id = ident if count == 1 else f"{ident}-{count}"
        title = IMPORTS_ID if is_imports else _title(group, found_calls(group))
        role, reason = group.role, _reason(group)
        for key in (block_id, title):
            stated = parse_role(roles[key]) if key in roles else None
            if isinstance(stated, Role):
                role, reason = stated, "the settings say so"
                title = _title(replace_role(group, role), found_calls(group))
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


def replace_role(group: _Group, role: Role) -> _Group:
    """The group under another role, for its title."""
    return replace(group, role=role)


def found_calls(group: _Group) -> list[str]:
    """What the group's statements call, by written name."""
    out: list[str] = []
    for statement in group.statements:
        for call in sorted(calls_in(statement.node), key=lambda c: (c.lineno, c.col_offset)):
            name = call.func
            while isinstance(name, ast.Attribute) and not isinstance(name.value, (ast.Name, ast.Attribute)):
                name = name.value.func if isinstance(name.value, ast.Call) else name.value
                if not isinstance(name, (ast.Attribute, ast.Name)):
                    break
            if isinstance(name, (ast.Attribute, ast.Name)):
                out.append(ast.unparse(name))
    return [*dict.fromkeys(n for n in out if n != "print"), *(["print"] if "print" in out else [])]


def _identity(group: _Group, calls: list[str]) -> str:
    if group.name is not None:
        return group.name
    statement = group.statements[0]
    if group.kind is not BlockKind.STATEMENTS:
        return statement.qualified
    what = group.names.binds or group.names.mutates or tuple(calls) or ("",)
    digest = hashlib.blake2b(" ".join(sorted(what)).encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()
    return f"{statement.container}/{group.role.value}/{digest}"


def _title(group: _Group, calls: list[str]) -> str:
    if group.name is not None:
        return f"{group.role.value} {group.name}"
    statement = group.statements[0]
    if group.kind is not BlockKind.STATEMENTS:
        return f"{group.kind.value} {statement.qualified}"
    if group.imports:
        return "more imports"
    columns = [n for n in group.names.mutates if group.role is Role.FEATURES]
    what = [*(f"{n}[...]" for n in columns if n not in group.names.binds), *group.names.binds]
    what = what or [*group.names.mutates] or [f"{c}()" for c in calls]
    shown = ", ".join(dict.fromkeys(what[:3])) + (", …" if len(what) > 3 else "")
    return f"{group.role.value} {shown}".strip()


def _reason(group: _Group) -> str:
    kept = list(dict.fromkeys(r for r in group.reasons if r))
    return "; ".join(kept[:3])


def _with_comments(script: Script, group: _Group) -> int:
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
    if len(same_text) == 1:
        return same_text[0]
    if len(same_text) > 1:
        return f"The script now holds {len(same_text)} blocks like “{old_block.title}”, so it cannot be told which was meant."
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
