"""The builtins that the instrumented program calls: report the objective's value, look at what ``fit`` receives."""

from __future__ import annotations

import builtins
import sys
from typing import Any, Callable

from . import evaluation, facts, wire


def as_number(value: Any) -> "tuple[float | None, str]":
    """``value`` as a float, or None with the reason. A flat array of several numbers (fold scores) gives its mean."""
    if isinstance(value, bool):
        return None, "a truth value is not a score"
    if isinstance(value, (str, bytes)):
        return None, "the objective is text, not a number"
    shape = getattr(value, "shape", None)
    if isinstance(value, (list, tuple)) or (shape is not None and len(tuple(shape)) > 0):
        return _mean(value)
    try:
        item = getattr(value, "item", None)
        if callable(item) and not isinstance(value, (int, float)):
            value = item()
        if isinstance(value, complex):
            return None, "the objective is a complex number"
        return float(value), ""
    except Exception as error:
        return None, "the objective is a {} that is not a number ({})".format(type(value).__name__, error)


def _mean(value: Any) -> "tuple[float | None, str]":
    kind = type(value).__name__
    if isinstance(value, tuple):
        return None, "the objective is a tuple of {} values; one number is needed".format(len(value))
    try:
        flat = value.detach().cpu().numpy() if hasattr(value, "detach") else value
        shape = tuple(getattr(flat, "shape", (len(flat),)))
        numbers = [float(v) for v in (flat.ravel() if hasattr(flat, "ravel") else list(flat))]
    except Exception as error:
        return None, "the objective is a {} that is not a number ({})".format(kind, error)
    if sum(1 for n in shape if n != 1) > 1 or not numbers:
        return None, "the objective is a {} of shape {}; one number is needed".format(kind, shape)
    if len(numbers) > 1000:
        return None, "the objective is a {} of {} values; one number is needed".format(kind, len(numbers))
    return sum(numbers) / len(numbers), ""


_reported: "list[float]" = []


def finish(channel: wire.Channel) -> None:
    """Say which rows the reported numbers were computed on, where that was seen."""
    try:
        seen = evaluation.explain_all(_reported)
        if seen:
            channel.send(evaluated=seen)
    except Exception as error:
        channel.send(note="the scored rows could not be told: {}".format(error))


def install(channel: wire.Channel, probes: bool) -> None:
    def report(value: Any) -> Any:
        try:
            number, reason = as_number(value)
            if number is None:
                channel.send(bad=reason)
            else:
                channel.send(value=number)
                _reported.append(number)
        except Exception as error:  # the user's program must go on whatever its value does
            sys.stderr.write("mlestar: the score could not be reported: {}\n".format(error))
        return value

    seen: dict[int, int] = {}

    def call(site: int, callee_text: str, callee: Callable[..., Any]) -> Callable[..., Any]:
        if not probes or seen.get(site, 0) >= 1:
            return callee

        def probed(*args: Any, **kwargs: Any) -> Any:
            if seen.setdefault(site, 0) == 0:
                seen[site] = 1
                try:
                    channel.send(fit=facts.describe(site, callee_text, callee, args, kwargs))
                except Exception as error:
                    channel.send(note="fit call in line {} could not be described: {}".format(site + 1, error))
            return callee(*args, **kwargs)

        return probed

    setattr(builtins, "__mlestar_report__", report)  # noqa: B010
    setattr(builtins, "__mlestar_call__", call)  # noqa: B010
