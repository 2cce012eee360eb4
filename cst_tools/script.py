"""A training script as text: parsed, masked and indexed, whatever the text is.

`Script.parse` never raises. What cannot be analysed (a syntax error, Python 2, a broken notebook) is a `Problem`
with one sentence and a place; then ``tree`` is None, except for a notebook with single broken cells, whose other
cells are analysed.
"""

from __future__ import annotations

import ast
import bisect
import hashlib
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cst_tools.magics import mask_all, mask_magics
from cst_tools.notebook import Notebook, locate_in_cells, read_notebook, write_cells
from cst_tools.pauses import without_collection
from cst_tools.positions import LineIndex
from cst_tools.python2 import python_2_reason
from cst_tools.types import Edit, Problem, ProblemKind, Span
from cst_tools.walking import children

if TYPE_CHECKING:
    import libcst

    from cst_tools.flow.modules import Project

MAX_DEPTH = 250
"""Deepest syntax tree that is analysed: recursive visitors of three frames a level stay under CPython's limit."""


def hash_text(text: str) -> str:
    """16 hexadecimal digits that identify a text up to line ends and trailing blanks."""
    normal = re.sub(r"[ \t\f]+(?=\n|\Z)", "", re.sub(r"\r\n|\r", "\n", text)).rstrip("\n")
    return hashlib.blake2b(normal.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass(frozen=True, eq=False)
class Script:
    """A script's text with what analysis needs of it.

    ``masked`` has the same length and the same line ends as ``text``, with IPython magics neutralised: it is what
    ``tree`` was parsed from and what can be run. For a notebook, ``text`` is its code cells joined by newlines.
    """

    path: str
    text: str
    masked: str
    problem: Problem | None
    index: LineIndex
    tree: ast.Module | None
    cells: tuple[Span, ...] = ()
    notebook: Notebook | None = field(default=None, repr=False)
    counts: tuple[int | None, ...] = ()
    """`execution_counts` where an editor told them, and not the notebook's file."""

    @classmethod
    def parse(cls, text: str, path: str = "script.py") -> Script:
        """The script of ``text``; for a path that ends in ``.ipynb`` the text is the notebook's JSON. Never raises."""
        with without_collection():
            return cls._parse(text, path)

    @classmethod
    def _parse(cls, text: str, path: str) -> Script:
        if path.lower().endswith(".ipynb"):
            notebook = read_notebook(text)
            if isinstance(notebook, str):
                problem = Problem(ProblemKind.BAD_NOTEBOOK, notebook, Span(0, min(len(text), 1)))
                return cls(path, text, text, problem, LineIndex(text), None)
            return cls._from_cells(path, notebook.text, tuple(c.span for c in notebook.cells), notebook)
        return cls._from_text(path, text)

    @classmethod
    def _from_text(cls, path: str, text: str) -> Script:
        masked = "\f" + text[1:] if text.startswith("\ufeff") else text
        tree, problem = parse_source(masked)
        if tree is None and problem is not None and problem.kind is ProblemKind.SYNTAX_ERROR:
            quiet = mask_magics(masked, cell=False)
            if quiet != masked:
                again, problem_again = parse_source(quiet)
                if again is not None:
                    masked, tree, problem = quiet, again, None
                elif problem_again is not None and problem_again.span.start > problem.span.start:
                    masked, problem = quiet, problem_again
        return cls(path, text, masked, problem, LineIndex(text, masked), tree)

    @classmethod
    def _from_cells(cls, path: str, text: str, cells: tuple[Span, ...], notebook: Notebook | None) -> Script:
        parts: list[str] = []
        problem: Problem | None = None
        for number, span in enumerate(cells, 1):
            source = text[span.start : span.end]
            tree, trouble = parse_source(source)
            if tree is None:
                source = mask_magics(source, cell=True)
                tree, trouble = parse_source(source)
            if tree is None and trouble is not None:
                source = mask_all(source)
                if problem is None:
                    problem = Problem(
                        trouble.kind,
                        f"Cell {number} is left out of the analysis: {trouble.message}",
                        trouble.span.shifted(span.start),
                    )
            parts.append(source)
        masked = "\n".join(parts)
        whole, trouble = parse_source(masked)
        return cls(path, text, masked, problem or trouble, LineIndex(text, masked), whole, cells, notebook)

    @cached_property
    def project(self) -> Project | None:
        """Where the modules that the script imports are looked for; None for a script that is no file."""
        from cst_tools.flow.modules import Project  # that room reads scripts itself

        path = Path(self.path)
        return Project(path) if path.is_file() else None

    @cached_property
    def cst(self) -> libcst.Module | None:
        """The concrete tree, or None where libcst cannot parse the script or would not give it back byte for byte."""
        import libcst  # 0.2 s to import: not on the way to a diagnostic

        if self.tree is None or self.masked != self.text:
            return None
        try:
            module = libcst.parse_module(self.text)
        except (libcst.ParserSyntaxError, ValueError, RecursionError):
            return None
        return module if module.code == self.text else None

    def span_of(self, node: ast.AST) -> Span:
        """Where a node of ``tree`` lies in ``text`` (decorators of a definition excluded)."""
        first, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        last, end = getattr(node, "end_lineno", None) or first, getattr(node, "end_col_offset", None)
        start = self.index.offset_from_utf8(first - 1, column)
        return Span(start, start if end is None else self.index.offset_from_utf8(last - 1, end))

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.end]

    @property
    def execution_counts(self) -> tuple[int | None, ...]:
        """The number of each code cell's last run; empty where that is not known."""
        return self.counts if self.notebook is None else tuple(cell.count for cell in self.notebook.cells)

    def cell_of(self, span: Span) -> tuple[int, Span] | None:
        """Index of the code cell that holds ``span`` and the span inside it; None outside notebooks or across cells."""
        return locate_in_cells(self.cells, span)

    def source_after(self, text: str, edits: Sequence[Edit] | None = None) -> str:
        """The file's content once ``text`` replaces this script's text: itself, or the notebook's JSON.

        For a notebook the ``edits`` that lead to ``text`` tell which cell grew; without them the lines that differ do.
        """
        if self.notebook is None:
            return text
        spans = _cells_after(self.text, self.cells, text, edits)
        return write_cells(self.notebook, {i: text[s.start : s.end] for i, s in enumerate(spans)})

    def line_name(self, line: int) -> str:
        """A 0-based line as a sentence names it: ``line 13``, in a notebook ``line 4 of cell 3``."""
        if not self.cells:
            return f"line {line + 1}"
        at = self.index.line_start(line)
        number = max(0, bisect.bisect_right(self.cells, at, key=lambda cell: cell.start) - 1)
        return f"line {line - self.index.line_of(self.cells[number].start) + 1} of cell {number + 1}"

    def with_text(self, text: str, edits: Sequence[Edit] | None = None) -> Script:
        """The script after its text changed to ``text`` (by ``edits``); a notebook stays one, cell by cell."""
        if not self.cells:
            return Script.parse(text, self.path) if self.notebook is None else Script._from_text(self.path, text)
        notebook = read_notebook(self.source_after(text, edits)) if self.notebook is not None else None
        if isinstance(notebook, Notebook) and notebook.text == text:
            return Script._from_cells(self.path, text, tuple(c.span for c in notebook.cells), notebook)
        return Script._from_cells(self.path, text, _cells_after(self.text, self.cells, text, edits), None)


