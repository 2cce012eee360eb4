"""Data flow through a training script: which rows, what was learned from them, which columns.

`follow` interprets the program abstractly and returns its `Flow`. It executes nothing, knows libraries only as
data (`cst_tools.flow.libraries`), and treats whatever it does not know as unknown.

What lives here:

- the values and the machine: ``values``, ``interpreter``, ``functions``, ``scopes``, ``closures``, ``units``,
  ``modules`` (files beside the script), ``tracking`` (what need not be followed again), ``recording`` (what rules get);
- the language: ``expressions``, ``comprehensions``, ``calls``, ``arguments``, ``classes``, ``matching``,
  ``containers``;
- tables: ``frames``, ``methods``, ``columns``, ``column_sets``, ``row_sets``, ``groups``, ``statistics``,
  ``derivation``, ``polars_expressions``, ``table_calls``, ``applied``;
- estimators: ``estimators``, ``training``, ``cross_validation``, ``pipelines``, ``picking``, ``networks``,
  ``stacking``;
- library calls: ``library_calls``, ``series_calls``, ``unknown_calls`` and ``libraries``, one module a library;
- facts for the rules, a module a topic: ``overlap``, ``parting``, ``timing``, ``grouping``, ``scores``,
  ``choosing``, ...

All state of the interpreter lives in scopes, in the heap and in records: that is what lets it be remembered. A new
fact is a `Learned` of a new kind (it rides on values) or an `Event` (it stands at a place); a new library is data.
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
