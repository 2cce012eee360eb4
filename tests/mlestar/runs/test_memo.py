"""The memo of library calls: a call that was made before gives the same value, randomness and side effects, or is made.

The worker is run as it is, without launcher and walls, in processes of its own; `memo_cases` compares plain, kept and
taken calls inside one of them. One test goes the whole way through the scheduler.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mlestar.runs.local import _SYSTEM
from mlestar.runs.types import RunStatus
from mlestar.runs.worker.memo.suspects import changes_libraries

from .conftest import Bench

BOOT = Path(__file__).parents[3] / "server" / "mlestar" / "runs" / "worker" / "boot.py"
MINE = Path(__file__).parent / "memo_cases.py"


@dataclass
class Done:
    """What a run of the worker said."""

    stdout: str
    stderr: str
    code: int
    memo: dict[str, Any] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    rest: list[dict[str, Any]] = field(default_factory=list)
    """Every other event, in order."""


@dataclass
class Worker:
    """Runs a text with or without the memo."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def start(self, text: str, *, memo: bool = True, seed: int = 0, name: str = "train", **order: Any) -> Any:
        script = self.folder / f"{name}.py"
        script.write_text(text, "utf-8")
        self.store.mkdir(exist_ok=True)
        number = len(list(self.folder.glob("spec-*")))
        events = self.folder / f"events-{number}.jsonl"
        spec: dict[str, Any] = {
            "script": str(script), "program": str(script), "arguments": [], "module": None, "cwd": str(self.folder),
            "workspace": str(self.folder), "events": str(events), "seed": seed, "fidelity": None, "probes": False,
            "notebook": False, "not_inputs": [*_SYSTEM, str(self.store)],
        }  # fmt: skip
        if memo:
            spec["memo"] = {
                "folder": str(self.store), "most_bytes": 1 << 30, "threshold_s": 0.0, "share": 1e9, "machine": "m",
                "salt": "full", **order,
            }  # fmt: skip
        path = self.folder / f"spec-{number}.json"
        path.write_text(json.dumps(spec), "utf-8")
        environment = {**os.environ, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        environment.update(LOKY_MAX_CPU_COUNT="1", OMP_WAIT_POLICY="PASSIVE")
        process = subprocess.Popen(
            [sys.executable, str(BOOT), "worker", str(path)],
            cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        return process, events

    def end(self, started: Any) -> Done:
        process, events = started
        stdout, stderr = process.communicate(timeout=240)
        done = Done(stdout, stderr, process.returncode)
        for line in events.read_text().splitlines():
            event = json.loads(line)
            if "memo" in event:
                done.memo = event["memo"]
            elif "input" in event:
                done.inputs.append(Path(event["input"]).name)
            elif "start" not in event:
                done.rest.append(event)
        return done

    def run(self, text: str, **changes: Any) -> Done:
        return self.end(self.start(text, **changes))


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    return Worker(tmp_path)


def same(one: Done, other: Done) -> bool:
    """Whether nothing but the memo's own figures tells two runs apart."""
    return (one.stdout, one.stderr, one.code, sorted(one.inputs), one.rest) == (
        other.stdout, other.stderr, other.code, sorted(other.inputs), other.rest,
    )  # fmt: skip


# ---- one process, each hazard ----------------------------------------------------------------------------------

HITS = {
    "seeded_forest": 3, "unseeded_forest": 2, "histogram_boosting": 2, "pipeline": 2, "only_the_model_changes": 3,
    "union": 2, "columns": 2, "search": 2, "neighbours_share": 1, "neighbours": 3, "in_place": 0, "own_class": 1,
    "own_lambda": 0, "library_function": 1, "given_generator": 3, "shuffled_folds": 1, "plain_folds": 2, "scored": 3,
    "talk_and_warnings": 2, "words": 3, "early_stopping": 2, "recorded": 2, "importance": 3, "used_up": 2, "raises": 0,
    "grows": 3, "partly": 1, "keeps_the_global_generator": 1, "unseeded_streams": 1, "refit_twice": 2, "from_a_file": 2,
}  # fmt: skip
"""How many calls of each case are found the second time. Where it is 0 the memo must stay out of the way."""


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    pytest.importorskip("lightgbm")
    worker = Worker(tmp_path_factory.mktemp("cases"))
    (worker.folder / "d.csv").write_text("a,b\n1,x\n2,\n3,z\n")
    done = worker.run(MINE.read_text("utf-8"))
    assert done.code == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"case"')]
    yield {line["case"]: line for line in lines}


@pytest.mark.parametrize("name", HITS)
def test_a_taken_call_cannot_be_told_from_a_made_one(cases: dict[str, dict[str, Any]], name: str) -> None:
    case = cases[name]
    assert not case["different"], case
    assert not case["unsteady"], case
    assert case["hits"] == HITS[name], case


def test_every_case_is_expected(cases: dict[str, dict[str, Any]]) -> None:
    assert set(cases) == set(HITS)
    assert "Iteration 3, loss" in cases["talk_and_warnings"]["text"][0][1]
    assert "ConvergenceWarning" in cases["talk_and_warnings"]["text"][1][1]
    assert "Early stopping" in cases["early_stopping"]["text"][0][1]


# ---- whole runs ------------------------------------------------------------------------------------------------

SCRIPT = """
import numpy as np
import pandas as pd
import lightgbm as lgb
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
frame = pd.read_csv("d.csv")
frame = frame.sample(frac=1.0).reset_index(drop=True)
x, y = frame.drop(columns="t"), frame["t"]
left, right, a, b = train_test_split(x, y, shuffle=True)
models = [RandomForestClassifier(5), lgb.LGBMClassifier(n_estimators=5, verbose=-1), make_pipeline(StandardScaler(),
          LogisticRegression(C=CHANGE))]
total = sum(model.fit(left, a).predict_proba(right)[:, 1] for model in models)
found = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=3).fit(left, a)
print(found.best_score_, cross_val_score(models[0], x, y, cv=3), np.random.rand(), roc_auc_score(b, total))
__mlestar_report__(roc_auc_score(b, total))
"""


def data(folder: Path, shift: float = 0.0) -> None:
    import numpy as np
    import pandas as pd

    made = np.random.RandomState(1)
    frame = pd.DataFrame(made.normal(size=(300, 4)) + shift, columns=list("abcd"))
    frame["t"] = (frame["a"] + frame["b"] > 2 * shift).astype(int)
    frame.to_csv(folder / "d.csv", index=False)


def test_the_next_run_takes_what_it_can_and_ends_the_same(worker: Worker) -> None:
    data(worker.folder)
    text = SCRIPT.replace("CHANGE", "1.0")
    plain, first, second = worker.run(text, memo=False), worker.run(text), worker.run(text)
    assert plain.code == 0, plain.stderr
    assert same(plain, first) and same(plain, second)
    assert second.inputs == ["d.csv"]
    assert first.memo["hits"] <= 1 and second.memo["hits"] >= 8 and second.memo["misses"] == 0, second.memo
    other = worker.run(SCRIPT.replace("CHANGE", "0.01"))
    assert other.memo["hits"] >= 7 and other.stdout != plain.stdout
    assert same(other, worker.run(SCRIPT.replace("CHANGE", "0.01"), memo=False))


def test_another_seed_is_another_result(worker: Worker) -> None:
    data(worker.folder)
    text = (
        "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n"
        "from sklearn.model_selection import cross_val_score\nd = pd.read_csv('d.csv')\n"
        "print(cross_val_score(LogisticRegression(), d[['a', 'c']], d['t'], cv=3))\n"
    )
    by_seed = {seed: worker.run(text, memo=False, seed=seed) for seed in (0, 1)}
    assert by_seed[0].stdout != by_seed[1].stdout, "the folds must depend on the seed for this test to mean something"
    done = [worker.run(text, seed=seed) for seed in (0, 1, 1)]
    assert [d.stdout for d in done] == [by_seed[seed].stdout for seed in (0, 1, 1)]
    assert [d.memo["hits"] for d in done] == [0, 1, 2]  # the file; then the scores too


def test_a_changed_file_is_read_anew(worker: Worker) -> None:
    text = "import pandas as pd\nprint(pd.read_csv('d.csv')['a'].sum())\n"
    path = worker.folder / "d.csv"
    outputs = []
    for content in ("a\n1\n2\n", "a\n1\n3\n", "a\n1\n2\n"):
        path.write_text(content)
        os.utime(path, ns=(10**18, 10**18))  # same size, same time: only the content tells
        outputs.append(worker.run(text))
    assert [o.stdout for o in outputs] == ["3\n", "4\n", "3\n"]
    assert [o.memo["hits"] for o in outputs] == [0, 0, 1]
    assert outputs[-1].inputs == ["d.csv"]


FIT = """
import numpy as np
from sklearn.linear_model import LogisticRegression
x = np.random.RandomState(0).normal(size=(200, 3))
print(repr(LogisticRegression().fit(x, x[:, 0] > 0).coef_.sum()))
"""


def entries(worker: Worker) -> list[Path]:
    return sorted(worker.store.glob("??/*.memo"))


def test_a_damaged_entry_is_removed_and_made_again(worker: Worker) -> None:
    good = worker.run(FIT)
    harms: list[Callable[[bytes], bytes]] = [
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:],
        lambda whole: b"",
        lambda whole: _entry_of(b"\x80\x05no pickle"),
    ]
    for harm in harms:
        (path,) = entries(worker)
        path.write_bytes(harm(path.read_bytes()))
        again = worker.run(FIT)
        assert same(good, again) and again.memo["hits"] == 0 and again.memo["stored"] == 1
    assert worker.run(FIT).memo["hits"] == 1


def _entry_of(stream: bytes) -> bytes:
    """An entry that is whole, with a stream that nobody can load."""
    import struct
    import zlib

    from mlestar.runs.worker.memo.entries import HEADER, MAGIC

    body = struct.pack("<QQ", 1, len(stream)) + stream
    return HEADER.pack(MAGIC, 1.0, 0.0, len(body), zlib.crc32(body)) + body


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("import sklearn.linear_model as m\nm.LogisticRegression.fit = print", True),
        ("import numpy as np\nsetattr(np, 'extra', 1)", True),
        ("from threadpoolctl import threadpool_limits\nthreadpool_limits(2)", True),
        ("import torch\ntorch.set_num_threads(3)", True),
        ("import pandas as pd\ndel pd.DataFrame.merge", True),
        ("import pandas as pd\npd.options.mode.copy_on_write = True", False),
        ("import pandas as pd\nd = pd.DataFrame()\nd.columns = []\nd.attrs['x'] = 1", False),
        ("class A:\n    def __init__(self):\n        self.fit = 1", False),
        ("a = b = )", True),
    ],
)
def test_programs_that_change_libraries_are_known(line: str, changes: bool) -> None:
    assert changes_libraries(line) is changes


