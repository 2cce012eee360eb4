"""Which files a run depended on, as they lay in the user's folders when it read them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from mlestar.runs.keys import digest_of
from mlestar.runs.layout import exists, named_paths
from mlestar.runs.outcome import Events
from mlestar.runs.types import InputFile, RunSpec

_MOST = 5000


def collect_inputs(spec: RunSpec, launch: dict[str, Any], events: Events, protection: str) -> tuple[InputFile, ...]:
    """Files that were seen read, and existing files that the text names (compiled readers show no ``open``).

    What the run wrote itself is left out. A file that the user changed while the run went on keeps the size and
    time that the run saw, without a digest: it will not count as unchanged.
    """
    found: dict[str, InputFile] = {}
    shadow_folder = str(Path(launch["scratch"]) / "copy")
    for path, size, mtime_ns in events.inputs[:_MOST]:
        if protection == "copy" and path.startswith(shadow_folder + os.sep):
            path = path[len(shadow_folder) :]
        if path == launch["script"]:
            continue
        try:
            real = Path(path).stat()
        except OSError:
            continue  # only the run has it
        if (real.st_size, real.st_mtime_ns) == (size, mtime_ns):
            found[path] = InputFile(path, size, mtime_ns, digest_of(path, size, mtime_ns))
        elif not _written_by_run(launch, path, protection):
            found[path] = InputFile(path, size, mtime_ns, None)
    for path in _named_files(spec, Path(launch["script"]).parent, Path(launch["workspace"])):
        if path not in found and path != launch["script"]:
            state = Path(path).stat()
            digest = digest_of(path, state.st_size, state.st_mtime_ns)
            found[path] = InputFile(path, state.st_size, state.st_mtime_ns, digest)
    return tuple(sorted(found.values(), key=lambda file: file.path))


def _written_by_run(launch: dict[str, Any], path: str, protection: str) -> bool:
    if protection == "copy":
        return True  # its copy differs: either side may have written; the copy was made when the run began
    for number, root in enumerate(launch["roots"]):
        if path.startswith(root.rstrip("/") + "/"):
            rest = os.path.relpath(path, root)
            layers = Path(launch["scratch"]) / "overlay" / str(number) / "disk"
            own = [layers / "upper", *layers.glob("upper-of-*/upper"), *layers.glob("upper-of-*/lower")]
            return any(os.path.lexists(layer / rest) for layer in own)
    return False


def _named_files(spec: RunSpec, folder: Path, workspace: Path) -> list[str]:
    names = sorted(named_paths(spec.variant_text))
    starts = [folder, workspace]
    folders = [
        start / name for start in starts for name in names if "." not in name and exists(start / name, folder=True)
    ]
    found = []
    for name in names:
        for start in [*starts, *folders[:20]]:  # os.path.join("data", "train.parquet") names a folder and a file
            path = os.path.normpath(start / name)
            if path.startswith((str(workspace), str(folder))) and exists(Path(path), folder=False):
                found.append(path)
                break
    return found
