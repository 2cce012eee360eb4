"""On a node: one run with our own launcher, supervisor and worker, in a Ray worker process.

The Ray worker only watches: the run's process tree holds a lifeline to it, so a worker, a raylet or a driver that dies
takes the tree with it. Pieces of output are handed on as they come; cancelling ends the tree before this returns.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import queue
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlestar.runs.interpreter import find_interpreter
from mlestar.runs.local import LocalExecutor, not_started
from mlestar.runs.ray.layout import absent, in_place, laid_out, lay_out, prune
from mlestar.runs.ray.shipping import Manifest
from mlestar.runs.types import Interpreter, RunResult, RunSpec

_PIECE_S = 0.1
"""Output is gathered this long before it is handed on."""
_END_S = 15.0
_pruned = False
_manifests: dict[str, Manifest] = {}
_KEPT_MANIFESTS = 4


@dataclass(frozen=True)
class Order:
    """What the driver sends for one run; the manifest, which may be long, comes once for all runs that share it."""

    spec: RunSpec
    manifest: str
    """Its name."""
    ship: str = "auto"
    """``auto``: only what the node does not see itself; ``always``."""
    protection: str | None = None


class _Unshipped(Exception):
    """The files are not here and were not sent."""


def carry_out(order_bytes: bytes, held: list[Any], parts: list[Any], cache: Path) -> Iterator[Any]:
    """Yields ``("node", name)``, ``("output", [(stream, text), ...])`` and last ``("result", pickled RunResult)``.

    Instead of a result it may yield ``("unshipped", "")``: the driver sends the files and tries again.
    """
    order: Order = pickle.loads(order_bytes)
    manifest = _manifest(order.manifest, held[0])
    yield ("node", socket.gethostname())
    try:
        root = _files_of(order, manifest, parts, cache)
    except _Unshipped:
        yield ("unshipped", "")
        return
    except OSError as error:
        yield ("result", pickle.dumps(_refused(f"the files could not be laid out: {error}")))
        return
    spec = order.spec if root is None else _moved(order.spec, manifest, root)
    yield from _Running(spec, cache, order.protection, root).pieces()


def _manifest(name: str, reference: Any) -> Manifest:
    if name not in _manifests:
        if len(_manifests) >= _KEPT_MANIFESTS:
            _manifests.clear()
        _manifests[name] = pickle.loads(_reader(reference)())
    return _manifests[name]


def _files_of(order: Order, manifest: Manifest, parts: list[Any], cache: Path) -> Path | None:
    """The folder under which the user's files are laid out; None when this node sees them where they are."""
    global _pruned
    gone = absent(manifest)
    if gone:
        raise OSError(f"{gone[0]} is not on this node as it is at yours; put it into the workspace or on a shared disk")
    if order.ship == "auto" and in_place(manifest):
        return None
    done = laid_out(cache, manifest.name)
    if done is not None:
        return done
    if not parts:
        raise _Unshipped
    if not _pruned:
        _pruned = True
        prune(cache)
    return lay_out(cache, manifest, [(part, _reader(reference)) for part, reference in parts])


def _reader(reference: Any) -> Callable[[], bytes]:
    def read() -> bytes:
        import ray

        return bytes(ray.get(reference))

    return read


def _moved(spec: RunSpec, manifest: Manifest, root: Path) -> RunSpec:
    """The run with its files under ``root``; texts stay as they are."""

    def place(path: Path) -> Path:
        return root / str(path.resolve()).lstrip("/")

    def words(text: str) -> str:
        return text.replace(manifest.workspace, f"{root}{manifest.workspace}")

    return replace(
        spec,
        script=place(spec.script.parent) / spec.script.name,
        workspace=place(spec.workspace),
        working_folder=None if spec.working_folder is None else place(spec.working_folder),
        arguments=tuple(words(argument) for argument in spec.arguments),
        environment={name: words(value) for name, value in spec.environment.items()},
    )


