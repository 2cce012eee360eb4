"""A run at reduced fidelity: fewer rows, folds or rounds, taken away at run time and never in the user's code.

The server asks with ``spec["fidelity"]``; what was really taken away is sent as ``{"fidelity": {...}}``, one event a
table, cross-validation or kind of training; intermediate scores, when asked for, as ``{"curve": number}``. A run that
could take nothing away has sent none with a difference, and then it was no cheaper kind of run. The rows depend on the
run's seed: scores over seeds then spread by the draw too, as they must when they are to speak for the whole data. All
variants at one seed get the same rows.
"""

from __future__ import annotations

from typing import Any, Set, Tuple

from . import seeding, wire

_MOST_EVENTS = 200


def install(channel: wire.Channel, spec: "dict[str, Any]") -> None:
    """Reduce what the program loads and trains, as far as ``spec["fidelity"]`` asks for it."""
    asked: "dict[str, Any]" = spec.get("fidelity") or {}
    if not asked:
        return
    from .fidelity_draws import Draws, Wanted  # only now: a run at full fidelity starts without them
    from .fidelity_folds import Folds
    from .fidelity_rounds import Curve, Rounds
    from .fidelity_tables import Boundary

    seen: "Set[Tuple[Any, ...]]" = set()

    def note(**what: Any) -> None:
        key = tuple((name, *value) for name, value in what.items())
        if key not in seen and len(seen) < _MOST_EVENTS:
            seen.add(key)
            channel.send(fidelity=what)

    def table(name: str, before: int, after: int, how: str) -> None:
        note(table=[name, before, after, how])

    def folds(where: str, before: int, after: int) -> None:
        note(folds=[where, before, after])

    def rounds(what: str, before: int, after: int) -> None:
        if share < 1:
            note(rounds=[what, before, after])

    share = float(asked.get("rounds") or 1.0)
    rows, count = float(asked.get("rows") or 1.0), asked.get("folds")
    if rows < 1:
        group, keys = (tuple(asked.get(name) or ()) for name in ("group", "keys"))
        wanted = Wanted(
            rows, seeding._using, asked.get("target"), group, asked.get("time"), bool(asked.get("ordered")), keys
        )
        Boundary(Draws(wanted), table, spec["script"], spec["workspace"]).install()
    if count is not None:
        Folds(int(count), folds, spec["script"], spec["program"]).install()
    if share < 1 or asked.get("curve"):
        Rounds(share, rounds, Curve(channel.send) if asked.get("curve") else None).install()
