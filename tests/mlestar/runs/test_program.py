"""The program runs as it would by hand: a real ``__main__``, its own paths, its arguments; repeatable by seed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mlestar.runs import find_interpreter, inputs_unchanged, run_key
from mlestar.runs.types import Interpreter, Limits, RunStatus

from .conftest import Bench, tree_state

MAIN = {
    "name and file": "import sys\nassert __name__ == '__main__' and sys.modules['__main__'].__dict__ is globals()\n"
    "import os\nassert os.path.samefile(os.path.dirname(__file__), os.getcwd()) and sys.argv == [__file__]\n"
    "assert sys.path[0] == os.path.dirname(__file__), sys.path\n",
    "guarded main": "def main():\n    return 1\n\nif __name__ == '__main__':\n    main()\n",
    "pickle of own classes": "import pickle\nclass A:\n    x = 1\nassert pickle.loads(pickle.dumps(A())).x == 1\n"
    "assert A.__module__ == '__main__'\n",
    "own source": "import inspect\ndef f():\n    return 1\nassert 'return 1' in inspect.getsource(f)\n",
    "spawn": "import multiprocessing as mp\ndef square(x):\n    return x * x\n"
    "if __name__ == '__main__':\n    with mp.get_context('spawn').Pool(2) as p:\n"
    "        assert p.map(square, [1, 2, 3]) == [1, 4, 9]\n",
    "fork": "import multiprocessing as mp\ndef square(x):\n    return x * x\n"
    "with mp.get_context('fork').Pool(2) as p:\n"
    "    assert p.map(square, [1, 2, 3]) == [1, 4, 9]\n",
    "loky": "from joblib import Parallel, delayed\ndef square(x):\n    return x * x\n"
    "assert Parallel(n_jobs=2)(delayed(square)(i) for i in range(4)) == [0, 1, 4, 9]\n",
    "dataclasses and annotations": "from __future__ import annotations\nfrom dataclasses import dataclass\n"
    "import typing\n@dataclass\nclass C:\n    x: int = 1\nassert typing.get_type_hints(C) == {'x': int}\n",
    "stdin is empty": "import sys\nassert sys.stdin.read() == ''\n",
    "threads": "import threading\nt = threading.Thread(target=print, args=('in a thread',))\nt.start()\nt.join()\n",
    "asyncio": "import asyncio\nasync def f():\n    return 1\nassert asyncio.run(f()) == 1\n",
    "atexit and non-ascii": "import atexit\natexit.register(print, 'Grüße')\n",
    "shared memory": "from multiprocessing import shared_memory\ns = shared_memory.SharedMemory(create=True, size=8)\n"
    "s.close()\ns.unlink()\n",
    "builtins": "import builtins\nassert __builtins__ is builtins\n",
    "exec and logging": "import logging\nlogging.basicConfig(filename='run.log')\nlogging.warning('x')\n",
}


@pytest.mark.parametrize("what", MAIN)
async def test_as_by_hand(walled: Bench, what: str) -> None:
    result = await walled.run(MAIN[what] + "\nif __name__ == '__main__':\n    __mlestar_report__(1.0)\n")
    assert (result.status, result.score) == (RunStatus.OK, 1.0), result.stderr


async def test_arguments_and_local_modules(walled: Bench) -> None:
    (walled.folder / "lib").mkdir()
    (walled.folder / "lib" / "__init__.py").write_text("")
    (walled.folder / "lib" / "model.py").write_text("def score(x):\n    return x * 2\n")
    (walled.folder / "seeding.py").write_text("MINE = 1\n")
    text = (
        "import argparse, seeding\nfrom lib.model import score\nassert seeding.MINE == 1\n"
        "p = argparse.ArgumentParser()\np.add_argument('--x', type=float)\np.add_argument('name')\n"
        "a = p.parse_args()\nassert a.name == 'two words'\n__mlestar_report__(score(a.x))\n"
    )
    result = await walled.run(text, arguments=("--x", "0.25", "two words"))
    assert result.score == 0.5, result.stderr
    assert {Path(f.path).name for f in result.inputs} == {"__init__.py", "model.py", "seeding.py"}
    assert inputs_unchanged(result.inputs)
    (walled.folder / "lib" / "model.py").write_text("def score(x):\n    return x * 3\n")
    assert not inputs_unchanged(result.inputs)


async def test_a_file_touched_but_the_same_is_unchanged(bench: Bench) -> None:
    data = bench.folder / "d.csv"
    data.write_text("1")
    result = await bench.run("open('d.csv').read()\n__mlestar_report__(1)\n")
    data.write_text("1")
    assert inputs_unchanged(result.inputs) and len(result.inputs) == 1
    data.write_text("2")
    assert not inputs_unchanged(result.inputs)
    data.unlink()
    assert not inputs_unchanged(result.inputs)


async def test_the_text_that_runs_is_the_one_given(walled: Bench) -> None:
    """The file on disk is older than the editor's text; spawned children must see the editor's, too."""
    walled.script.write_text("raise SystemExit('the old text')\n")
    text = (
        "import multiprocessing as mp\ndef value(_):\n    return 3\n"
        "if __name__ == '__main__':\n    with mp.get_context('spawn').Pool(1) as p:\n"
        "        __mlestar_report__(p.map(value, [0])[0])\n"
    )
    result = await walled.run(text)
    assert result.score == 3.0, result.stderr


async def test_a_notebook_runs_as_a_program_beside_it(walled: Bench) -> None:
    walled.script_name = "note book.ipynb"
    walled.script.write_text('{"cells": []}')
    text = "import os\nprint(os.path.basename(__file__))\npass  # %matplotlib inline\ndisplay('shown')\n"
    text += "__mlestar_report__(1)\n"
    result = await walled.run(text)
    assert result.score == 1.0 and result.stdout == "note book.py\nshown\n", result


async def test_a_script_in_another_encoding(bench: Bench) -> None:
    bench.script.write_bytes("# -*- coding: cp1252 -*-\nname = 'Müller'\n".encode("cp1252"))
    text = "# -*- coding: cp1252 -*-\nname = 'Müller €'\nprint(name)\n__mlestar_report__(len(name))\n"
    result = await bench.run(text)
    assert result.score == 8.0 and result.stdout == "Müller €\n", result.stderr


async def test_secrets_stay_with_the_server(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "HF_TOKEN", "CONDA_TOKEN", "MY_VARIABLE", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, "hidden-value")
    monkeypatch.setenv("LC_TIME", "C")
    text = "import os, subprocess, json\nprint(json.dumps(dict(os.environ)))\n__mlestar_report__(1)\n"
    result = await bench.run(text, environment={"MINE": "given"})
    assert "hidden-value" not in result.stdout
    import json

    seen = json.loads(result.stdout)
    assert seen["MINE"] == "given" and seen["LC_TIME"] == "C" and seen["PYTHONHASHSEED"] == "0"
    assert seen["OMP_NUM_THREADS"] == "1" and seen["MPLBACKEND"] == "Agg" and seen["WANDB_MODE"] == "disabled"
    assert seen["PATH"].startswith(str(bench.interpreter.executable.parent))


async def test_threads_as_allowed(bench: Bench) -> None:
    text = "import os\n__mlestar_report__(int(os.environ['OMP_NUM_THREADS']))\n"
    assert (await bench.run(text, threads=2)).score == 2.0


async def scores_of(bench: Bench, text: str, seeds: tuple[int, ...]) -> list[float | None]:
    bench.script.write_text(text)
    return [r.score for r in await asyncio.gather(*(bench.run(text, seed=seed) for seed in seeds))]


RANDOM = {
    "numpy global": "import numpy as np\nv = np.random.rand()",
    "numpy generator": "import numpy as np\nr = np.random.default_rng\nv = r().random() + r(None).random()",
    "numpy generator by name": "from numpy.random import default_rng\nv = default_rng().random()",
    "random": "import random\nv = random.random()",
    "sklearn split": "import numpy as np\nfrom sklearn.model_selection import train_test_split\n"
    "v = train_test_split(np.arange(1000.0))[0][:5].sum()",
    "sklearn forest": "import numpy as np\nfrom sklearn.ensemble import RandomForestRegressor\n"
    "X = np.arange(50.0)[:, None] % 7\nv = RandomForestRegressor(3).fit(X, X[:, 0] ** 2).predict([[3.3]])[0]",
    "set order": "v = float(hash('a') % 1000003)",
}


async def test_unseeded_randomness_repeats_by_seed(bench: Bench) -> None:
    text = "".join(f"{code}\n__mlestar_report__(v)\n" for code in RANDOM.values())
    bench.script.write_text(text)
    first, again, other = await asyncio.gather(*(bench.run(text, seed=seed) for seed in (0, 0, 1)))
    assert len(first.reports) == len(RANDOM) and first.reports == again.reports, first.stderr
    same = [what for what, a, b in zip(RANDOM, first.reports, other.reports, strict=True) if a == b]
    assert set(same) <= {"set order", "sklearn forest"}


async def test_a_scripts_own_seed_is_its_own(bench: Bench) -> None:
    text = "import numpy as np\nnp.random.seed(7)\nv = np.random.rand() + np.random.default_rng(3).random()\n"
    first, second = await scores_of(bench, text + "__mlestar_report__(v)\n", (0, 5))
    assert first is not None and first == second


async def test_generators_without_a_seed_differ_from_each_other(bench: Bench) -> None:
    text = "import numpy as np\na, b = np.random.default_rng(), np.random.default_rng()\n"
    result = await bench.run(text + "__mlestar_report__(int(a.random() != b.random()))\n")
    assert result.score == 1.0, result


FOLDS = """
import numpy as np
from sklearn.model_selection import cross_val_score, GridSearchCV, KFold, StratifiedKFold, TimeSeriesSplit
from sklearn.linear_model import LogisticRegression, Ridge
r = np.random.RandomState(0)
X = r.rand(60, 3)
y = X[:, 0] + r.rand(60)
for v in [
    cross_val_score(Ridge(), X, y, cv=5),
    cross_val_score(Ridge(), X, y),
    cross_val_score(LogisticRegression(), X, y > 1, cv=4, scoring='neg_log_loss'),
    GridSearchCV(Ridge(), {'alpha': [1, 2]}, cv=3).fit(X, y).best_score_,
    cross_val_score(Ridge(), X, y, cv=KFold(5)),
    cross_val_score(LogisticRegression(), X, y > 1, cv=StratifiedKFold(4), scoring='neg_log_loss'),
    cross_val_score(Ridge(), X, y, cv=TimeSeriesSplit(3)),
]:
    __mlestar_report__(float(np.mean(v)))