def _moved_back(result: RunResult, root: Path) -> RunResult:
    """The result as if the files had been where they are at the user's."""
    prefix = str(root)
    text = {name: getattr(result, name).replace(prefix, "") for name in ("reason", "stdout", "stderr")}
    failure = result.failure
    if failure is not None:
        failure = replace(failure, message=failure.message.replace(prefix, ""), text=failure.text.replace(prefix, ""))
    inputs = tuple(replace(file, path=file.path.removeprefix(prefix)) for file in result.inputs)
    return replace(result, failure=failure, inputs=inputs, **text)


def _refused(reason: str) -> RunResult:
    return not_started(f"on node {socket.gethostname()}: {reason}")


async def interpreter_here(wanted: Interpreter, folder: Path) -> Interpreter | str:
    """The same Python on this node: under the same path, else one of the same version with the same packages."""
    places = [str(wanted.executable)]
    name = wanted.executable.parent.parent.name
    homes = [Path.home() / root for root in ("miniconda3", "anaconda3", "miniforge3", "micromamba")]
    places += [str(root / "envs" / name) for root in [*homes, Path("/opt/conda")] if (root / "envs" / name).is_dir()]
    places.append(sys.executable)
    found_path = shutil.which(f"python{wanted.version[0]}.{wanted.version[1]}")
    places += [found_path] if found_path else []
    nearest = ""
    for place in dict.fromkeys(places):
        found = await find_interpreter(place, folder, folder / "script.py")
        if isinstance(found, str) or found.version[:2] != wanted.version[:2]:
            continue
        other = [
            f"{package} {found.packages.get(package, 'absent')} instead of {version}"
            for package, version in sorted(wanted.packages.items())
            if found.packages.get(package) != version
        ]
        if not other:
            return replace(found, origin=wanted.origin)
        nearest = nearest or f"; {place} has {', '.join(other[:3])}"
    version = f"{wanted.version[0]}.{wanted.version[1]}"
    return (
        f"there is no Python {version} with the packages of {wanted.executable}{nearest}; "
        "give every node the same environment"
    )


class _Running:
    """A run on an event loop of its own thread: Ray interrupts the main thread, which only hands pieces on."""

    def __init__(self, spec: RunSpec, cache: Path, protection: str | None, root: Path | None) -> None:
        self._spec, self._cache, self._protection, self._root = spec, cache, protection, root
        self._said: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._result: RunResult | None = None
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._body, name="mlestar-run", daemon=True)

    def pieces(self) -> Iterator[Any]:
        self._thread.start()
        try:
            ended = False
            while not ended:
                batch, ended = self._batch()
                if batch:
                    yield ("output", batch)
            self._thread.join(_END_S)
            result = self._result or _refused("the run ended without a result")
            if self._root is not None:
                result = _moved_back(result, self._root)
            yield ("result", pickle.dumps(result))
        finally:
            self._stop()

    def _batch(self) -> tuple[list[tuple[str, str]], bool]:
        batch: list[tuple[str, str]] = []
        with contextlib.suppress(queue.Empty):
            piece = self._said.get(timeout=_PIECE_S if not batch else 0)
            while piece is not None:
                stream, text = piece
                text = text if self._root is None else text.replace(str(self._root), "")
                if batch and batch[-1][0] == stream:
                    batch[-1] = (stream, batch[-1][1] + text)
                else:
                    batch.append((stream, text))
                piece = self._said.get(block=False)
            return batch, True
        return batch, False

    def _stop(self) -> None:
        """End the tree when the run was cancelled; returns once it is dead."""
        while self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join(_END_S)

    def _cancel(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()

    def _body(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._task = self._loop.create_task(self._run())
            with contextlib.suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._task)
        finally:
            self._loop.close()
            self._said.put(None)

    async def _run(self) -> None:
        found = await interpreter_here(self._spec.interpreter, self._spec.workspace)
        if isinstance(found, str):
            self._result = _refused(found)
            return
        executor = LocalExecutor(home=self._cache / "home", protection=self._protection)
        try:
            spec = replace(self._spec, interpreter=found)
            self._result = await executor.run(spec, lambda stream, text: self._said.put((stream, text)))
        finally:
            await executor.close()
