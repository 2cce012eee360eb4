"""The comments of a script, without reading all of it: a thousand lines take the tokenizer 30 ms, one statement none.

Outside of statements every ``#`` begins a comment; inside one, the tokenizer decides, over the lines of that statement
alone. The syntax tree says where statements begin and end.
"""

from __future__ import annotations

import ast
import io
import tokenize
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from cst_tools.script import Script


@dataclass(frozen=True)
class Comment:
    """``line`` and ``column`` are 0-based; ``alone``: nothing but blanks stands before it."""

    line: int
    column: int
    text: str
    alone: bool


def comments_with(script: Script, word: str) -> list[Comment]:
    """The comments that hold ``word`` (in lower case, without line ends), in order; none when nothing parses."""
    text = script.masked.lower() if script.masked.isascii() else _lowered(script.masked)
    found: dict[tuple[int, int], Comment] = {}
    at = text.find(word)
    while at >= 0:
        line = script.index.line_of(at)
        for comment in comments_of(script, region(script, line)):
            if comment.line == line and word in comment.text.lower():
                found[comment.line, comment.column] = comment
        at = text.find(word, script.index.line_span(line).end)
    return [found[key] for key in sorted(found)]


def _lowered(text: str) -> str:
    """Lower case of the same length: some letters have a lower case of two."""
    return "".join(c.lower() if c.isascii() else c for c in text)


def comments_of(script: Script, lines: tuple[int, int]) -> list[Comment]:
    """The comments on 0-based lines; the first must begin outside of strings and brackets, as a `region` does."""
    found = []
    for token in tokens(script, lines):
        if token.type == tokenize.COMMENT:
            line, column = token.start[0] - 1 + lines[0], token.start[1]
            alone = not masked_line(script, line)[:column].strip()
            found.append(Comment(line, column, token.string, alone))
    return found


def tokens(script: Script, lines: tuple[int, int]) -> list[tokenize.TokenInfo]:
    """The tokens of 0-based lines, with places counted from the first; those before an error where there is one."""
    text = "\n".join(masked_line(script, line) for line in range(lines[0], lines[1] + 1)) + "\n"
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="\n").readline):
            found.append(token)
    except (tokenize.TokenError, SyntaxError):
        return found
    return found


def masked_line(script: Script, line: int) -> str:
    span = script.index.line_span(line)
    return script.masked[span.start : span.end]


def region(script: Script, line: int) -> tuple[int, int]:
    """The fewest lines around ``line`` (0-based) that begin and end outside of strings, brackets and statements.

    That is the simple statement on the line, with those it shares lines with; of a compound one the header; between
    two statements the line alone.
    """
    if script.tree is None:
        return 0, script.index.count - 1
    found = _region(script.tree.body, line + 1)
    return (line, line) if found is None else (found[0] - 1, found[1] - 1)


def _region(body: Sequence[ast.stmt], line: int) -> tuple[int, int] | None:
    """The same among the statements of one block, 1-based; None: between them."""
    at = bisect_left(body, line, key=_end)
    if at == len(body) or _start(body[at]) > line:
        return None
    first, last = _start(body[at]), _end(body[at])
    alone = True
    while at > 0 and _end(body[at - 1]) >= first:  # `a = 1; b = 2`
        at -= 1
        first, alone = _start(body[at]), False
    after = at + 1
    while after < len(body) and _start(body[after]) <= last:
        last, alone, after = max(last, _end(body[after])), False, after + 1
    return (_inside(body[at], line) or (first, last)) if alone else (first, last)


def _inside(statement: ast.stmt, line: int) -> tuple[int, int] | None:
    """The part of a compound statement that holds ``line``; None: the statement is to be read as a whole."""
    parts = _parts(statement)
    if not parts:
        return None
    at = _start(statement)
    for head_end, block in parts:
        first, last = _start(block[0]), max(map(_end, block[-1:]))
        if first <= max(head_end, at - 1):  # `if a: b = 1`
            return None
        if line < first:
            return at, first - 1
        if line <= last:
            return _region(block, line) or (line, line)
        at = last + 1
    return None


def _parts(statement: ast.stmt) -> list[tuple[int, list[ast.stmt]]]:
    """The blocks of a compound statement, each with the line where what stands before it ends."""
    parts: list[tuple[int, list[ast.stmt]]] = []
    fields = statement.__dict__
    body = fields.get("body")
    if isinstance(body, list):
        parts.append((_head_end(statement), body))
    for case in fields.get("cases", ()):
        parts.append((max(_last(statement.__dict__["subject"]), _last(case.pattern), _last(case.guard)), case.body))
    for handler in fields.get("handlers", ()):
        parts.append((max(handler.lineno, _last(handler.type)), handler.body))
    for name in ("orelse", "finalbody"):
        if fields.get(name):
            parts.append((0, fields[name]))
    return parts


def _head_end(statement: ast.stmt) -> int:
    """The last line of what stands before a statement's body."""
    last = statement.lineno
    for name, value in ast.iter_fields(statement):
        if name in ("body", "orelse", "finalbody", "handlers", "decorator_list"):
            continue
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, ast.AST):
                last = max([last, *(_last(node) for node in ast.walk(item))])
    return last


def _start(statement: ast.stmt) -> int:
    decorators = statement.__dict__.get("decorator_list")
    return min(statement.lineno, decorators[0].lineno) if decorators else statement.lineno


def _end(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def _last(node: ast.AST | None) -> int:
    return getattr(node, "end_lineno", None) or 0
