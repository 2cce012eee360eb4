"""Say what a run was not allowed, when that is why it failed: the network, hidden places, disk space."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_NETWORK_TYPES = frozenset(
    """
    gaierror herror URLError ConnectionError ConnectionRefusedError NewConnectionError MaxRetryError
    NameResolutionError ConnectTimeout ConnectTimeoutError ConnectError ClientConnectorError
    ClientConnectorDNSError EndpointConnectionError LocalEntryNotFoundError OfflineModeIsEnabled
    APIConnectionError ServerNotFoundError TransportError CommError
    """.split()  # noqa: SIM905 - one name a line would be twenty lines
)
_NETWORK_WORDS = re.compile(
    r"Name or service not known|Temporary failure in name resolution|No address associated with hostname"
    r"|Network is unreachable|nodename nor servname|[Cc]ould(?:n't| not) resolve|[Ff]ailed to resolve|resolve host"
    r"|getaddrinfo failed|NameResolutionError|dns error|error trying to connect|Failed to establish a new connection"
    r"|[Cc]ould ?n[o']t connect to server|Couldn't connect to|unable to access 'https?:"
)
_NETWORK_HINTS = re.compile(
    r"download|network|internet|connect|offline|resolve|https?:|\burl\b|unreachable|fetch", re.I
)
ALLOW = "which runs may not; set `network = true` to allow it"


def network_refused(launcher: dict[str, Any], end: dict[str, Any], hosts: Sequence[str], stderr: str) -> str | None:
    """What the failed script wanted of the network (``uses the network (host)``); None when that was not the cause.

    ``hosts`` are those it was seen asking for; compiled code and other programs only show in their words.
    """
    if "network" not in launcher.get("closed", ()):
        return None
    message, text = end.get("message", ""), end.get("text", "")
    # Not the bases: a broken pipe to a worker process is a ConnectionError too.
    types = {name.rpartition(".")[2] for name in (*end.get("chain", ()), end.get("type", ""))}
    socket_refused = end.get("errno") == 13 and not end.get("path") and "socket" in text
    said = bool(types & _NETWORK_TYPES) or _NETWORK_WORDS.search(text) is not None or socket_refused
    hinted = bool(hosts) and (bool(_NETWORK_HINTS.search(message)) or end.get("errno") in (101, 111, 110, 113))
    outside = not hosts and _NETWORK_WORDS.search(stderr[-4000:]) is not None and "CalledProcessError" in types
    if not (said or hinted or outside):
        return None
    return f"uses the network ({hosts[0]})" if hosts else "uses the network"


def hidden_refused(launcher: dict[str, Any], end: dict[str, Any], wanted: Sequence[str]) -> str | None:
    """The hidden place that the failed script wanted; None when that was not the cause."""
    hidden = launcher.get("hidden", ())
    for path in (end.get("whole"), end.get("path")):
        place = _place(path, hidden)
        if place is not None:
            return place
    words = f"{end.get('message', '')}\n{end.get('text', '')}"
    for place in hidden:
        if re.search(re.escape(place) + r"(?=/|['\"`\s:]|$)", words):
            return str(place)
    if wanted and {"FileNotFoundError", "PermissionError", "ValueError", "IndexError", "OSError"} & {
        *end.get("chain", ()), *end.get("mro", ())
    }:  # fmt: skip
        return _place(wanted[-1], hidden)
    return None


def _place(path: str | None, hidden: Sequence[str]) -> str | None:
    return next((place for place in hidden if path and (path == place or path.startswith(place + "/"))), None)


def disk_refused(launcher: dict[str, Any], end: dict[str, Any]) -> bool:
    """Whether a single file grew to what ``disk`` allows the whole run."""
    return end.get("errno") == 27 or "File too large" in end.get("message", "")
