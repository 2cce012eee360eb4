"""Notebooks whose cells were run in another order than they stand."""

from __future__ import annotations

from collections.abc import Iterator

from cst_tools.rules.rule import Context, Rule
from cst_tools.script import Script
from cst_tools.types import Finding, Related, Severity, Span


class CellsRunOutOfOrder(Rule):
    """The cells of a notebook were last run in another order than they stand.

    ## What it does

    Compares the execution counts that the notebook stores with the order of its code cells, and notes the first cell
    that was run before one that stands above it. It is a hint (information) and never fails a check.

    ## Why is this bad

    All other findings, and every study, take the cells from top to bottom, as a clean *Run All* does. The outputs
    that the notebook shows came about otherwise. A score may rest on a split that has been drawn again since, or on a
    scaler from an earlier attempt, and nobody can repeat it.

    ## Example

    ```text
    In [5]: X_train, X_test, y_train, y_test = train_test_split(X, y)
    In [3]: model.fit(X_train, y_train)
    In [4]: model.score(X_test, y_test)
    ```

    The model was trained and scored on an earlier split. Restart the kernel and run all cells.

    ## Fix safety

    There is no fix: only running the notebook again mends it.

    ## Options

    `ignore = ["N001"]` in `[tool.mlestar]`, or `# mlestar: ignore[N001] reason` on the first line of the cell.

    ## References

    - Pimentel et al., "A large-scale study about quality and reproducibility of Jupyter notebooks", MSR 2019
    """

    code = "N001"
    slug = "cells-run-out-of-order"

    def check(self, context: Context) -> Iterator[Finding]:
        script = context.script
        counts = script.execution_counts
        highest: tuple[int, int] | None = None
        for number, count in enumerate(counts):
            if count is None or not script.slice(script.cells[number]).strip():
                continue
            if highest is not None and count < highest[0]:
                yield self._note(script, number, count, highest)
                return
            highest = (count, number) if highest is None or count >= highest[0] else highest

    def _note(self, script: Script, number: int, count: int, earlier: tuple[int, int]) -> Finding:
        above, cell = earlier[1], number
        message = (
            f"Cell {cell + 1} was last run (In [{count}]) before cell {above + 1} above it (In [{earlier[0]}]), so the "
            "outputs shown are not those of the cells in order: restart the kernel and run all."
        )
        related = Related(f"Run later, as In [{earlier[0]}]", _first_line(script, above))
        return Finding(self.code, self.slug, message, Severity.INFORMATION, _first_line(script, cell), (related,))


def _first_line(script: Script, cell: int) -> Span:
    """The first line of a cell that has something on it."""
    span = script.cells[cell]
    text = script.slice(span)
    start = span.start + len(text) - len(text.lstrip())
    line = script.index.line_span(script.index.line_of(start))
    return Span(start, line.end)
