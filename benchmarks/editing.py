"""Editing as people do it, as lists of edits: what `benchmarks/latency.py` replays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edit:
    """One ``textDocument/didChange``: changes by offset, each of the text after the one before."""

    changes: tuple[tuple[int, int, str], ...]


@dataclass
class Text:
    """What the editor has, with the edits that led to it and those that undo them."""

    now: str
    undo: list[Edit] = field(default_factory=list)

    def change(self, *changes: tuple[int, int, str]) -> Edit:
        backwards = []
        for start, end, new in changes:
            backwards.append((start, start + len(new), self.now[start:end]))
            self.now = self.now[:start] + new + self.now[end:]
        self.undo.append(Edit(tuple(reversed(backwards))))
        return Edit(changes)

    def type(self, at: int, words: str) -> Iterator[Edit]:
        """Character by character."""
        for number, character in enumerate(words):
            yield self.change((at + number, at + number, character))

    def erase(self, end: int, count: int) -> Iterator[Edit]:
        """Backspace, ``count`` times."""
        for number in range(count):
            yield self.change((end - number - 1, end - number, ""))

    def back(self, count: int) -> Iterator[Edit]:
        """Undo, ``count`` times."""
        for _ in range(count):
            changes = self.undo.pop().changes
            yield self.change(*changes)
            self.undo.pop()

    def line(self, pattern: str, share: float = 0.5) -> re.Match[str]:
        """The first line behind ``share`` of the text that fits."""
        wanted = re.compile(pattern, re.MULTILINE)
        found = wanted.search(self.now, int(len(self.now) * share)) or wanted.search(self.now)
        assert found is not None, f"no line fits {pattern}"
        return found


_STATEMENT = r"^[ ]*\w+ = .+\n(?=[ ]*\w)"
_IN_FUNCTION = r"^    \w+ = .+\n(?=    \w)"


def typing_a_statement(text: Text) -> Iterator[Edit]:
    at = text.line(_STATEMENT)
    indent = at[0][: len(at[0]) - len(at[0].lstrip())]
    words = f"{indent}extra = scaled.mean(axis=0)\n"
    yield from text.type(at.end(), words)
    yield from text.back(len(words))


def deleting_a_line(text: Text) -> Iterator[Edit]:
    at = text.line(_STATEMENT, 0.3)
    yield text.change((at.start(), at.end(), ""))
    yield from text.back(1)


def pressing_enter(text: Text) -> Iterator[Edit]:
    for share in (0.2, 0.5, 0.8):
        at = text.line(_STATEMENT, share)
        yield text.change((at.end() - 1, at.end() - 1, "\n"))
    yield from text.back(3)


def indenting_a_block(text: Text) -> Iterator[Edit]:
    found = text.line(r"(?:^    \w+ = .+\n){2,}", 0.4)
    starts = [found.start() + match.start() for match in re.finditer(r"^", found[0], re.MULTILINE)][:-1]
    yield text.change((found.start(), found.start(), "    if True:\n"))
    below = [start + len("    if True:\n") for start in starts]
    yield text.change(*((start, start, "    ") for start in reversed(below)))
    yield from text.back(2)


def pasting(text: Text) -> Iterator[Edit]:
    at = text.line(_IN_FUNCTION, 0.6)
    lines = "".join(f"    copied_{number} = frame.fillna({number})\n" for number in range(10))
    yield text.change((at.end(), at.end(), lines))
    yield from text.back(1)


def breaking_a_bracket(text: Text) -> Iterator[Edit]:
    at = text.line(r"\w\(.*\)$", 0.35).end()
    yield text.change((at - 1, at, ""))
    yield from text.back(1)


def breaking_a_string(text: Text) -> Iterator[Edit]:
    at = text.line(r'"[\w ]+"', 0.55).end()
    yield text.change((at - 1, at, ""))
    yield from text.back(1)


def opening_a_docstring(text: Text) -> Iterator[Edit]:
    at = text.line(_IN_FUNCTION, 0.45)
    yield from text.type(at.end(), '    """')
    yield from text.type(at.end() + 7, 'words"""\n')
    yield from text.back(16)


def renaming_a_variable(text: Text) -> Iterator[Edit]:
    at = text.line(r"^    (\w{3,}) = ", 0.5)
    stop = text.now.find("\ndef ", at.start())
    region = text.now[at.start() : stop if stop > 0 else len(text.now)]
    places = [at.start() + m.start() for m in re.finditer(rf"\b{at[1]}\b", region)]
    end = len(at[1])
    yield text.change(*((place, place + end, f"{at[1]}_new") for place in reversed(places)))
    yield from text.back(1)


def editing_a_function(text: Text) -> Iterator[Edit]:
    at = text.line(_IN_FUNCTION, 0.7)
    yield from text.type(at.end() - 1, " + offset")
    yield from text.erase(at.end() - 1 + 9, 9)
    for _ in range(18):
        text.undo.pop()


def editing_the_data(text: Text) -> Iterator[Edit]:
    """The first line that reads data: everything below depends on it."""
    at = text.line(r"^\w.* = .*(?:read_|load_|fetch_|make_|DataFrame|array)\w*\(.*\)$", 0.0)
    yield from text.type(at.end() - 1, ", sep=1")
    yield from text.back(7)


def typing_a_comment(text: Text) -> Iterator[Edit]:
    at = text.line(_STATEMENT, 0.65)
    yield from text.type(at.end() - 1, "  # as in the paper")
    yield from text.back(19)


def typing_in_a_string(text: Text) -> Iterator[Edit]:
    at = text.line(r'"[\w ]+"', 0.5).start() + 1
    yield from text.type(at, "xxxxx")
    yield from text.back(5)


SCRIPTS: tuple[Callable[[Text], Iterator[Edit]], ...] = (
    typing_a_statement,
    deleting_a_line,
    pressing_enter,
    indenting_a_block,
    pasting,
    breaking_a_bracket,
    breaking_a_string,
    opening_a_docstring,
    renaming_a_variable,
    editing_a_function,
    editing_the_data,
    typing_a_comment,
    typing_in_a_string,
)
"""Each leaves the text as it was."""
