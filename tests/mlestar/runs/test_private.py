"""A branch of a running program has files of its own from the fork on, and everything that was there before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlestar.runs.local import LocalExecutor
from mlestar.runs.types import RunStatus

from .conftest import Bench


@pytest.fixture(autouse=True)
def _may_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs here fork by themselves; runs that are no family may not make namespaces."""
    plain = LocalExecutor._prepare

    def prepare(self: LocalExecutor, spec: Any, workspace: Path, scratch: Path) -> dict[str, Any]:
        launch = {**plain(self, spec, workspace, scratch), "branches": True}
        (scratch / "spec.json").write_text(json.dumps(launch), "utf-8")
        return launch

    monkeypatch.setattr(LocalExecutor, "_prepare", prepare)


PROGRAM = """
import importlib, json, os, sys, tempfile
private = importlib.import_module("_mlestar_worker.private")
spec = json.load(open(os.path.join(os.path.dirname(os.path.realpath(tempfile.gettempdir())), "worker.json")))

def branch(index, work):
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        problem = private.make_private(spec, index)
        if problem is not None:
            print("REFUSED", problem, flush=True)
            os._exit(3)
        try:
            work()
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
        sys.stdout.flush()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0, index
"""

BODY = """
HERE = os.path.dirname(os.path.abspath(__file__))
REAL = spec["redirect"]["real"] if spec.get("redirect") else HERE
os.makedirs("out/old")
open("out/old/x", "w").write("first")
open("model.txt", "w").write("trunk")
os.remove("data.csv")
import shutil
shutil.rmtree("folder")
os.mkdir("folder")
log = open("log.txt", "w")
log.write("one\\n")
log.flush()
scratch = tempfile.TemporaryFile("w+")
scratch.write("kept")
scratch.flush()
named = os.path.join(tempfile.gettempdir(), "named")
open(named, "w").write("temporary")

def first():
    assert open("model.txt").read() == "trunk" and not os.path.exists("data.csv")
    assert os.listdir("folder") == [] and open("out/old/x").read() == "first"
    open("model.txt", "w").write("branch 1")
    open(os.path.join(HERE, "model2.txt"), "w").write("branch 1")
    open(os.path.join(REAL, "model3.txt"), "w").write("branch 1")
    open("other.txt", "w").write(open("kept.txt").read() + "!")
    open("kept.txt", "w").write("gone")
    open("data.csv", "w").write("new")
    shutil.rmtree("out")
    open("../beside", "w").write("1")
    log.write("branch\\n")
    log.flush()
    assert open("log.txt").read() == "one\\nbranch\\n"
    scratch.seek(0)
    assert scratch.read() == "kept"
    scratch.write("more")
    scratch.flush()
    open(named, "w").write("changed")
    def deeper():
        assert open("model.txt").read() == "branch 1" and open("data.csv").read() == "new"
        assert not os.path.exists("out") and open("kept.txt").read() == "gone"
        open("model.txt", "w").write("branch 2")
        open("data.csv", "a").write("er")
    branch(2, deeper)
    assert open("model.txt").read() == "branch 1" and open("data.csv").read() == "new"

branch(1, first)

def second():
    rights = [line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff")][0]
    assert int(rights, 16) & ~0x1b == 0, rights
    assert open("model.txt").read() == "trunk" and open("kept.txt").read() == "kept"
    assert open(named).read() == "temporary" and not os.path.exists("../beside")
branch(3, second)
log.write("two\\n")
log.close()
assert open("model.txt").read() == "trunk" and not os.path.exists("data.csv") and open("out/old/x").read() == "first"
assert sorted(n for n in os.listdir(".") if "." in n and n[0] != ".") == [
    "kept.txt", "log.txt", "model.txt", "train.py"], os.listdir(".")
assert open("log.txt").read() == "one\\ntwo\\n" and open("kept.txt").read() == "kept"
assert scratch.seek(0) == 0 and scratch.read() == "kept" and open(named).read() == "temporary"
__mlestar_report__(1)
"""


def furnish(bench: Bench) -> None:
    (bench.folder / "data.csv").write_text("1")
    (bench.folder / "kept.txt").write_text("kept")
    (bench.folder / "folder").mkdir()
    (bench.folder / "folder" / "inner").write_text("2")


async def test_a_branch_writes_for_itself_alone(walled: Bench) -> None:
    furnish(walled)
    result = await walled.run(PROGRAM + BODY)
    assert result.score == 1.0, (result.reason, result.stdout, result.stderr)


async def test_a_file_mapped_for_writing_is_named(walled: Bench) -> None:
    text = PROGRAM + (
        "import mmap\nopen('m.bin', 'wb').write(b'0' * 8192)\nf = open('m.bin', 'r+b')\nm = mmap.mmap(f.fileno(), 0)\n"
        "branch(1, lambda: None)\n"
    )
    result = await walled.run(text)
    assert result.status is RunStatus.CRASHED and "REFUSED the program has mapped" in result.stdout, result
    assert "m.bin" in result.stdout


@pytest.mark.parametrize("index", ["'../../x'", "0, 'pid': 1"])
async def test_the_supervisor_mounts_nothing_for_those_who_have_no_namespaces(bench: Bench, index: str) -> None:
    text = PROGRAM + (
        "ask = spec['private']['ask']\n"
        f"open(ask, 'w').write(json.dumps(dict(index=7, pid=1)) + '\\n{{\"index\": ' + repr({index!r}) + '}}\\n')\n"
        "import time\nfor _ in range(200):\n    if os.path.exists(os.path.dirname(ask) + '/7.json'):\n        break\n"
        "    time.sleep(0.01)\nprint(open(os.path.dirname(ask) + '/7.json').read())\n__mlestar_report__(1)\n"
    )
    result = await bench.run(text)
    assert result.score == 1.0 and "no user namespace of its own" in result.stdout, result


async def test_what_is_hidden_stays_hidden_in_a_branch(walled: Bench) -> None:
    other = walled.folder.parent / "somewhere"
    (other / ".git").mkdir(parents=True)
    (other / "data.csv").write_text("secret")
    text = PROGRAM + (
        "def look():\n    try:\n        print(open('../some' + 'where/data.csv').read(), flush=True)\n"
        "    except OSError:\n        print('closed', flush=True)\n"
        "look()\nbranch(1, lambda: (look(), open('x', 'w').write('1'), branch(2, look)))\n__mlestar_report__(1)\n"
    )
    result = await walled.run(text)
    if "hidden" not in result.containment:
        pytest.skip("nothing can be hidden with hooks alone")
    assert result.score == 1 and result.stdout == "closed\n" * 3, (result.stdout, result.stderr)
