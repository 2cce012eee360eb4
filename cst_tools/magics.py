"""IPython syntax in scripts and notebook cells, neutralised without moving a character.

``%matplotlib inline``, ``!pip install x``, ``files = !ls``, ``df.head?`` and ``%%bash`` cells are no Python. Each is
replaced by Python of the same length on the same lines, so that every offset outside the magic stays true. A magic
that runs a Python statement (``%time model.fit(X, y)``) keeps that statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cst_tools.names import words_of

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_SCAN = re.compile(
    r"[rRbBuUfF]{0,2}(?:\"\"\"|''')|\"(?:\\.|[^\"\\\r\n])*\"|'(?:\\.|[^'\\\r\n])*'|#[^\r\n]*|[\[({]|[\])}]"
)
_MAGIC = re.compile(r"^(?P<indent>[ \t\f]*)(?P<magic>%{1,2}[A-Za-z_]|!|\?{1,2}[A-Za-z_%])")
_HELP = re.compile(r"^[ \t]*%{0,2}[A-Za-z_][\w.\[\]'\"]*\?{1,2}[ \t]*(?:#.*)?$")
_ASSIGN = re.compile(r"^(?P<target>[ \t]*[A-Za-z_][\w., \t\[\]'\"]*=[ \t]*)(?P<magic>(?:!|%[A-Za-z_]).*)$")
_RUNS_PYTHON = re.compile(
    r"^(?P<indent>[ \t]*)(?P<magic>%(?:time|timeit|prun|memit|mprun|lprun|debug)[ \t]+"
    r"(?:-\w+(?:[ \t]+\d+)?[ \t]+)*)(?P<code>[A-Za-z_(\[].*)$"
)
_PYTHON_CELLS = words_of(
    "time timeit capture prun memit mprun lprun debug python python3 pypy notify heat scalene wandb px"
)
_CELL_MARK = re.compile(r"^[ \t]*#[ \t]*(?:%%|In\s*\[|<codecell>|\+)")


def _blank(line: str) -> str:
    """Spaces in place of everything but the line end."""
    return re.sub(r"[^\r\n]", " ", line)


def _filled(code: str, length: int) -> str:
    return code.ljust(length) if len(code) <= length else "0".ljust(length)


def _body(line: str) -> tuple[str, str]:
    body = line.rstrip("\r\n")
    return body, line[len(body) :]


def lines_of(text: str) -> Iterator[str]:
    """The lines with their line ends; an empty text has none."""
    for match in _LINE.finditer(text):
        if match.group():
            yield match.group()


def mask_all(text: str) -> str:
    """Every character but line ends becomes a space."""
    return _blank(text)


def mask_magics(text: str, *, cell: bool) -> str:
    """``text`` with IPython syntax replaced by Python of the same length.

    ``cell``: the text is one notebook cell, whose ``%%`` magic reaches to its end; otherwise a ``%%`` magic reaches
    to the next cell mark (``# %%``, ``# In[3]:``). Lines inside strings, brackets and continuations are left alone.
    """
    out: list[str] = []
    state = _State()
    foreign = False  # inside a cell of another language
    continued = False  # the shell line before ended with a backslash
    for line in lines_of(text):
        body, end = _body(line)
        if foreign and (cell or not _CELL_MARK.match(body)):
            out.append(_blank(line))
            continue
        foreign = False
        if continued:
            continued = body.endswith("\\")
            out.append(_blank(line))
            continue
        if state.fresh:
            masked = _masked_line(body)
            if masked is not None:
                if body.lstrip().startswith("%%"):
                    word = re.match(r"[ \t]*%%(\w+)", body)
                    foreign = word is None or word[1] not in _PYTHON_CELLS
                continued = body.endswith("\\") and not _RUNS_PYTHON.match(body)
                out.append(masked + end)
                if masked.strip() not in ("pass", "0"):
                    state.feed(masked)
                continue
        state.feed(body)
        out.append(line)
    return "".join(out)


def _masked_line(body: str) -> str | None:
    """The replacement of one logical line's first line, or None when it is no magic."""
    runs = _RUNS_PYTHON.match(body)
    if runs:
        magic = runs["magic"]
        if len(magic) >= 6:
            return runs["indent"] + "if 1:".ljust(len(magic)) + runs["code"]
        return runs["indent"] + "pass".ljust(len(body) - len(runs["indent"]))
    magic_line = _MAGIC.match(body)
    if magic_line:
        indent = magic_line["indent"]
        return indent + _filled("pass", len(body) - len(indent))
    if "?" in body and _HELP.match(body):
        indent = body[: len(body) - len(body.lstrip())]
        return indent + _filled("pass", len(body) - len(indent))
    assign = _ASSIGN.match(body) if ("!" in body or "%" in body) else None
    if assign and not assign["target"].rstrip().endswith(("==", "<=", ">=", "!=")):
        return assign["target"] + _filled("[]", len(assign["magic"]))
    return None


class _State:
    """Whether the next line starts a new logical line."""

    def __init__(self) -> None:
        self.depth = 0
        self.quote: str | None = None
        self.backslash = False

    @property
    def fresh(self) -> bool:
        return self.depth == 0 and self.quote is None and not self.backslash

    def feed(self, body: str) -> None:
        position = 0
        while position <= len(body):
            if self.quote is not None:
                close = self._close(body, position)
                if close < 0:
                    self.backslash = False
                    return
                position = close + 3
                self.quote = None
                continue
            match = _SCAN.search(body, position)
            if not match:
                break
            token = match.group()
            position = match.end()
            if token.endswith(('"""', "'''")) and len(token) <= 5:
                self.quote = token[-3:]
            elif token in "([{":
                self.depth += 1
            elif token in ")]}":
                self.depth = max(0, self.depth - 1)
            elif token.startswith("#"):
                self.backslash = False
                return
        self.backslash = body.endswith("\\")

    def _close(self, body: str, position: int) -> int:
        """Where the open triple quote closes in ``body``, or -1."""
        assert self.quote is not None
        while True:
            found = body.find(self.quote, position)
            if found < 0:
                return -1
            slashes = len(body[:found]) - len(body[:found].rstrip("\\"))
            if slashes % 2 == 0:
                return found
            position = found + 1
