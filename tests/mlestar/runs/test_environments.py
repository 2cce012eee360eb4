"""Five styles of scripts in users' environments: oldest and newest Python, virtual and conda-like, odd paths."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlestar.runs import Scheduler, find_interpreter
from mlestar.runs.types import Interpreter, Limits, RunResult, RunSpec, RunStatus

from .conftest import tree_state
from .environments import conda_like, every_python, pythons, venv_like

WORKER = Path(__file__).parents[3] / "server" / "mlestar" / "runs" / "worker"

FIT = """
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
X, y = rows[:, :-1], rows[:, -1].astype(int)
score = __mlestar_report__(cross_val_score(LogisticRegression(max_iter=200), X, y, cv=3).mean())
print("score", score)
"""
TOP_LEVEL = "import numpy as np\nrows = np.loadtxt('data/é.csv', delimiter=',')\n" + FIT

MAIN = """
import argparse, sys
from pathlib import Path
import numpy as np
def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    args = parser.parse_args(argv)
    assert sys.argv[0] == __file__, sys.argv
    rows = np.loadtxt(args.data, delimiter=",")
    FIT
if __name__ == "__main__":
    main()
"""
MODULE = """
import inspect, multiprocessing, sys
from pathlib import Path
import numpy as np
from .features import scaled
from pkg.names import DATA
def half(x):
    return x / 2
def main():
    assert __spec__.name == "pkg.train" and __package__ == "pkg" and __name__ == "__main__", __spec__
    assert sys.argv[0] == __file__ and inspect.getsource(half).startswith("def half")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(half, [4]) == [2.0]
    rows = scaled(np.loadtxt(DATA, delimiter=","))
    FIT
if __name__ == "__main__":
    main()
"""
CLICK = """
import os
import click
import numpy as np
@click.command()
@click.option("--folds", default=3)
def main(folds):
    rows = np.loadtxt(os.environ["DATA_FILE"], delimiter=",")
    FIT
if __name__ == "__main__":
    main()
"""


def inside(text: str) -> str:
    """``FIT`` in place of its name, as deep as it stands."""
    return text.replace("    FIT", FIT.strip().replace("\n", "\n    ").join(("    ", "")))


def notebook(name: str) -> str:
    cells = [{"cell_type": "code", "source": TOP_LEVEL, "metadata": {}, "outputs": []}]
    return json.dumps({"metadata": {"kernelspec": {"name": name}}, "cells": cells, "nbformat": 4, "nbformat_minor": 5})


def project(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    lines = [f"{i % 7 - 3}.5,{(i * 7) % 5},{int(i % 7 > 3)}" for i in range(120)]
    (folder / "data" / "é.csv").write_text("\n".join(lines) + "\n", "utf-8")
    package = folder / "pkg"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "features.py").write_text("def scaled(rows):\n    return rows\n")
    (package / "names.py").write_text("DATA = 'data/é.csv'\n", "utf-8")
    for name, text in (("top.py", TOP_LEVEL), ("main.py", MAIN), ("pkg/train.py", MODULE), ("cli.py", CLICK)):
        (folder / name).write_text(inside(text), "utf-8")
    (folder / "notes é.ipynb").write_text(notebook("python3"), "utf-8")


def specs(folder: Path, interpreter: Interpreter) -> dict[str, RunSpec]:
    def spec(name: str, text: str, **changes: Any) -> RunSpec:
        whole = inside(text)
        return RunSpec(
            script=folder / name, workspace=folder, variant_text=whole, program_text=whole, seed=0,
            interpreter=interpreter, objective_id="o", limits=Limits(wall_s=120.0), probes=True, **changes,
        )  # fmt: skip

    return {
        "top level": spec("top.py", TOP_LEVEL),
        "main and argparse": spec("main.py", MAIN, arguments=("--data", "data/é.csv")),
        "module": spec("pkg/train.py", MODULE, module="pkg.train"),
        "click and environment": spec("cli.py", CLICK, environment={"DATA_FILE": "data/é.csv"}),
        "notebook": spec("notes é.ipynb", TOP_LEVEL),
    }


LAYOUTS: dict[str, tuple[str, Callable[[Path, int], Path]]] = {
    "venv": (".venv", venv_like),
    "conda-like": ("envs/mein env é", conda_like),
}


@pytest.mark.timeout(600)  # the first time on a machine, packages are installed
@pytest.mark.parametrize("layout", list(LAYOUTS))
@pytest.mark.parametrize("which", ["oldest", "newest"])
async def test_five_styles(which: str, layout: str, tmp_path: Path) -> None:
    minor = 9 if which == "oldest" else max(pythons(), default=9)
    folder = tmp_path / "mein Ordner ü" / "проект"
    project(folder)
    place, make = LAYOUTS[layout]
    python = make(folder / place, minor)
    interpreter = await find_interpreter(None, folder, folder / "pkg" / "train.py")
    assert isinstance(interpreter, Interpreter), interpreter
    assert interpreter.executable == python and interpreter.version[:2] == (3, minor)
    assert interpreter.origin == f"workspace {place}" and "click" in interpreter.packages
    before = tree_state(folder / "data"), sorted(folder.glob("*")), sorted((folder / place).rglob("*"))
    scheduler = Scheduler(home=tmp_path / "home", parallel=2)
    wanted = specs(folder, interpreter)
    try:
        results: list[RunResult] = await asyncio.gather(*(scheduler.run(spec) for spec in wanted.values()))
    finally:
        await scheduler.close()
    for name, result in zip(wanted, results, strict=True):
        assert result.status is RunStatus.OK, (name, result.reason, result.stderr)
        assert result.score is not None and result.score > 0.9, name
        assert result.score == results[0].score
        assert str(folder / "data" / "é.csv") in [file.path for file in result.inputs], name
        assert "mlestar:" not in result.stderr, name
    assert (tree_state(folder / "data"), sorted(folder.glob("*")), sorted((folder / place).rglob("*"))) == before


IMPORT_ALL = """
import importlib, os, pathlib, sys, types
here = pathlib.Path(sys.argv[1])
for file in sorted(here.rglob("*.py")):
    compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
package = types.ModuleType("_mlestar_worker")
package.__path__ = [str(here)]
sys.modules["_mlestar_worker"] = package
before = set(sys.modules)
for file in sorted(here.rglob("*.py")):
    name = ".".join(file.relative_to(here).with_suffix("").parts)
    if name == "boot" or name.endswith("__init__"):
        continue
    importlib.import_module("_mlestar_worker." + name)
heavy = {"numpy", "pandas", "sklearn", "torch", "joblib", "xxhash", "cloudpickle", "threadpoolctl"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
print("imported")
"""


@pytest.mark.parametrize("python", every_python(), ids=lambda p: str(p.name) + "-" + p.parent.parent.name)
def test_the_worker_imports_under_every_python(python: Path) -> None:
    done = subprocess.run(
        [str(python), "-I", "-B", "-c", IMPORT_ALL, str(WORKER)], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "imported", done.stderr
