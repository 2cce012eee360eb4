"""Transformers of the script's own classes as steps of a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cst_tools.flow import classes
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.values import Estimator, Instance, Kind, Value, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


def own_steps(m: Interpreter, state: Estimator, data: Value, a: Arguments) -> Value:
    """``data`` after the fitting and transforming of those steps that are objects of the script's classes."""
    for ref in state.steps:
        step = m.heap.get(ref)
        if not isinstance(step, Instance) or not data.rows:
            continue
        me = Value(Kind.INSTANCE, ref=ref)
        fit = classes.find_method(m, step.definition, "fit")
        transform = classes.find_method(m, step.definition, "transform")
        if fit is None or transform is None:
            continue
        m.call_function(fit, [me, data, *a.positional[1:2]], {})
        result = m.call_function(transform, [me, data], {})
        data = replace(data, learned=data.learned | result.learned)
    return data