"""


async def test_folds_asked_for_by_number_follow_the_seed(bench: Bench) -> None:
    bench.script.write_text(FOLDS)
    runs = await asyncio.gather(*(bench.run(FOLDS, seed=seed) for seed in (0, 3, 3)))
    zero, other, again = (r.reports for r in runs)
    assert len(zero) == 7 and other == again, runs[0].stderr
    assert all(a != b for a, b in zip(zero[:4], other[:4], strict=True))
    assert zero[4:] == other[4:]  # splitter objects and time series are the user's word
    assert zero[0] == zero[4] and zero[2] == zero[5]  # seed 0 leaves everything as written


async def test_torch_is_seeded_when_it_is_imported(bench: Bench) -> None:
    """A stand-in package of the same name shows what the hook calls, and when."""
    (bench.folder / "torch").mkdir()
    (bench.folder / "torch" / "__init__.py").write_text("seeds = []\ndef manual_seed(s):\n    seeds.append(s)\n")
    (bench.folder / "uses.py").write_text("import torch\nAT_IMPORT = list(torch.seeds)\n")
    result = await bench.run("import uses\n__mlestar_report__(uses.AT_IMPORT[0])\n", seed=11)
    assert result.score == 11.0, result


PROBES = """
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.impute import SimpleImputer
from sklearn.model_selection import cross_val_score
r = np.random.RandomState(0)
texts = ['some long words here %d' % i for i in range(100)]
df = pd.DataFrame({'n': r.lognormal(size=100), 'c': ['a', 'b'] * 50, 't': texts,
                   'm': [np.nan, 1.0] * 50, 'b': [True, False] * 50, 'd': pd.date_range('2020', periods=100)})
