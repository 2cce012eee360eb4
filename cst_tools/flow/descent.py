"""Training by gradient, written out: ``loss.backward()`` in a loop over batches."""

from __future__ import annotations

from dataclasses import dataclass

from cst_tools.flow.values import Event, Rows


@dataclass(frozen=True, slots=True)
class Descended(Event):
    """A model is trained by the gradient of a loss on some rows."""

    model: int
    rows: Rows