def _cells_after(old: str, cells: tuple[Span, ...], new: str, edits: Sequence[Edit] | None) -> tuple[Span, ...]:
    """The cells' spans in ``new``, where edits changed the insides of cells only."""
    from cst_tools.edits import map_boundaries, minimal_edits  # that module reads scripts itself

    return map_boundaries(cells, minimal_edits(old, new) if edits is None else edits)


def parse_source(masked: str) -> tuple[ast.Module | None, Problem | None]:
    """The tree of some source, or what is wrong with it. Never raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in the user's strings are not ours to print
            tree = ast.parse(masked)
    except SyntaxError as error:
        return None, _syntax_problem(masked, error)
    except UnicodeEncodeError as error:
        return None, Problem(
            ProblemKind.BAD_ENCODING,
            "The text holds half of a surrogate pair, which no Python source can; save the file as UTF-8.",
            Span(error.start, error.end),
        )
    except ValueError as error:  # NUL bytes, before Python 3.12
        return None, _value_problem(masked, error)
    except (RecursionError, MemoryError):
        return None, _too_deep()
    if _is_deep(tree):
        return None, _too_deep()
    reason = python_2_reason(masked, None, tree)
    if reason is not None:
        return None, Problem(ProblemKind.PYTHON_2, reason[0], reason[1])
    return tree, None


def _too_deep() -> Problem:
    message = "An expression is nested too deeply to analyse; split it into several statements."
    return Problem(ProblemKind.TOO_DEEP, message, Span(0, 0))


def _value_problem(masked: str, error: ValueError) -> Problem:
    at = masked.find("\0")
    if at >= 0:
        message = "The text holds a NUL character, so it is no Python source; save the file as UTF-8."
        return Problem(ProblemKind.BAD_ENCODING, message, Span(at, at + 1))
    return Problem(ProblemKind.SYNTAX_ERROR, f"Python cannot read the script: {error}.", Span(0, 0))


def _syntax_problem(masked: str, error: SyntaxError) -> Problem:
    if "\0" in masked:
        return _value_problem(masked, ValueError(error.msg))
    if "too many nested" in (error.msg or "") or "too many levels of indentation" in (error.msg or ""):
        return _too_deep()
    index = LineIndex(masked)
    line = min(max((error.lineno or 1) - 1, 0), index.count - 1)
    start = index.offset(line, max((error.offset or 1) - 1, 0))
    end = start
    if error.end_lineno and error.end_offset and error.end_lineno - 1 < index.count:
        end = index.offset(error.end_lineno - 1, max(error.end_offset - 1, 0))
    line_end = index.line_span(line).end
    span = Span(start, end if end > start else min(start + 1, max(line_end, start)))
    reason = python_2_reason(masked, span, None)
    if reason is not None:
        return Problem(ProblemKind.PYTHON_2, reason[0], reason[1])
    return Problem(ProblemKind.SYNTAX_ERROR, f"Syntax error on line {line + 1}: {error.msg or 'invalid syntax'}.", span)


def _is_deep(tree: ast.Module) -> bool:
    """Whether any node lies deeper than `MAX_DEPTH`, level by level and without recursion."""
    level: list[ast.AST] = [tree]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            return True
        below: list[ast.AST] = []
        for node in level:
            below += children(node)
        level = below
    return False