y = np.array([0] * 90 + [1] * 10)
before = df.copy()
model = make_pipeline(SimpleImputer(), LogisticRegression())
__mlestar_call__(10, 'model.fit', model.fit)(df[['n', 'm']], y)
__mlestar_call__(11, 'cross_val_score', cross_val_score)(model, df[['n', 'm']].to_numpy(), y, cv=3)
class Any_:
    def fit(self, X, y=None): return self
any_ = Any_()
assert __mlestar_call__(12, 'any_.fit', any_.fit)(df, np.exp(r.rand(100) * 5)) is any_
__mlestar_call__(13, 'any_.fit', any_.fit)(X=['a text of five words'] * 30, y=['x', 'y', 'z'] * 10)
__mlestar_call__(14, 'any_.fit', any_.fit)(object())
from scipy import sparse
__mlestar_call__(15, 'any_.fit', any_.fit)(sparse.eye(5).tocsr())
for _ in range(3):
    __mlestar_call__(16, 'print', print)('x')
pd.testing.assert_frame_equal(df, before)
__mlestar_report__(1)
"""


async def test_what_fit_receives(bench: Bench) -> None:
    result = await bench.run(PROBES, probes=True)
    assert result.score == 1.0, result.stderr
    assert result.facts is not None and "numpy" in result.facts.packages
    fits = {f.line: f for f in result.facts.fits}
    assert sorted(fits) == [10, 11, 12, 13, 14, 15, 16] and len(result.facts.fits) == 7
    assert fits[10].callee == "model.fit" and fits[10].estimator == "sklearn.pipeline.Pipeline"
    assert (fits[10].x_kind, fits[10].rows, fits[10].columns, fits[10].missing) == ("dataframe", 100, 2, 50)
    assert (fits[10].target_kind, fits[10].class_counts) == ("binary", (90, 10))
    assert fits[11].x_kind == "ndarray" and fits[11].estimator == "sklearn.pipeline.Pipeline"
    assert fits[11].missing == 50 and fits[11].target_kind == "binary"
    columns = {c.name: c for c in fits[12].column_facts}
    assert {n: c.kind for n, c in columns.items()} == {
        "n": "number", "c": "category", "t": "text", "m": "number", "b": "bool", "d": "datetime",
    }  # fmt: skip
    assert columns["n"].skew is not None and columns["n"].skew > 1 and columns["m"].missing == 50
    assert columns["c"].unique == 2 and columns["t"].mean_words == 5.0
    assert fits[12].target_kind == "continuous" and fits[12].target_min is not None and fits[12].target_min >= 1
    assert fits[12].target_skew is not None and fits[12].target_skew > 0.5
    assert fits[13].x_kind == "list" and fits[13].target_kind == "multiclass" and fits[13].class_counts == (10, 10, 10)
    assert fits[13].column_facts[0].mean_words == 5.0
    assert fits[14].x_kind == "other" and (fits[15].x_kind, fits[15].rows, fits[15].columns) == ("sparse", 5, 5)


async def test_probes_cost_little_on_much_data(bench: Bench) -> None:
    text = (
        "import numpy as np, time\nclass M:\n    def fit(self, X, y):\n        return self\nm = M()\n"
        "X = np.random.rand(1_000_000, 20)\ny = np.random.rand(1_000_000)\nt = time.process_time()\n"
        "__mlestar_call__(0, 'm.fit', m.fit)(X, y)\n__mlestar_report__(time.process_time() - t)\n"
    )
    result = await bench.run(text, probes=True)
    assert result.facts is not None and result.facts.fits[0].rows == 1_000_000
    assert result.score is not None and result.score < 1.0


async def test_without_probes_nothing_is_looked_at(bench: Bench) -> None:
    result = await bench.run("f = print\nassert __mlestar_call__(0, 'f', f) is f\n__mlestar_report__(1)\n")
    assert result.score == 1.0 and result.facts is None


def old_pythons() -> list[Path]:
    return sorted(Path.home().glob(".pyenv/versions/*/bin/python"))


@pytest.mark.parametrize("wanted", [(3, 9), (3, 10), (3, 12), (3, 13)])
async def test_other_pythons(walled: Bench, wanted: tuple[int, int]) -> None:
    """The worker speaks the user's Python; a class of problems shows only there (pathlib, audit events)."""
    pythons = [p for p in old_pythons() if p.parent.parent.name.startswith("{}.{}.".format(*wanted))]
    if not pythons:
        pytest.skip("no Python {}.{} here".format(*wanted))
    found = await find_interpreter(str(pythons[0]), walled.folder, walled.script)
    assert isinstance(found, Interpreter) and found.version[:2] == wanted
    (walled.folder / "helper.py").write_text("X = 2\n")
    (walled.folder / "data.csv").write_text("1")
    text = (
        "import sys, multiprocessing as mp\ndef f(x):\n    return x\n"
        "def files():\n"
        "    import pathlib, shutil, helper\n"
        f"    real = pathlib.Path({str(walled.folder)!r})\n"
        "    assert (real / 'data.csv').read_text() == '1'\n"
        "    (real / 'new').mkdir()\n"
        "    (real / 'new' / 'x').write_text('1')\n"
        "    assert (real / 'new').exists() and [p.name for p in (real / 'new').iterdir()] == ['x']\n"
        "    (real / 'data.csv').write_text('2')\n"
        "    assert open('data.csv').read() == '2'\n"
        "    shutil.rmtree(real / 'new')\n"
        "    (real / 'data.csv').rename(real / 'moved.csv')\n"
        "    (real / 'moved.csv').unlink()\n"
        "if __name__ == '__main__':\n    files()\n"
        "    with mp.get_context('spawn').Pool(1) as p:\n        assert p.map(f, [1]) == [1]\n"
        "    __mlestar_report__(sys.version_info[1])\n"
    )
    result = await walled.run(text, interpreter=found)
    assert result.score == float(wanted[1]), result.stderr
    result = await walled.run("x = 1\n1 / 0\n", interpreter=found)
    assert result.failure is not None and result.failure.line == 1


