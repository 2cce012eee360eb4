"""Notice when the program wants what runs may not have: the network, or a place that is hidden from it.

An audit hook sends the first few such wishes, so that the outcome can say what was wanted though the error that came
of it speaks of something else, or was caught. What compiled code asks for is not seen here; its words are (see
`mlestar.runs.refusals`).
"""

from __future__ import annotations

import os
import sys
from typing import Any, Optional

from . import wire

_MOST = 8
_NAMES = ("socket.getaddrinfo", "socket.gethostbyname")
_HERE = ("::", "::1", "0.0.0.0")
_LISTS = ("open", "os.listdir", "os.scandir")


def _own_name() -> str:
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def _far(host: Any) -> Optional[str]:
    """``host`` when it is another machine; None for this one."""
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host).decode("ascii", "replace")
    if not isinstance(host, str) or not host:
        return None
    own = host in _HERE or host.startswith(("localhost", "127.", "ip6-localhost"))
    return None if own or host == _own_name() else host


def install(channel: wire.Channel, hidden: "list[str]", closed: bool) -> None:
    """``hidden``: places that cannot be read; ``closed``: whether the network is."""
    said: set[str] = set()
    starts = tuple(path + "/" for path in hidden)
    whole = frozenset(hidden)

    def say(**what: str) -> None:
        (text,) = what.values()
        if text not in said and len(said) < _MOST:
            said.add(text)
            try:
                channel.send(**what)
            except Exception:
                said.add("")  # inside a hook nothing may surface in the user's program

    def hook(event: str, args: "tuple[Any, ...]") -> None:
        if event in _LISTS:
            path = args[0]
            if isinstance(path, str) and starts:
                if path.startswith(".."):
                    path = os.path.abspath(path)
                if path.startswith(starts) or path in whole:
                    say(hidden=path)
        elif closed and event in _NAMES:
            host = _far(args[0])
            if host:
                say(network=host)
        elif closed and event == "socket.connect":
            address = args[1]
            host = _far(address[0]) if isinstance(address, tuple) and address else None
            if host:
                say(network=host)

    sys.addaudithook(hook)
