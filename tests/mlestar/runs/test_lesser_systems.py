"""Systems that allow less: each refusal of the kernel leads to the next protection, never to an unprotected run.

The worker's folder is copied and its one door to the kernel changed, so that this machine refuses as another would.
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest

from mlestar.runs import local as local_module
from mlestar.runs.types import RunStatus

from .conftest import alive, make_bench
from .test_containment import family

REFUSALS = {
    "namespaces that may not be used": (
        "if kind is None and flags & MS_PRIVATE:\n        raise OSError(13, 'Permission denied')",
        "copy",
    ),
    "no overlay": ("if kind == 'overlay':\n        raise OSError(19, 'No such device')", "copy"),
    "no overlay on this file system": (
        "if kind == 'overlay' and not _seen:\n        _seen.append(1)\n        raise OSError(22, 'Invalid argument')",
        "overlay",
    ),
    "no /proc of its own": ("if kind == 'proc':\n        raise OSError(1, 'Operation not permitted')", "overlay"),
    "no mount_setattr": ("pass", "overlay"),
    "no memory file system": ("if kind == 'tmpfs':\n        raise OSError(1, 'Operation not permitted')", "overlay"),
}


def lesser_worker(tmp_path: Path, refusal: str) -> Path:
    folder = tmp_path / "worker"
    shutil.copytree(Path(local_module._BOOT).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = (folder / "linux.py").read_text()
    head = "    checked(\n        libc().mount("
    assert head in text
    text = text.replace(head, f"    {refusal}\n{head}") + "\n_seen: list[int] = []\n"
    (folder / "linux.py").write_text(text)
    return folder / "boot.py"


@pytest.mark.parametrize("what", REFUSALS)
async def test_the_next_best_protection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    refusal, protection = REFUSALS[what]
    boot = lesser_worker(tmp_path, refusal)
    if what == "no mount_setattr":
        text = (boot.parent / "linux.py").read_text()
        (boot.parent / "linux.py").write_text(text.replace("_NR_MOUNT_SETATTR = 442", "_NR_MOUNT_SETATTR = 9999"))
    monkeypatch.setattr(local_module, "_BOOT", boot)
    bench = await make_bench(tmp_path)
    (bench.folder / "data.csv").write_text("1")
    elsewhere = tmp_path / "elsewhere.txt"
    mark = "mlestar-mark-" + uuid.uuid4().hex
    text = family(mark, "open('data.csv', 'w').write('2')\nimport numpy\n__mlestar_report__(int(os.getpid() != 1))\n")
    result = await bench.run(text)
    assert (result.status, result.score, result.protection) == (RunStatus.OK, 1.0, protection), result
    assert alive(mark) == []
    result = await bench.run(f"open({str(elsewhere)!r}, 'w')\n")
    assert result.status is RunStatus.CRASHED and "`workspace`" in result.reason and not elsewhere.exists()
    await bench.scheduler.close()


async def test_overlay_asked_for_and_not_to_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLESTAR_NO_NAMESPACES", "1")
    bench: Any = await make_bench(tmp_path, protection="overlay")
    result = await bench.run("open('ran', 'w')\n")
    await bench.scheduler.close()
    assert result.status is RunStatus.NOT_STARTED and "namespaces" in result.reason
