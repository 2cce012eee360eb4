"""What the user says about blocks in comments: ``# mlestar: ...``, read from real comment tokens only."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from cst_tools.comments import comments_with
from cst_tools.script import Script
from cst_tools.types import Direction, Problem, ProblemKind, Role, Span

_DIRECTIVE = re.compile(r"#+[ \t]*mlestar[ \t]*:[ \t]*(?P<body>[^\r\n]*)", re.IGNORECASE)
_BLOCK = re.compile(r"block[ \t]+(?P<name>[^\s=]+)(?:[ \t]+role[ \t]*=[ \t]*(?P<role>\w+))?[ \t]*$")
_ROLE = re.compile(r"role[ \t]*=[ \t]*(?P<role>\w+)[ \t]*$")
_OBJECTIVE = re.compile(r"objective\b[ \t]*(?P<rest>.*)$")
_IGNORE = re.compile(r"ignore\b")
_ACCEPTED = "block NAME role=ROLE, end, role=ROLE, objective [maximize|minimize] [NAME], ignore[CODE]"
_DIRECTIONS = {
    "maximize": Direction.MAXIMIZE, "maximise": Direction.MAXIMIZE, "max": Direction.MAXIMIZE,
    "minimize": Direction.MINIMIZE, "minimise": Direction.MINIMIZE, "min": Direction.MINIMIZE,
}  # fmt: skip


@dataclass(frozen=True)
class BlockDirective:
    """A user-named block starts at ``line``; ``role`` None keeps what is found."""

    line: int
    name: str
    role: Role | None


@dataclass(frozen=True)
class ObjectiveDirective:
    """The objective: ``name`` (a variable, a metric or an expression), else what stands on ``line`` or below it.

    ``alone``: nothing else is on the line, so that the statement below is meant, if there is one directly below.
    """

    line: int
    direction: Direction | None
    name: str
    alone: bool
    span: Span


@dataclass(frozen=True)
class Directives:
    """All directives of a script. Lines are 0-based; ``roles`` maps the line that a role is stated for to the role."""

    blocks: tuple[BlockDirective, ...] = ()
    ends: frozenset[int] = frozenset()
    roles: tuple[tuple[int, Role], ...] = ()
    objectives: tuple[ObjectiveDirective, ...] = ()
    lines: frozenset[int] = frozenset()
    """Lines that hold a directive and nothing else."""
    problems: tuple[Problem, ...] = ()


def parse_role(word: str) -> Role | str:
    """A role, or a sentence that says what is accepted."""
    try:
        return Role(word.lower())
    except ValueError:
        accepted = [role.value for role in Role]
        near = difflib.get_close_matches(word.lower(), accepted, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        return f"{word!r} is not a role; use one of {', '.join(accepted)}.{hint}"


def read_directives(script: Script) -> Directives:
    """The directives of a script. What is not understood becomes a problem, never an error."""
    if "mlestar" not in script.text.lower() or script.tree is None:
        return Directives()
    blocks: list[BlockDirective] = []
    ends: set[int] = set()
    roles: list[tuple[int, Role]] = []
    objectives: list[ObjectiveDirective] = []
    lines: set[int] = set()
    problems: list[Problem] = []
    for comment in comments_with(script, "mlestar"):
        match = _DIRECTIVE.search(comment.text)
        if not match:
            continue
        line, alone = comment.line, comment.alone
        start = script.index.offset(line, comment.column + match.start())
        span = Span(start, start + len(match.group().rstrip()))
        if alone:
            lines.add(line)
        body = match["body"].strip()
        role: Role | str | None = None
        if block := _BLOCK.match(body):
            role = parse_role(block["role"]) if block["role"] else None
            if not isinstance(role, str) or isinstance(role, Role):
                blocks.append(BlockDirective(line, block["name"], role))
                continue
        elif body.lower() == "end":
            ends.add(line)
            continue
        elif stated := _ROLE.match(body):
            role = parse_role(stated["role"])
            if isinstance(role, Role):
                roles.append((line, role))
                continue
        elif objective := _OBJECTIVE.match(body):
            first, _, rest = objective["rest"].partition(" ")
            direction = _DIRECTIONS.get(first.lower())
            name = rest.strip() if direction is not None else objective["rest"].strip()
            objectives.append(ObjectiveDirective(line, direction, name, alone, span))
            continue
        elif _IGNORE.match(body):
            continue  # read by the rules
        message = role if isinstance(role, str) else f"{body!r} is not understood after 'mlestar:'; use {_ACCEPTED}."
        problems.append(Problem(ProblemKind.BAD_DIRECTIVE, message, span))
    return Directives(
        tuple(blocks), frozenset(ends), tuple(roles), tuple(objectives), frozenset(lines), tuple(problems)
    )
