"""Does a program survive being branched? Every pair of libraries, before and after the fork, many times.

    python benchmarks/branches.py [--python PATH] [--branches 2000] [--libraries A,B] [--naive] [--json]

For each pair the parent computes something with one library, forks, and the child computes something with the other;
the child's value must equal, bit for bit, the one computed in a process that was never forked. A child that does not
answer in time hangs. ``refused`` counts forks that the gate forbade, with its reason: such a run is carried out in
another way. ``--naive`` forks without the gate and without the preparations, to show what they are for.
"""

# Half of it runs in the interpreter under study, which may be Python 3.9.
# ruff: noqa: UP006, UP032, UP035, UP037, PTH118, PTH123, SIM105
from __future__ import annotations

import argparse
import collections
import hashlib
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
import types
from pathlib import Path
from typing import Any, Callable, Dict, List

WORKER = Path(__file__).resolve().parents[1] / "server" / "mlestar" / "runs" / "worker"
TIMEOUT_S = 30.0
_SIDES = ("parent", "child")


# ---------------------------------------------------------------------- what is computed, in the other interpreter


def _table() -> Any:
    import numpy

    random = numpy.random.RandomState(0)
    X = random.rand(1500, 8)
    return X, (X[:, 0] + X[:, 1] > 1).astype(int)


def _numpy() -> bytes:
    import numpy

    X = numpy.random.RandomState(1).rand(300, 300)
    return bytes((X @ X.T).tobytes() + numpy.linalg.svd(X[:80, :80])[1].tobytes())


def _hist_boosting() -> bytes:
    from sklearn.ensemble import HistGradientBoostingClassifier

    X, y = _table()
    model = HistGradientBoostingClassifier(max_iter=4, random_state=0).fit(X, y)
    return bytes(model.predict_proba(X).tobytes())


def _kmeans() -> bytes:
    from sklearn.cluster import KMeans

    X, _ = _table()
    return bytes(KMeans(4, n_init=1, random_state=0, max_iter=5).fit(X).labels_.tobytes())


def _forest() -> bytes:
    from sklearn.ensemble import RandomForestClassifier

    X, y = _table()
    return bytes(RandomForestClassifier(6, n_jobs=2, random_state=0).fit(X, y).predict_proba(X).tobytes())


def _threads() -> bytes:
    import math

    from joblib import Parallel, delayed

    return repr(Parallel(n_jobs=2, backend="threading")(delayed(math.sqrt)(i) for i in range(40))).encode()


def _loky() -> bytes:
    import math

    from joblib import Parallel, delayed

    return repr(Parallel(n_jobs=2, backend="loky")(delayed(math.sqrt)(i) for i in range(20))).encode()


def _lightgbm() -> bytes:
    import lightgbm

    X, y = _table()
    model = lightgbm.LGBMClassifier(n_estimators=4, n_jobs=2, verbose=-1, deterministic=True, force_row_wise=True)
    return bytes(model.fit(X, y).booster_.predict(X).tobytes())


def _xgboost() -> bytes:
    import xgboost

    X, y = _table()
    data = xgboost.DMatrix(X, y, nthread=2)
    model = xgboost.train({"objective": "binary:logistic", "nthread": 2, "verbosity": 0}, data, 4)
    return bytes(model.predict(data).tobytes())


def _catboost() -> bytes:
    import catboost

    X, y = _table()
    model = catboost.CatBoostClassifier(
        iterations=4, verbose=0, thread_count=2, random_seed=0, allow_writing_files=False, depth=4
    )
    return bytes(model.fit(X, y).predict_proba(X).tobytes())


def _torch() -> bytes:
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        loss = model(torch.rand(2000, 64)).pow(2).mean()
        loss.backward()
        optimiser.step()
    return bytes(torch.cat([p.detach().reshape(-1) for p in model.parameters()]).numpy().tobytes())


def _loader() -> bytes:
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    torch.manual_seed(0)
    data = TensorDataset(torch.arange(64, dtype=torch.float32))
    batches = [b[0] for b in DataLoader(data, batch_size=16, shuffle=True, num_workers=2)]
    return bytes(torch.cat(batches).numpy().tobytes())


def _polars() -> bytes:
    import polars

    frame = polars.DataFrame({"a": [i % 7 for i in range(5000)], "b": [float(i) for i in range(5000)]})
    return repr(frame.lazy().group_by("a").agg(polars.col("b").sum()).sort("a").collect().rows()).encode()


def _pyarrow() -> bytes:
    import io

    import pyarrow.compute
    import pyarrow.csv

    text = b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(5000))
    table = pyarrow.csv.read_csv(io.BytesIO(text), read_options=pyarrow.csv.ReadOptions(block_size=4096))
    return repr(pyarrow.compute.sum(table["b"]).as_py()).encode()


