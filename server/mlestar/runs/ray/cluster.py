"""The Ray cluster as the driver sees it: its room, handing runs over, cancelling them, and nodes that are lost."""

from __future__ import annotations

import asyncio
import io
import math
import pickle
import time
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any

import ray
import ray.cloudpickle
import ray.exceptions

from mlestar.runs.executors import Room
from mlestar.runs.local import to_its_end
from mlestar.runs.ray import boot
from mlestar.runs.ray.node import Order
from mlestar.runs.ray.shipping import Manifest, Part, parts_of
from mlestar.runs.types import Limits, RunResult, RunSpec, RunStatus

_FORCE_S = 6.0
"""A run that was cancelled has ended its tree within 2 s; after this its Ray worker is killed."""
_LIFELINE_S = 2.5
"""What a tree needs to end by itself once its Ray worker is dead."""
_KEPT_MANIFESTS = 4


class Lost(Exception):
    """The node, or Ray's worker on it, went away while it had the run. The script itself never does that."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(where, why)
        self.where, self.why = where, why


class Cluster:
    """Joins the cluster at ``address`` (None: the running one, else one is started here). Raises what Ray raises."""

    def __init__(self, address: str | None, ship: str, protection: str | None) -> None:
        quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
        if address:
            ray.init(address=address, **quiet)
        else:
            try:
                ray.init(address="auto", **quiet)
            except ConnectionError:
                ray.init(include_dashboard=False, **quiet)
        self._ship, self._protection = ship, protection
        ray.cloudpickle.register_pickle_by_value(boot)  # nodes do not have it yet
        self._remote = ray.remote(max_retries=0)(boot.carry_out)
        name, archive = _own_source()
        self._source = (name, [ray.put(archive)])
        self._manifests: OrderedDict[str, Any] = OrderedDict()
        self._parts: OrderedDict[str, list[tuple[Part, Any]]] = OrderedDict()
        self._packing = asyncio.Lock()
        self._nodes: list[dict[str, float]] = []
        self._asked = 0.0

    def nodes(self) -> list[dict[str, float]]:
        """Resources of the nodes that are alive and have CPUs to give; asked at most once a second."""
        if time.monotonic() - self._asked > 1.0:
            alive = [dict(node["Resources"]) for node in ray.nodes() if node["Alive"]]
            self._nodes = [node for node in alive if node.get("CPU", 0) >= 1]
            self._asked = time.monotonic()
        return self._nodes

    def room(self) -> dict[str, Any]:
        nodes = self.nodes()

        def total(name: str) -> int:
            return int(sum(node.get(name, 0) for node in nodes))

        return asdict(Room(total("CPU"), total("GPU"), total("memory"), len(nodes)))

    def window(self) -> int:
        """How many runs may be handed to Ray at a time: its own waiting list stays short."""
        return math.ceil(sum(node.get("CPU", 0) for node in self.nodes())) + 2

    def impossible(self, limits: Limits) -> str:
        """Why no node that is alive could ever have the run; empty when one could."""
        nodes = self.nodes()
        if not nodes:
            return "the Ray cluster has no node with a CPU to give"
        nodes = [node for node in nodes if node.get("GPU", 0) >= limits.gpus]
        if not nodes:
            return f"no node of the Ray cluster has {limits.gpus} GPUs; set `gpus` lower"
        if limits.memory_bytes and not any(node.get("memory", 0) >= limits.memory_bytes for node in nodes):
            return f"no node of the Ray cluster has the {limits.memory_bytes / 1024**3:.1f} GB that `memory` says"
        return ""

    def _resources(self, limits: Limits) -> dict[str, Any]:
        fit = [node for node in self.nodes() if node.get("GPU", 0) >= limits.gpus]
        most = max((node["CPU"] for node in fit), default=1)
        wanted: dict[str, Any] = {"num_cpus": min(max(1, limits.threads), int(most))}
        if limits.gpus:
            wanted["num_gpus"] = limits.gpus
        if limits.memory_bytes:
            wanted["memory"] = limits.memory_bytes
        return wanted

    async def carry_out(
        self, spec: RunSpec, manifest: Manifest, output: Callable[[list[tuple[str, str]]], None]
    ) -> RunResult:
        """One run on some node. Raises Lost; when cancelled, returns (raising) once the tree is dead."""
        order = Order(spec, manifest.name, self._ship, self._protection)
        held = self._held(manifest)
        answer = await self._once(order, held, self._parts.get(manifest.name, []), output)
        if answer is None:
            answer = await self._once(order, held, await self._pack(manifest), output)
        if answer is None:
            raise OSError("the node did not take the files that were sent")
        return answer

    def _held(self, manifest: Manifest) -> Any:
        if manifest.name not in self._manifests:
            self._manifests[manifest.name] = ray.put(pickle.dumps(manifest))
            while len(self._manifests) > _KEPT_MANIFESTS:
                self._manifests.popitem(last=False)
        self._manifests.move_to_end(manifest.name)
        return self._manifests[manifest.name]

    async def _pack(self, manifest: Manifest) -> list[tuple[Part, Any]]:
        """Put the files into Ray's store, each content once; the store sends them to each node once."""
        async with self._packing:
            if manifest.name not in self._parts:
                known = {part.name: reference for parts in self._parts.values() for part, reference in parts}
                packed = []
                for part, read in parts_of(manifest):
                    reference = known.get(part.name)
                    if reference is None:
                        reference = await asyncio.to_thread(_put, read)
                    packed.append((part, reference))
                self._parts[manifest.name] = packed
                while len(self._parts) > _KEPT_MANIFESTS:
                    self._parts.popitem(last=False)
            self._parts.move_to_end(manifest.name)
            return self._parts[manifest.name]

    async def _once(
        self,
        order: Order,
        held: Any,
        parts: list[tuple[Part, Any]],
        output: Callable[[list[tuple[str, str]]], None],
    ) -> RunResult | None:
        """None: the node needs the files."""
        remote = self._remote.options(num_returns="streaming", name="mlestar run", **self._resources(order.spec.limits))
        generator = remote.remote(self._source, pickle.dumps(order), [held], parts)
        reading = asyncio.ensure_future(self._read(generator, output))
        try:
            return await asyncio.shield(reading)
        except asyncio.CancelledError:
            await to_its_end(self._end(generator, reading))
            raise

    async def _end(self, generator: Any, reading: asyncio.Future[RunResult | None]) -> None:
        await asyncio.to_thread(ray.cancel, generator)
        done, _ = await asyncio.wait([reading], timeout=_FORCE_S)
        if not done:
            await asyncio.to_thread(lambda: ray.cancel(generator, force=True))
            await asyncio.wait([reading], timeout=_FORCE_S)
            await asyncio.sleep(_LIFELINE_S)
        if reading.done() and not reading.cancelled():
            reading.exception()  # what it was does not matter any more; looked at, so that nobody complains

    async def _read(self, generator: Any, output: Callable[[list[tuple[str, str]]], None]) -> RunResult | None:
        where = "a node"
        try:
            async for reference in generator:
                kind, value = await reference
                if kind == "node":
                    where = f"node {value}"
                elif kind == "output":
                    output(value)
                elif kind == "unshipped":
                    return None
                elif kind == "result":
                    result: RunResult = pickle.loads(value)
                    return result
        except ray.exceptions.OutOfMemoryError:
            return RunResult(
                RunStatus.OUT_OF_MEMORY, None, f"{where} ran out of memory and Ray ended the run; set `memory`"
            )
        except ray.exceptions.RayTaskError as error:
            raise RuntimeError(str(error.cause or error)[-800:]) from error
        except ray.exceptions.TaskCancelledError as error:
            raise Lost(where, "Ray cancelled it") from error
        except ray.exceptions.RayError as error:
            raise Lost(where, type(error).__name__) from error
        raise Lost(where, "its answer never came")

    def leave(self) -> None:
        ray.shutdown()


def _put(read: Callable[[], bytes]) -> Any:
    return ray.put(read())


def _own_source() -> tuple[str, bytes]:
    """Our own modules as an archive, named after their content."""
    import cst_tools
    import mlestar

    buffer, state = io.BytesIO(), blake2b(digest_size=16)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for package in (mlestar, cst_tools):
            root = Path(str(package.__file__)).parent
            for file in sorted(root.rglob("*.py")):
                name = (Path(root.name) / file.relative_to(root)).as_posix()
                data = file.read_bytes()
                state.update(name.encode() + b"\0" + data)
                archive.writestr(zipfile.ZipInfo(name), data)
    return state.hexdigest(), buffer.getvalue()