def test_a_program_that_changes_libraries_runs_without(worker: Worker) -> None:
    done = worker.run(FIT.replace("\nx =", "\nsetattr(LogisticRegression, 'extra', 1)\nx ="))
    assert done.code == 0 and done.memo == {"off": "the program changes libraries or their threads"}
    assert not entries(worker)


def test_a_local_module_that_changes_libraries_ends_it(worker: Worker) -> None:
    (worker.folder / "patches.py").write_text("import numpy as np\nnp.extra = 1\n")
    done = worker.run("import patches\n" + FIT)
    assert done.code == 0 and not entries(worker) and done.memo["hits"] == 0


def test_settings_and_fidelity_are_part_of_the_key(worker: Worker) -> None:
    worker.run(FIT)
    assert worker.run(FIT, salt="a tenth of the rows").memo["hits"] == 0
    assert worker.run("import pandas as pd\npd.set_option('mode.sim_interactive', True)\n" + FIT).memo["hits"] == 0
    assert worker.run(FIT).memo["hits"] == 1


def test_layout_and_signs_of_zero_are_part_of_the_key(worker: Worker) -> None:
    text = """
import numpy as np
from sklearn.preprocessing import StandardScaler
x = np.zeros((50, 4))
x[0] = 1.0
for other in (x, np.asfortranarray(x), np.where(x == 0, -0.0, x), x.astype("f4"), np.zeros((50, 8))[:, ::2] + x, x):
    StandardScaler().fit(other)
big = np.zeros((50, 8))
big[:, ::2] = x
StandardScaler().fit(big[:, ::2])
"""
    done = worker.run(text)
    assert (done.memo["hits"], done.memo["misses"]) == (2, 5), done.memo


