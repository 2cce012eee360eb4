"""Results of long library calls, taken from a store when the very same call was made before.

In another variant, in another study or yesterday: same value bit for bit, same randomness afterwards, same side
effects, or no memo. `install` is called before user code; everything else happens by itself.
"""

from __future__ import annotations

import os
from typing import Any, Optional

from .. import inputs, wire

_state: "dict[str, Any]" = {}


def install(spec: "dict[str, Any]", channel: wire.Channel) -> None:
    """Start the memo as ``spec["memo"]`` says: ``folder``, ``most_bytes``, ``threshold_s``, ``share``,
    ``machine``, ``salt``.

    ``salt`` is what changes results from outside, fidelity for one; files are read whole at every fidelity, so that
    ``machine`` alone is in the key of what reads them. Does nothing without ``memo``.
    """
    wanted = spec.get("memo")
    if not wanted or not os.path.isdir(wanted["folder"]):
        return
    from . import calls, effects, entries, policy, suspects, targets

    texts = []
    family = spec.get("family") or {"runs": [spec]}  # one process may come to be any of these programs
    for run in family["runs"]:
        with open(run["program"], encoding="utf-8", errors="replace") as file:
            texts.append(file.read())
    watched = suspects.Suspects(texts, spec["workspace"])
    if not watched.none():
        channel.send(memo={"off": "the program changes libraries or their threads"})
        return
    memo = calls.Memo(
        entries.Entries(wanted["folder"], int(wanted["most_bytes"])),
        policy.Policy(float(wanted["threshold_s"]), float(wanted["share"])),
        effects.Watch(channel, inputs.skipped(), os.path.abspath(spec["script"])),
        (str(wanted["machine"]), str(wanted["machine"]) + str(wanted["salt"])),
        watched.none,
        spec["workspace"],
    )
    targets.install(memo)
    _state.update(memo=memo, channel=channel, pid=os.getpid())
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forked)


def in_call() -> bool:
    """Whether a call is being made whose outcome may be kept: a fork now would leave it half done in the child."""
    memo = _memo()
    return memo is not None and bool(memo.frames)


def poison(reason: str = "the process was forked meanwhile") -> None:
    """Keep nothing of the calls under way; later ones are not touched."""
    memo = _memo()
    if memo is not None:
        memo.spoil(reason)


def _forked() -> None:
    """In a child: what is under way belongs to the parent, and so do the figures so far."""
    memo = _memo()
    if memo is not None:
        for frame in memo.frames:
            frame.lock.forget()
        memo.spoil("the process was forked meanwhile")
        memo.reset()


def close() -> None:
    """At the end of the run: say what was gained."""
    memo = _memo()
    if memo is not None:
        memo.on = False
        figures: dict[str, Any] = {k: round(v, 4) for k, v in memo.counts.items()}  # whole numbers stay whole
        figures["refused"] = dict(sorted(memo.reasons.items(), key=lambda item: -item[1])[:20])
        _state["channel"].send(memo=figures)


def _memo() -> Optional[Any]:
    return _state.get("memo")