def test_the_key_knows_what_matters(tmp_path: Path) -> None:
    from dataclasses import replace

    python = Interpreter(tmp_path / "python", (3, 11, 0), {"numpy": "2.0"}, "setting")
    from mlestar.runs.types import RunSpec

    spec = RunSpec(tmp_path / "t.py", tmp_path, "x", "x", 0, python, "o")
    key = run_key(spec)
    changes: list[dict[str, Any]] = [
        {"variant_text": "y"},
        {"program_text": "y"},  # another instrumentation may report other things
        {"seed": 1},
        {"arguments": ("a",)},
        {"objective_id": "p"},
        {"environment": {"A": "1"}},
        {"interpreter": replace(python, packages={"numpy": "2.1"})},
        {"limits": Limits(threads=2)},
    ]
    assert len({key, *(run_key(replace(spec, **change)) for change in changes)}) == len(changes) + 1
    assert run_key(replace(spec, label="other", limits=Limits(wall_s=1))) == key


async def test_started_from_where_its_paths_exist(walled: Bench) -> None:
    """``python src/train.py`` and ``cd src; python train.py`` are both habits."""
    (walled.folder / "src").mkdir()
    (walled.folder / "data").mkdir()
    (walled.folder / "data" / "train.csv").write_text("3")
    (walled.folder / "common.py").write_text("VALUE = 1\n")
    walled.script_name = "src/train.py"
    text = "import common\n__mlestar_report__(int(open('data/train.csv').read()) + common.VALUE)\n"
    assert (await walled.run(text)).score == 4.0
    (walled.folder / "src" / "data").mkdir()
    (walled.folder / "src" / "data" / "train.csv").write_text("5")
    assert (await walled.run(text)).score == 6.0


async def test_a_module_of_a_package_with_relative_imports(walled: Bench) -> None:
    package = walled.folder / "src" / "model"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "features.py").write_text("from . import VERSION\nX = 2\n")
    (package / "__init__.py").write_text("VERSION = 1\n")
    walled.script_name = "src/model/train.py"
    result = await walled.run("from .features import X\nfrom . import VERSION\n__mlestar_report__(X + VERSION)\n")
    assert result.score == 3.0, result.stderr


async def test_a_workspace_that_does_not_hold_the_script(walled: Bench, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    text = "open('x', 'w').write('1')\n__mlestar_report__(1)\n"
    spec = walled.spec(text, workspace=other)
    before = tree_state(walled.folder)
    result = await walled.scheduler.run(spec)
    assert result.score == 1.0 and tree_state(walled.folder) == before, result


async def test_n_jobs_minus_one_means_the_threads_allowed(bench: Bench) -> None:
    assert (await bench.run("import joblib\n__mlestar_report__(joblib.cpu_count())\n")).score == 1.0
