"""A script that is being edited: findings of every version, at the cost of what each edit touched.

`LiveScript` keeps the last version's statements (`cst_tools.regions`), and what following each of them came to
(`cst_tools.flow.tracking`). Used from one thread; the trees of its scripts share nodes and are valid until the
next update.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cst_tools.flow.interpreter import Interpreter
from cst_tools.flow.modules import Project
from cst_tools.magics import mask_all, mask_magics
from cst_tools.pauses import without_collection
from cst_tools.positions import LineIndex
from cst_tools.regions import Parsed, Regions
from cst_tools.rules import Checked, check_context, fix_of
from cst_tools.rules.rule import Context
from cst_tools.rules.verify import Verifier
from cst_tools.script import Script, parse_source
from cst_tools.types import Finding, Fix, Problem, ProblemKind, Span

_MAGIC = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$", re.M)
"""A line that may be IPython's."""
_LINE_NUMBER = re.compile(r"\bon line (\d+)")
_WORST = (ProblemKind.PYTHON_2, ProblemKind.BAD_ENCODING)


@dataclass(frozen=True)
class Live:
    """One version. ``findings`` come without fixes: ask `LiveScript.fix`."""

    script: Script
    findings: tuple[Finding, ...]
    errors: tuple[str, ...]
    problem: Problem | None


class LiveScript:
    """One open document."""

    def __init__(self, path: str = "script.py") -> None:
        self._path = path
        self._regions = Regions(_read)
        self._interpreter = self._new_interpreter()
        self._masks: dict[str, str] = {}
        """Cells of a notebook as they are parsed."""
        self._magics = False
        """Whether this is a script with IPython magics, which are masked before it is parsed."""
        self._context: Context | None = None
        self._ignore: Collection[str] = ()
        self._checked = Checked(())
        self._verifier: Verifier | None = None
        """Of the newest version, once a fix was asked for."""

    def update(
        self,
        text: str,
        cells: tuple[Span, ...] = (),
        ignore: Collection[str] = (),
        counts: tuple[int | None, ...] = (),
    ) -> Live:
        """The next version of the text; ``cells`` are those of a notebook, last run as ``counts`` say. Never raises."""
        with without_collection():
            return self._update(text, cells, ignore, counts)

    def _update(
        self, text: str, cells: tuple[Span, ...], ignore: Collection[str], counts: tuple[int | None, ...]
    ) -> Live:
        masked, problem = self._masked_cells(text, cells) if cells else (self._masked(text), None)
        index = LineIndex(text, masked)
        self._regions.update(masked, index.starts)
        if not cells:
            masked = self._with_magics(text, masked, index)
        problem = problem or self._problem()
        tree = ast.Module(self._statements(), [])
        script = Script(self._path, text, masked, problem, index, tree, cells, counts=counts)
        context = Context(script, tree)
        try:
            chunks = [chunk for piece in self._regions.pieces for chunk in piece.chunks]
            context.flow = self._interpreter.run(chunks)
            self._checked = check_context(context, ignore, fixes=False, notes=problem is None)
        except Exception as error:  # a defect of ours: start afresh with the next version
            self._interpreter = self._new_interpreter()
            self._checked = Checked((), (f"flow: {type(error).__name__}: {error}",))
        self._context, self._ignore, self._verifier = context, ignore, None
        return Live(script, self._checked.findings, self._checked.errors, problem)

    def fix(self, finding: Finding) -> Fix | None:
        """The fix of a finding of the newest version, verified by a second analysis; None where there is none."""
        context = self._context
        if context is None or finding not in self._checked.findings:
            return None
        if context.script.problem is not None and not context.script.cells:
            return None  # an edit to a script that does not parse cannot be verified
        try:
            if self._verifier is None:
                self._verifier = Verifier(context.script, self._ignore)
            return fix_of(context, finding, self._checked.findings, self._ignore, self._verifier)
        except Exception:  # as in `check`: a fix that fails is none
            return None

    def _new_interpreter(self) -> Interpreter:
        path = Path(self._path)
        return Interpreter(Project(path) if path.is_file() else None)

    # ---- parsing -----------------------------------------------------------------------------------------

    def _masked(self, text: str) -> str:
        masked = "\f" + text[1:] if text.startswith("\ufeff") else text
        return mask_magics(masked, cell=False) if self._magics else masked

    def _with_magics(self, text: str, masked: str, index: LineIndex) -> str:
        """Masks magics from now on if that mends the script, and no more once there are none."""
        if self._magics or not any(piece.problem for piece in self._regions.pieces) or not _MAGIC.search(masked):
            return masked
        quiet = mask_magics(masked, cell=False)
        if quiet == masked:
            return masked
        trial = Regions(_read)
        trial.update(quiet, index.starts)
        if any(piece.problem for piece in trial.pieces):
            return masked
        self._magics = True
        self._regions.update(quiet, index.starts)
        return quiet

    def _masked_cells(self, text: str, cells: Sequence[Span]) -> tuple[str, Problem | None]:
        """The cells as they are parsed. A broken cell that never was whole is left out."""
        parts: list[str] = []
        problem: Problem | None = None
        masks: dict[str, str] = {}
        for number, span in enumerate(cells, 1):
            source = text[span.start : span.end]
            masked = self._masks.get(source)
            if masked is None:
                masked, trouble = _mask_cell(source)
                if trouble is not None:
                    message = f"Cell {number} is left out of the analysis: {trouble.message}"
                    problem = problem or Problem(trouble.kind, message, trouble.span.shifted(span.start))
                    # a cell that is being typed keeps its last statements: the regions see to that
                    parts.append(source if self._regions.pieces and not _swallows(trouble) else mask_all(source))
                    continue
            masks[source] = masked
            parts.append(masked)
        self._masks = masks
        return "\n".join(parts), problem

    def _problem(self) -> Problem | None:
        """What is wrong with the text as a whole: the first broken piece, the reason that explains most first."""
        found: list[Problem] = []
        for piece in self._regions.pieces:
            if piece.problem is not None:
                found.append(self._placed(piece.problem, piece.start))
        return min(found, key=lambda p: p.kind not in _WORST, default=None)

    def _placed(self, problem: Problem, line: int) -> Problem:
        start = self._regions.start_of(line)
        message = problem.message
        if problem.kind is ProblemKind.SYNTAX_ERROR:  # Python too names lines: of the statement that opens a block
            message = _LINE_NUMBER.sub(lambda match: f"on line {int(match[1]) + line}", message)
        return replace(problem, message=message, span=problem.span.shifted(start))

    def _statements(self) -> list[ast.stmt]:
        return [s for piece in self._regions.pieces for chunk in piece.chunks for s in chunk.statements]


def _read(source: str) -> Parsed:
    tree, problem = parse_source(source)
    return Parsed(tuple(tree.body) if tree is not None else (), problem)


def _mask_cell(source: str) -> tuple[str, Problem | None]:
    tree, trouble = parse_source(source)
    if tree is not None:
        return source, None
    masked = mask_magics(source, cell=True)
    tree, trouble = parse_source(masked)
    return masked, trouble if tree is None else None


def _swallows(trouble: Problem) -> bool:
    """Whether what is wrong with a cell would take the cells after it along: an open string or bracket."""
    return "never closed" in trouble.message or "unterminated triple" in trouble.message
