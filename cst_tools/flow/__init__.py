"""Data flow through a training script: which rows, what was learned from them, which columns.

`follow` interprets the program abstractly and returns its `Flow`. It executes nothing, knows libraries only as
data (`cst_tools.flow.libraries`), and treats whatever it does not know as unknown.
"""

from cst_tools.flow.interpreter import follow
from cst_tools.flow.values import Choice, Columns, Evaluation, Flow, Kind, Learned, Learns, Part, Training, Value

__all__ = [
    "Choice",
    "Columns",
    "Evaluation",
    "Flow",
    "Kind",
    "Learned",
    "Learns",
    "Part",
    "Training",
    "Value",
    "follow",
]