def _duckdb() -> bytes:
    import duckdb

    return repr(
        duckdb.sql("select range % 7 k, sum(range) from range(200000) group by k order by k").fetchall()
    ).encode()


def _numexpr() -> bytes:
    import numexpr
    import numpy

    values = numpy.arange(200000, dtype=float)
    return bytes(numexpr.evaluate("sin(values) * 2", {"values": values}).tobytes())


WORK: "Dict[str, Callable[[], bytes]]" = {
    "numpy": _numpy,
    "sklearn boosting": _hist_boosting,
    "sklearn k-means": _kmeans,
    "sklearn forest": _forest,
    "joblib threads": _threads,
    "joblib loky": _loky,
    "lightgbm": _lightgbm,
    "xgboost": _xgboost,
    "catboost": _catboost,
    "torch": _torch,
    "torch loader": _loader,
    "polars": _polars,
    "pyarrow": _pyarrow,
    "duckdb": _duckdb,
    "numexpr": _numexpr,
}
EAGER = (
    "numpy",
    "sklearn.ensemble",
    "sklearn.cluster",
    "joblib",
    "lightgbm",
    "xgboost",
    "torch",
    "pyarrow.csv",
    "duckdb",
)
"""Imported before the first fork, so that a child need not; the others start threads when they are imported."""


def _digest(name: str) -> str:
    return hashlib.sha256(WORK[name]()).hexdigest()


def _worker_package() -> Any:
    package = types.ModuleType("branches_worker")
    package.__path__ = [str(WORKER)]  # type: ignore[attr-defined]
    sys.modules["branches_worker"] = package
    import importlib

    return importlib.import_module("branches_worker.forking")


def inner(task: "Dict[str, Any]") -> None:
    """In the interpreter under study: one parent library, all children, results as JSON lines."""
    parent = task["parent"]
    for name in EAGER:
        if name.split(".")[0] in task["installed"]:
            importlib.import_module(name)
    forking = _worker_package()
    if task.get("reference"):
        print(json.dumps([_digest(parent) for _ in range(3)]), flush=True)
        os._exit(0)
    __import__("ctypes").CDLL(None).prctl(36, 1, 0, 0, 0)  # orphans come to us
    for child in task["children"]:
        for _ in range(task["times"]):
            print(json.dumps({"child": child, **_one(forking, parent, child, bool(task["naive"]))}), flush=True)
    os._exit(0)


def _one(forking: Any, parent: str, child: str, naive: bool) -> "Dict[str, Any]":
    WORK[parent]()
    if not naive:
        reason = forking.refusal()
        if reason:
            return {"refused": reason}
    answer, write = os.pipe()
    begun = time.perf_counter()
    try:
        pid = os.fork() if naive else forking.fork(keep=(answer, write))
    except forking.CannotFork as error:
        os.close(answer)
        os.close(write)
        return {"refused": str(error)}
    if pid == 0:
        os.setsid()
        text = b""
        try:
            text = _digest(child).encode()
        except BaseException as error:
            text = ("!" + repr(error)).encode()
        os.write(write, text)
        os.close(write)
        os._exit(0)
    os.close(write)
    forked = time.perf_counter() - begun
    ready = select.select([answer], [], [], TIMEOUT_S)[0]
    text = os.read(answer, 4096).decode() if ready else ""
    os.close(answer)
    try:
        os.killpg(pid, signal.SIGKILL)  # its worker processes too
    except ProcessLookupError:
        pass
    status = os.waitpid(pid, 0)[1]
    try:
        while True:
            os.waitpid(-pid, 0)
    except ChildProcessError:
        pass
    if not ready:
        return {"hang": True, "fork_s": forked}
    if not text:
        return {"crash": "signal {}".format(os.WTERMSIG(status)), "fork_s": forked}
    return {"value": text, "fork_s": forked}


# ---------------------------------------------------------------------- the study


def _call(python: str, task: "Dict[str, Any]", folder: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "PYTHONWARNINGS": "ignore", "OMP_NUM_THREADS": "2",
                   "OPENBLAS_NUM_THREADS": "2", "PYTHONHASHSEED": "0"}  # fmt: skip
    command = [python, str(Path(__file__).resolve()), "--inner", json.dumps(task)]
    # a file, not a pipe: workers of a killed child would keep the pipe open
    with open(os.path.join(folder, task["name"]), "w", encoding="utf-8") as output:
        return subprocess.Popen(command, stdout=output, env=environment, cwd=folder, start_new_session=True, text=True)


def installed(python: str, names: "List[str]") -> "List[str]":
    """Those of the libraries that this interpreter has."""
    modules = sorted({name.split()[0] for name in names})
    text = "import importlib.util as u, json; print(json.dumps([m for m in {!r} if u.find_spec(m)]))".format(modules)
    found = json.loads(subprocess.run([python, "-c", text], capture_output=True, text=True, check=True).stdout)
    return [str(name) for name in found]


