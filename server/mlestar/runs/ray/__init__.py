"""Runs on the nodes of a Ray cluster: the same launcher, limits and outcomes as on this machine.

``executor`` (the server) talks to ``driver`` (a process of its own that is Ray's driver: a cluster that goes away ends
that process, never the server); ``shipping`` finds out what a node needs; ``boot`` and ``node`` run there.
"""

from __future__ import annotations

import importlib.util


def missing() -> str | None:
    """One sentence when Ray is not installed, else None. Imports nothing."""
    if importlib.util.find_spec("ray") is None:
        return "the package ray is not installed; run `pip install 'mlestar-lsp[ray]'`, or set `executor` to \"local\""
    return None
