"""Which files the program read: an audit hook on ``open``, and the local modules that were imported.

Each is sent when it is first seen, with its size and time, so that the server can tell the file that was read from
the one that lies there afterwards. Only the server computes digests.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from typing import Any, Optional

from . import wire

_state: dict[str, Any] = {}


def _prefixes(spec: dict[str, Any]) -> tuple[str, ...]:
    folders = set(spec.get("not_inputs", ()))
    workspace = spec["workspace"].rstrip(os.sep) + os.sep
    folders.update(p for p in (sys.prefix, sys.exec_prefix) if not workspace.startswith(p.rstrip(os.sep) + os.sep))
    folders.update(sysconfig.get_paths().values())
    folders.update((sys.base_prefix + "/lib", sys.exec_prefix + "/lib", os.path.dirname(os.path.abspath(__file__))))
    folders.update(p for p in sys.path if "site-packages" in p or "dist-packages" in p)
    return tuple(sorted({os.path.abspath(f).rstrip(os.sep) + os.sep for f in folders if f}))


def skipped() -> "tuple[str, ...]":
    """Beginnings of the paths that are no inputs: libraries, caches, what the system holds."""
    return tuple(_state.get("skip", ()))


def _note(path: str) -> None:
    """Send one file that is being read for the first time. Called from an audit hook: must not raise."""
    seen: set[str] = _state["seen"]
    whole = os.path.abspath(path)
    folder, name = os.path.split(whole)
    if name.endswith(".pyc") and os.path.basename(folder) == "__pycache__":  # the module's source is the input
        whole = os.path.join(os.path.dirname(folder), name.split(".")[0] + ".py")
    if whole in seen:
        return
    seen.add(whole)
    if whole.startswith(_state["skip"]) or whole == _state["script"]:
        return
    try:
        found = os.stat(whole)
    except (OSError, ValueError):
        return
    if (found.st_mode & 0o170000) != 0o100000:
        return
    channel: wire.Channel = _state["channel"]
    channel.send(input=whole, size=found.st_size, mtime_ns=found.st_mtime_ns)


def _hook(event: str, args: "tuple[Any, ...]") -> None:
    if event != "open" or not _state or _state.get("busy"):
        return
    path, mode, flags = args[0], args[1], args[2]
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str):
        return
    writes: Optional[bool] = None
    if isinstance(mode, str):
        writes = any(letter in mode for letter in "wax")
    elif isinstance(flags, int):
        writes = bool(flags & (os.O_WRONLY | os.O_TRUNC))
    _state["busy"] = True
    try:
        if writes:
            _state["seen"].add(os.path.abspath(path))  # what the run itself wrote is no input
        else:
            _note(path)
    except Exception:
        _state["trouble"] = True  # inside a hook nothing may surface in the user's program
    finally:
        _state["busy"] = False


def install(channel: wire.Channel, spec: dict[str, Any]) -> None:
    _state.update(
        channel=channel,
        seen={os.path.abspath(spec["program"])},
        skip=_prefixes(spec),
        script=os.path.abspath(spec["script"]),
    )
    sys.addaudithook(_hook)


def finish() -> None:
    """Local modules: imported from their source, which an audit hook does not always see (cached bytecode)."""
    if not _state:
        return
    for module in list(sys.modules.values()):
        try:
            path = getattr(module, "__file__", None)
            if isinstance(path, str) and module is not sys.modules.get("__main__"):
                _note(path)
        except Exception:
            continue  # lazy modules run code of their own when an attribute is read
