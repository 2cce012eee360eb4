"""Whether a text that Python 3 rejects is Python 2, and what shows it."""

from __future__ import annotations

import ast
import re

from cst_tools.types import Span

_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "a print statement",
        re.compile(
            r"^[ \t]*(?:.*:[ \t]+|.*;[ \t]*)?print"
            r"(?:[ \t]+(?![=.\[(,)]|in\b|is\b|if\b|and\b|or\b)|[ \t]*(?=['\"])|[ \t]*>>)",
            re.M,
        ),
    ),
    ("a print statement", re.compile(r"^[ \t]*print[ \t]+\([^\r\n]*\)[ \t]*[,%]", re.M)),
    ("'except X, e'", re.compile(r"^[ \t]*except[ \t]+(?:[\w.]+|\([^()\r\n]*\))[ \t]*,[ \t]*\w+[ \t]*:", re.M)),
    ("'raise X, message'", re.compile(r"^[ \t]*raise[ \t]+[\w.]+[ \t]*,[ \t]*[^\r\n]+", re.M)),
    ("an exec statement", re.compile(r"^[ \t]*exec[ \t]+[\w'\"]", re.M)),
    ("the '<>' operator", re.compile(r"[\w)\]][ \t]*<>[ \t]*[\w('\"]")),
    ("backticks", re.compile(r"`[^`\r\n]+`")),
    ("a ur'' string", re.compile(r"(?<![\w])[uU][rR](?=['\"])")),
    ("a long or old octal number", re.compile(r"(?<![\w.'\"])(?:\d+[lL]|0[0-7]+)(?![\w.'\"])")),
)
_PRINT_TO = re.compile(r"^[ \t]*print[ \t]*>>", re.M)
_COMMA_EXCEPT = re.compile(
    r"^[ \t]*except[ \t]+[\w.]+[ \t]*,[ \t]*(?:e|ex|exc|err|error|exception|why|msg)[ \t]*:", re.M
)


def python_2_reason(text: str, error: Span | None, tree: ast.Module | None) -> tuple[str, Span] | None:
    """A sentence and a place when the text is Python 2, else None.

    ``error`` is where Python 3 stopped: a sign counts only on that line or the one before it (the parser may notice on
    the next token), so that a slip in Python 3 code is not called Python 2. With a ``tree`` the text is valid for this
    interpreter, and two forms count: ``except A, e:``, which Python 3.14 accepts, and ``print >>file, x``.
    """
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")  # same offsets, one line end
    if tree is not None:
        for what, pattern in (("'except X, e'", _COMMA_EXCEPT), ("a print statement", _PRINT_TO)):
            match = pattern.search(text) if "except" in text or "print" in text else None
            if match is not None and _confirmed(tree, text.count("\n", 0, match.start()) + 1):
                return _sentence(what, text, match)
        return None
    if error is None:
        return None
    first = text.rfind("\n", 0, max(error.start, 0)) + 1
    before = text.rfind("\n", 0, max(first - 1, 0)) + 1
    last = text.find("\n", error.start)
    last = len(text) if last < 0 else last
    for start in (first, before):
        region = text[start:last] if start == first else text[start:first]
        for what, pattern in _SIGNS:
            match = pattern.search(_without_strings(region))
            if match:
                return _sentence(what, text, match, start)
    return None


def _without_strings(region: str) -> str:
    """Comments and the insides of one-line strings blanked: what they hold is no syntax."""

    def blank(match: re.Match[str]) -> str:
        token = match.group()
        return " " * len(token) if token.startswith("#") else token[0] + "x" * (len(token) - 2) + token[-1]

    return re.sub(r"\"(?:\\.|[^\"\\\r\n])*\"|'(?:\\.|[^'\\\r\n])*'|#[^\r\n]*", blank, region)


def _sentence(what: str, text: str, match: re.Match[str], shift: int = 0) -> tuple[str, Span]:
    start = shift + match.start() + len(match.group()) - len(match.group().lstrip())
    line = text.count("\n", 0, start) + 1
    message = (
        f"This is Python 2 ({what} on line {line}); convert the script to Python 3, for instance with 2to3, first."
    )
    return message, Span(start, max(start, shift + match.end()))


def _confirmed(tree: ast.Module, line: int) -> bool:
    """Whether the tree has, on a line, an unnamed handler of several exceptions or a value shifted into ``print``."""
    for node in ast.walk(tree):
        if getattr(node, "lineno", 0) != line:
            continue
        if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Tuple):
            return True
        if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Name) and node.left.id == "print":
            return True
    return False
