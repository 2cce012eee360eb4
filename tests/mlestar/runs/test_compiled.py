"""Byte code of the worker's modules is made once for each Python, and never taken from where a run could change it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mlestar.runs import compiled

from .conftest import Bench, until

TAG = sys.implementation.cache_tag


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "package" / "worker"
    shutil.copytree(compiled.WORKER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compiled, "WORKER", folder)
    return folder


async def test_beside_the_sources(worker: Path, tmp_path: Path, bench: Bench) -> None:
    assert compiled.compiled_for(bench.interpreter, tmp_path / "h1") == ""
    assert await until(lambda: compiled._complete("", TAG), 30)
    (worker / "wire.py").touch()
    assert not compiled._complete("", TAG), "newer than its byte code"


async def test_below_the_home_when_the_package_cannot_be_written(worker: Path, tmp_path: Path, bench: Bench) -> None:
    for folder in (worker, worker / "memo"):
        (folder / "__pycache__").write_text("in the way: root may write everywhere")
    home = tmp_path / "h2"
    assert compiled.compiled_for(bench.interpreter, home) == ""
    place = str(home / "compiled")
    assert await until(lambda: compiled._complete(place, TAG), 30)
    assert compiled.compiled_for(bench.interpreter, home) == place
    script = tmp_path / "x.py"
    script.write_text("import sys\nassert sys.pycache_prefix is None\n")
    order = {"script": str(script), "program": str(script), "arguments": [], "cwd": str(tmp_path), "seed": 0,
             "workspace": str(tmp_path), "events": str(tmp_path / "events")}  # fmt: skip
    (tmp_path / "worker.json").write_text(json.dumps(order))
    command = [sys.executable, "-v", str(worker / "boot.py"), "worker", str(tmp_path / "worker.json"), place]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)  # noqa: ASYNC221
    assert done.returncode == 0, done.stderr[-2000:]
    for name in ("evaluation", "wire"):
        assert f"matches {worker / name}.py" in done.stderr and f"{place}{worker / name}.{TAG}.pyc" in done.stderr


async def test_not_from_a_cache_that_runs_write(bench: Bench) -> None:
    cache = bench.folder / "cache"
    cache.mkdir()
    result = await bench.run(
        "import wave\nfrom pathlib import Path\nnames = sorted(p.name for p in Path('cache').rglob('w*.pyc'))\n"
        "print(names)\n__mlestar_report__(len(names))\n",
        environment={"PYTHONPYCACHEPREFIX": str(cache), "PYTHONDONTWRITEBYTECODE": ""},
    )
    assert "wave." in result.stdout and "wire." not in result.stdout, result
