"""What Ray sends to a node: standard library only, since nothing of ours is installed there.

Our own source comes along once, is unpacked into a folder of the node under the name of its content, and is imported.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def cache_folder() -> Path:
    """Where a node keeps our source and what was shipped; ``MLESTAR_RAY_CACHE`` on the node names another."""
    chosen = os.environ.get("MLESTAR_RAY_CACHE")
    caches = Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = caches / "mlestar-ray"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        user = os.getuid() if hasattr(os, "getuid") else "user"
        folder = Path(tempfile.gettempdir()) / f"mlestar-ray-{user}"
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def carry_out(source: tuple[str, list[Any]], order: bytes, manifest: list[Any], parts: list[Any]) -> Iterator[Any]:
    """On the node: the pieces of one run's output, then its result; see `node.carry_out`."""
    digest, held = source
    folder = cache_folder() / "source" / digest
    if not folder.is_dir():
        import ray

        made = Path(tempfile.mkdtemp(prefix="new-", dir=_made(folder.parent)))
        with zipfile.ZipFile(io.BytesIO(ray.get(held[0]))) as archive:
            archive.extractall(made)
        try:
            made.rename(folder)
        except OSError:  # another worker of this node was quicker
            import shutil

            shutil.rmtree(made, ignore_errors=True)
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    from mlestar.runs.ray import node

    yield from node.carry_out(order, manifest, parts, cache_folder())


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
