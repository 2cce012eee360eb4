"""From spine statements to groups of one role: adoption, user-named groups, merging of neighbours."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cst_tools import vocabulary as words
from cst_tools.directives import Directives
from cst_tools.names import Names, root_name
from cst_tools.script import Script
from cst_tools.spine import Spine, SpineStatement
from cst_tools.types import BlockKind, Role, Span
from cst_tools.walking import walk

_ADOPTING = frozenset({Role.MODEL, Role.TUNE, Role.TRAIN, Role.PREPROCESS, Role.FEATURES, Role.CLEAN, Role.ENSEMBLE})
_CELL_MARK = re.compile(r"^\s*#\s*(?:%%|In\s*\[)")
_PLOTTING = frozenset(("plt", "sns", "ax", "axes", "fig", "px", "go", "matplotlib"))
_SEED_NAME = re.compile(r"seed|random_state|rng", re.IGNORECASE)


@dataclass
class Group:
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


def adoptions(found: Spine) -> dict[int, tuple[Role, str]]:
    """Assignments without a role of their own that only one role reads: ``PARAMS = {...}`` belongs to its model."""
    candidates: dict[str, SpineStatement] = {}
    partitions = found.judge.partitions
    for statement in found.statements:
        judgement = statement.judgement
        for name in _bound(statement.node):
            divides = name in partitions.dividers and judgement.role in (Role.CLEAN, Role.FEATURES)
            if (judgement.weak or divides) and not _SEED_NAME.search(name):
                candidates[name] = statement
    if not candidates:
        return {}
    readers: dict[str, list[SpineStatement]] = {}
    for statement in found.statements:
        if statement.judgement.role is not Role.OTHER or set(_bound(statement.node)) & partitions.dividers:
            for part in walk(statement.node):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id in candidates:
                    readers.setdefault(part.id, []).append(statement)
    out: dict[int, tuple[Role, str]] = {}
    for name, statement in reversed(candidates.items()):  # a divider before what it is computed from
        if name in partitions.dividers:
            roles = {_role_of(r, out) for r in readers.get(name, []) if r is not statement}
            if roles == {Role.SPLIT} or (
                Role.SPLIT in roles and name in partitions.direct and statement.judgement.weak
            ):
                out[id(statement.node)] = (Role.SPLIT, f"{name} divides the rows")
    for name, statement in candidates.items():
        if statement.judgement.weak and id(statement.node) not in out:
            adopted = _adopted(name, statement, readers.get(name, []))
            if adopted is not None:
                out[id(statement.node)] = adopted
    return out


def _bound(node: ast.stmt) -> list[str]:
    """The plain names that an assignment to nothing else binds."""
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return [node.target.id] if isinstance(node.target, ast.Name) else []
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return []
    target = node.targets[0]
    items = target.elts if isinstance(target, ast.Tuple) else [target]
    names = [item.id for item in items if isinstance(item, ast.Name)]
    return names if len(names) == len(items) else []


def _role_of(statement: SpineStatement, adopted: Mapping[int, tuple[Role, str]]) -> Role:
    found = adopted.get(id(statement.node))
    return found[0] if found is not None else statement.judgement.role


def _adopted(name: str, statement: SpineStatement, readers: list[SpineStatement]) -> tuple[Role, str] | None:
    value = statement.node.value if isinstance(statement.node, (ast.Assign, ast.AnnAssign)) else None
    if value is None:
        return None
    readers = [reader for reader in readers if reader.judgement.role is not Role.OTHER]
    used_by = {reader.judgement.role for reader in readers} - {Role.EVALUATE, Role.PREDICT, Role.SUBMIT}
    if _lists(value) and (words.COLUMNS_NAME.search(name) or _picks_columns(name, value, readers)):
        role = Role.PREPROCESS if used_by == {Role.PREPROCESS} else Role.FEATURES
        return role, f"{name} lists columns"
    if name[:1] in "Xy" and isinstance(value, (ast.ListComp, ast.List)):
        return Role.FEATURES, f"makes {name}"
    if not used_by and {reader.judgement.role for reader in readers} == {Role.PREDICT}:
        used_by = {Role.PREDICT}
    if len(used_by) != 1:
        return None
    role = next(iter(used_by))
    measures = [isinstance(v, ast.Call) and getattr(v.func, "attr", "") in words.STATISTICS for v in _items(value)]
    if all(measures) and role in (Role.MODEL, Role.TRAIN):
        return Role.PREPROCESS, f"{name} describes the data that a model reads"
    if _is_literal(value) and role in _ADOPTING:
        if role is Role.TRAIN and isinstance(value, (ast.Dict, ast.Call)):
            role = Role.MODEL  # the parameters of lgb.train and xgb.train describe the model
        return role, f"{name} is used by {role.value}"
    nearest = min((r.span.start for r in readers if r.suite == statement.suite), default=-1)
    if role in (Role.SPLIT, Role.PREDICT, *_ADOPTING) and 0 <= nearest - statement.span.end <= 120:
        return role, f"{name} is used by {role.value}"
    return None


def _items(value: ast.expr) -> list[ast.expr]:
    return value.elts if isinstance(value, ast.Tuple) else [value]


def _picks_columns(name: str, value: ast.expr, readers: list[SpineStatement]) -> bool:
    """A list of words that is used in brackets, ``X = daten[merkmale]``, whatever its name."""
    if not isinstance(value, (ast.List, ast.Tuple)) or not value.elts:
        return False
    if not all(isinstance(item, ast.Constant) and isinstance(item.value, str) for item in value.elts):
        return False
    return any(
        isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Name) and part.slice.id == name
        for reader in readers
        for part in walk(reader.node)
    )


def _lists(value: ast.expr) -> bool:
    """A list of columns, written out, chosen or asked of a frame."""
    if isinstance(value, ast.Call):
        maker = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return maker in ("list", "sorted", "tolist", "to_list", "difference", "drop", "keys", "select_dtypes", "union")
    return isinstance(value, (ast.List, ast.ListComp, ast.Tuple))


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


def grouped(
    script: Script, members: list[SpineStatement], said: Directives, adopted: Mapping[int, tuple[Role, str]]
) -> list[Group]:
    singles = [_single(script, s, said, adopted) for s in members]
    singles = _on_one_line(singles)
    named = _named(script, singles, said)
    return _merged(script, named, said)


def _single(
    script: Script, statement: SpineStatement, said: Directives, adopted: Mapping[int, tuple[Role, str]]
) -> Group:
    judgement = statement.judgement
    role, reason, weak = judgement.role, judgement.reason, judgement.weak
    if id(statement.node) in adopted:
        role, reason = adopted[id(statement.node)]
        weak = False
    group = Group([statement], role, [reason], weak and role is Role.OTHER, imports=reason == "imports")
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


def _on_one_line(groups: list[Group]) -> list[Group]:
    """Statements that share a line are one: blocks are whole lines."""
    out: list[Group] = []
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


def _named(script: Script, groups: list[Group], said: Directives) -> list[Group]:
    """Groups that the user named: from the directive to a change of role, ``end`` or the next directive."""
    if not said.blocks:
        return groups
    out: list[Group] = []
    current: Group | None = None
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
            and _adjacent(current, group)
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


def _reaches(script: Script, line: int, group: Group, said: Directives) -> bool:
    """Whether a directive is for the statement: on its line, or above it with comments and blanks between."""
    if line >= group.first_line:
        return line == group.first_line or line not in said.lines
    return all(
        not script.index.line_text(n).strip() or script.index.line_text(n).lstrip().startswith("#")
        for n in range(line + 1, group.first_line)
    )


def _merged(script: Script, groups: list[Group], said: Directives) -> list[Group]:
    """Neighbours of one role become one; glue between two of the same role joins them."""
    marks = said.ends | {b.line for b in said.blocks}
    out: list[Group] = []
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
    script: Script, before: Group, group: Group, later: Sequence[Group], marks: frozenset[int] | set[int]
) -> bool:
    plain = before.kind is BlockKind.STATEMENTS is group.kind
    if not plain or not _adjacent(before, group) or before.name or group.name or before.imports != group.imports:
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


def _adjacent(before: Group, group: Group) -> bool:
    """Whether nothing stands between: a followed function or loop there has blocks of its own."""
    return group.statements[0].place == before.statements[-1].place + 1


def _is_tail(node: ast.stmt) -> bool:
    """A print, log line, assertion, deletion or return that comments on what stands above it; plots do not."""
    if isinstance(node, ast.Expr) and isinstance(node.value, (ast.Call, ast.Attribute, ast.Name)):
        return root_name(node.value) not in _PLOTTING
    return isinstance(node, (ast.Assert, ast.Delete, ast.Return))