def test_two_at_once_make_a_call_only_once(worker: Worker) -> None:
    text = """
import glob, os, time
import numpy as np
from sklearn.ensemble import RandomForestClassifier
x = np.random.RandomState(0).normal(size=(1500, 10))
open("ready-%d" % os.getpid(), "w").close()
while len(glob.glob("ready-*")) < 2:
    time.sleep(0.005)
print(RandomForestClassifier(60, random_state=0).fit(x, x[:, 0] > 0).feature_importances_.sum())
"""
    started = [worker.start(text) for _ in range(2)]
    done = [worker.end(one) for one in started]
    assert done[0].stdout == done[1].stdout and done[0].code == 0
    assert sorted(d.memo["hits"] for d in done) == [0, 1], [d.memo for d in done]
    assert not list(worker.store.glob("locks/*")) and not list(worker.store.glob("new-*"))


def test_an_owner_that_is_killed_is_not_waited_for(worker: Worker) -> None:
    keys = _lock_keys(worker, FIT)
    good = worker.run(FIT, memo=False)
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from mlestar.runs.worker.memo.entries import Lock\n"
        "assert Lock(sys.argv[2]).take(); print('held', flush=True); time.sleep(60)"
    )
    server = str(BOOT.parents[3])
    owner = subprocess.Popen(
        [sys.executable, "-c", code, server, str(worker.store / "locks" / keys[0])], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None and owner.stdout.readline() == "held\n"
    waiting = worker.start(FIT)
    time.sleep(4.0)
    owner.kill()
    owner.wait()
    done = worker.end(waiting)
    assert same(good, done) and done.memo["hits"] == 0 and entries(worker)


def _lock_keys(worker: Worker, text: str) -> list[str]:
    """The names of the locks that a run takes."""
    noted = (
        "import sys\n_entries = sys.modules['_mlestar_worker.memo.entries']\n_take = _entries.Lock.take\n"
        "def take(self):\n    print('lock', self.path.rpartition('/')[2])\n    return _take(self)\n"
        "vars(_entries)['Lock'].take = take\n"
    )
    done = worker.run(noted + text)
    for path in entries(worker):
        path.unlink()
    return [line.split()[1] for line in done.stdout.splitlines() if line.startswith("lock ")]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_inside_a_call_keeps_nothing_in_the_child(worker: Worker) -> None:
    data(worker.folder)
    text = """
import os, sys
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
seeding, memo = (sys.modules["_mlestar_worker." + name] for name in ("seeding", "memo"))
def part():
    seeding.on_use(None)
    print("inside", memo.in_call())
    if os.fork() == 0:
        seeding.reseed(2)
        inside.append(1)
    else:
        os.wait()
inside = []
d = pd.read_csv("d.csv")
seeding.on_use(part)
print("outside", memo.in_call())
print(cross_val_score(LogisticRegression(), d[["a", "c"]], d["t"], cv=3))
if inside:
    print("child stored", memo._state["memo"].counts["stored"])
    sys.stdout.flush()
    os._exit(0)
print("parent stored", memo._state["memo"].counts["stored"])
"""
    simple = text[: text.index("seeding, memo")] + "d = pd.read_csv('d.csv')\n"
    simple += 'print(cross_val_score(LogisticRegression(), d[["a", "c"]], d["t"], cv=3))\n'
    expected = {seed: worker.run(simple, memo=False, seed=seed).stdout for seed in (1, 2)}
    lines = worker.run(text, seed=1).stdout.splitlines()
    assert lines[:2] == ["outside False", "inside True"]
    assert expected[1].strip() in lines and expected[2].strip() in lines, lines
    for seed in (1, 2):  # what was kept meanwhile, the fits within too, serves only the seed that it belongs to
        assert worker.run(simple, seed=seed).stdout == expected[seed]


def test_a_traceback_shows_nothing_of_the_memo(worker: Worker) -> None:
    text = FIT.replace("LogisticRegression()", "LogisticRegression(C=-1.0)")
    plain, done = worker.run(text, memo=False), worker.run(text)
    assert done.code == 1 and "C" in done.rest[-1]["end"]["message"]
    assert same(plain, done) and str(BOOT.parent) not in done.stderr + done.rest[-1]["end"]["text"]


def test_disk_trouble_is_harmless(worker: Worker) -> None:
    good = worker.run(FIT, memo=False)
    (worker.store / "locks").write_text("a file where the folder should be")
    for number in range(256):
        (worker.store / f"{number:02x}").write_text("")
    done = worker.run(FIT)
    assert same(good, done) and done.memo["stored"] == 0
    assert not list(worker.store.glob("new-*"))


# ---- through the scheduler -------------------------------------------------------------------------------------


async def test_runs_of_a_workspace_share_a_store(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np
    import pandas as pd

    x = np.random.RandomState(0).normal(size=(4000, 12))
    frame = pd.DataFrame(x, columns=[f"c{i}" for i in range(12)])
    frame["t"] = (x[:, 0] + x[:, 1] ** 2 > 1).astype(int)
    frame.to_csv(bench.folder / "d.csv", index=False)
    text = (
        "import pandas as pd\nfrom sklearn.ensemble import RandomForestClassifier\n"
        "from sklearn.metrics import roc_auc_score\nd = pd.read_csv('d.csv')\nx, y = d.drop(columns='t'), d['t']\n"
        "m = RandomForestClassifier(40).fit(x[:3000], y[:3000])\n"
        "__mlestar_report__(roc_auc_score(y[3000:], m.predict_proba(x[3000:])[:, 1]))\n"
    )
    first, second = await bench.run(text), await bench.run(text)
    plain = await bench.run(text, reuse=False)
    monkeypatch.setenv("MLESTAR_NO_MEMO", "1")
    off = await bench.run(text)
    assert first.status is RunStatus.OK, first.reason + first.stderr
    assert plain.memo is None and off.memo is None
    assert first.memo is not None and second.memo is not None
    assert first.memo.hits == 0 and first.memo.stored >= 1, first.memo
    assert second.memo.hits >= 1 and second.memo.saved_s > 0, second.memo
    for result in (second, plain):
        compared = ("status", "score", "stdout", "stderr", "inputs", "rows", "evaluation", "reports")
        assert {n: getattr(result, n) for n in compared} == {n: getattr(first, n) for n in compared}
    assert [Path(f.path).name for f in second.inputs] == ["d.csv"]
