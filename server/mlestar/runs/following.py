"""Intermediate scores of a run that is under way: the worker's events are read as they are written."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

_EVERY_S = 0.3
_CHUNK = 1 << 20


async def follow(path: Path, on_curve: Callable[[float], None]) -> None:
    """Call ``on_curve`` with every intermediate score in ``path``, in order, until cancelled. Larger is better."""
    place, rest = 0, b""
    while True:
        piece = _read(path, place)
        place += len(piece)
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.startswith(b'{"curve"'):
                try:
                    on_curve(float(json.loads(line)["curve"]))
                except (ValueError, KeyError, TypeError):
                    continue  # half a line, from a worker that was killed and whose child went on
        await asyncio.sleep(0 if piece else _EVERY_S)


def _read(path: Path, place: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(place)
            return file.read(_CHUNK)
    except OSError:
        return b""