def study(python: str, branches: int, libraries: "List[str]", naive: bool = False) -> "List[Dict[str, Any]]":
    """One row a pair: ``parent``, ``child``, ``branches``, ``hangs``, ``crashes``, ``wrong``, ``failed``, ``refused``,
    ``reason``, ``fork_ms`` (median). Libraries that the interpreter has not are left out."""
    have = installed(python, [*libraries, "numpy"])
    names = [name for name in libraries if name.split()[0] in have]
    times = max(1, -(-branches // len(names) ** 2))
    with tempfile.TemporaryDirectory() as folder:
        tasks = [{"name": "reference " + n, "parent": n, "reference": True, "installed": have} for n in names]
        _all(python, tasks, folder)
        expected = {n: set(json.loads(_text(folder, "reference " + n) or "[]")) for n in names}
        tasks = [
            {"name": n, "parent": n, "children": names, "times": times, "naive": naive, "installed": have}
            for n in names
        ]
        _all(python, tasks, folder)
        return [row for name in names for row in _rows(name, _text(folder, name), names, times, expected)]


def _all(python: str, tasks: "List[Dict[str, Any]]", folder: str) -> None:
    waiting, running = list(tasks), []  # type: ignore[var-annotated]
    while waiting or running:
        while waiting and len(running) < min(4, max(2, (os.cpu_count() or 2))):
            running.append(_call(python, waiting.pop(0), folder))
        running = [process for process in running if process.poll() is None]
        time.sleep(0.05)


def _text(folder: str, name: str) -> str:
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


def _rows(parent: str, text: str, names: "List[str]", times: int, expected: "Dict[str, Any]") -> "List[Dict[str, Any]]":
    seen: Dict[str, List[Dict[str, Any]]] = collections.defaultdict(list)
    for line in text.splitlines():
        if line.startswith("{"):
            result = json.loads(line)
            seen[result["child"]].append(result)
    rows = []
    for child in names:
        results = seen[child]
        values = [r["value"] for r in results if "value" in r]
        forks = sorted(r["fork_s"] for r in results if "fork_s" in r)
        rows.append(
            {
                "parent": parent,
                "child": child,
                "branches": len(results),
                "hangs": sum("hang" in r for r in results),
                "crashes": sum("crash" in r for r in results),
                "failed": sum(v.startswith("!") for v in values),
                "wrong": sum(not v.startswith("!") and v not in expected[child] for v in values),
                "refused": sum("refused" in r for r in results),
                "missing": times - len(results),
                "reason": next((r["refused"] for r in results if "refused" in r), "")
                or next((v for v in values if v.startswith("!")), ""),
                "fork_ms": round(forks[len(forks) // 2] * 1000, 1) if forks else None,
            }
        )
    return rows


COUNTS = ("branches", "hangs", "crashes", "failed", "wrong", "refused", "missing")


def table(rows: "List[Dict[str, Any]]") -> str:
    """One line a parent library, then every pair that did not go well, then the sum."""
    head = "{:18}{:18}".format(*_SIDES) + "".join("{:>9}".format(c) for c in COUNTS) + "  fork ms  reason"
    lines = [head]
    for parent in dict.fromkeys(row["parent"] for row in rows):
        mine = [row for row in rows if row["parent"] == parent]
        sums = "".join("{:9}".format(sum(row[c] for row in mine)) for c in COUNTS)
        forks = sorted(row["fork_ms"] for row in mine if row["fork_ms"] is not None)
        middle = forks[len(forks) // 2] if forks else ""
        reason = next((row["reason"] for row in mine if row["reason"]), "")
        lines.append("{:18}{:18}{}{:>9}  {}".format(parent, "all", sums, middle, reason))
    for row in rows:
        if any(row[c] for c in COUNTS[1:] if c != "refused") or 0 < row["refused"] < row["branches"]:
            counts = "".join("{:9}".format(row[c]) for c in COUNTS)
            lines.append("{:18}{:18}{}{:>9}  {}".format(row["parent"], row["child"], counts, "", row["reason"]))
    sums = "".join("{:9}".format(sum(row[c] for row in rows)) for c in COUNTS)
    return "\n".join([*lines, "{:18}{:18}{}".format("sum", "", sums)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="the interpreter under study")
    parser.add_argument("--branches", type=int, default=2000)
    parser.add_argument("--libraries", default=",".join(WORK), help="of: " + ", ".join(WORK))
    parser.add_argument("--naive", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inner", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner:
        inner(json.loads(options.inner))
    begun = time.perf_counter()
    rows = study(options.python, options.branches, options.libraries.split(","), options.naive)
    print(json.dumps(rows, indent=1) if options.json else table(rows))
    print("{:.0f} s".format(time.perf_counter() - begun), file=sys.stderr)
    sys.exit(any(row[c] for row in rows for c in ("hangs", "crashes", "failed", "wrong", "missing")))


if __name__ == "__main__":
    main()
