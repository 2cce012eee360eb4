"""The user's folder is byte-identical after every run, whatever the script does, under every protection.

`Bench.run` compares the whole folder before and after each run; here are the ways in which scripts write.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlestar.runs import Scheduler, shadow
from mlestar.runs.types import RunStatus

from .conftest import Bench, make_bench, tree_state

SETUP = "import os, shutil, sqlite3, sys\nfrom pathlib import Path\nHERE = Path(__file__).resolve().parent\n"

WRITES = {
    "relative path": "open('out.txt', 'w').write('new')\nassert open('out.txt').read() == 'new'",
    "own input overwritten": "open('data.csv', 'w').write('gone')\nassert open('data.csv').read() == 'gone'",
    "own input appended": "open('data.csv', 'a').write('more')\nassert open('data.csv').read().endswith('more')",
    "beside the script": "(HERE / 'models').mkdir(exist_ok=True)\n(HERE / 'models' / 'm.bin').write_bytes(b'1')",
    "absolute path": "open(REAL + '/data.csv', 'w').write('gone')\nassert open(REAL + '/data.csv').read() == 'gone'",
    "absolute new folder": "os.makedirs(REAL + '/a/b/c')\nPath(REAL + '/a/b/c/f').write_text('x')\n"
    "assert Path(REAL, 'a/b/c/f').read_text() == 'x' and os.listdir(REAL + '/a/b/c') == ['f']",
    "parent of the script": "open('../beside.txt', 'w').write('x')",
    "remove": "os.remove('data.csv')\nassert not os.path.exists('data.csv')",
    "remove by absolute path": "os.remove(REAL + '/data.csv')\nassert not os.path.exists(REAL + '/data.csv')",
    "unlink by pathlib": "Path(REAL, 'data.csv').unlink()\nassert not Path(REAL, 'data.csv').exists()",
    "rmtree of the data": "shutil.rmtree('data')\nassert not os.path.isdir('data')",
    "rmtree by absolute path": "shutil.rmtree(REAL + '/data')\nassert not os.path.isdir(REAL + '/data')",
    "rename": "os.rename('data.csv', REAL + '/moved.csv')\nassert Path('moved.csv').exists()",
    "replace": "Path('t').write_text('x')\nos.replace('t', REAL + '/data.csv')\nassert open('data.csv').read() == 'x'",
    "copy over": "shutil.copy('data/big.bin', REAL + '/data.csv')\nassert os.path.getsize('data.csv') == 100000",
    "chmod": "os.chmod(REAL + '/data.csv', 0o600)\nos.utime(REAL + '/data.csv', (1, 1))",
    "through a link": "open('link.csv', 'w').write('gone')\nassert open('data.csv').read() == 'gone'",
    "sqlite": "c = sqlite3.connect('base.db')\nc.execute('delete from t')\nc.commit()\nc.close()",
    "sqlite by absolute path": "c = sqlite3.connect(REAL + '/base.db')\nc.execute('delete from t')\nc.commit()\n"
    "assert c.execute('select count(*) from t').fetchone() == (0,)",
    "numpy": "import numpy as np\nnp.save(REAL + '/a.npy', np.ones(3))\nassert np.load(REAL + '/a.npy').sum() == 3",
    "pandas": "import pandas as pd\nd = pd.read_csv('data.csv')\nd['z'] = 1\nd.to_csv(REAL + '/data.csv')",
    "joblib": "import joblib\njoblib.dump([1], HERE / 'model.joblib')\nassert joblib.load('model.joblib') == [1]",
    "another folder": "os.chdir('data')\nopen('x', 'w').write('1')\nassert os.path.exists(REAL + '/data/x')",
    "the script itself": "open(__file__, 'a').write('# changed')",
}
COMPILED = {
    "a C writer, absolute path": "import ctypes\nlibc = ctypes.CDLL(None)\n"
    "libc.unlink(os.fsencode(REAL + '/data.csv'))\nlibc.rename(os.fsencode(REAL + '/data/big.bin'), b'/x')",
    "another program": "import subprocess\nsubprocess.run(['rm', '-rf', REAL + '/data', REAL + '/data.csv'])\n"
    "subprocess.run(['sh', '-c', 'echo x > \"$0/new\"', REAL])",
    "lightgbm model": "import lightgbm as lgb, numpy as np\nX = np.random.rand(50, 2)\n"
    "m = lgb.train({'verbose': -1}, lgb.Dataset(X, X[:, 0]), 2)\n"
    "try:\n    m.save_model(REAL + '/data.csv')\nexcept Exception as e:\n    print(e)",
}


def furnish(folder: Path) -> None:
    """What a workspace usually holds."""
    import sqlite3

    (folder / "data.csv").write_text("a,b\n1,2\n3,4\n")
    (folder / "data" / "deep").mkdir(parents=True)
    (folder / "data" / "big.bin").write_bytes(b"\1" * 100_000)
    (folder / "data" / "deep" / "x.txt").write_text("x")
    (folder / "link.csv").symlink_to("data.csv")
    (folder / "read_only.txt").write_text("r")
    (folder / "read_only.txt").chmod(0o444)
    base = sqlite3.connect(folder / "base.db")
    base.execute("create table t (x)")
    base.execute("insert into t values (1)")
    base.commit()
    base.close()


def program(bench: Bench, body: str) -> str:
    return SETUP + f"REAL = {str(bench.folder)!r}\n" + body + "\n__mlestar_report__(1.0)\n"


@pytest.mark.parametrize("what", WRITES)
async def test_writes_work_and_change_nothing(walled: Bench, what: str) -> None:
    furnish(walled.folder)
    walled.script.write_text("x")
    before = tree_state(walled.folder.parent)
    result = await walled.run(program(walled, WRITES[what]))
    assert result.status is RunStatus.OK, result.stderr
    assert tree_state(walled.folder.parent) == before


@pytest.mark.parametrize("what", COMPILED)
async def test_writers_outside_python(bench: Bench, what: str) -> None:
    furnish(bench.folder)
    result = await bench.run(program(bench, COMPILED[what]))
    assert result.status is RunStatus.OK and result.protection == "overlay", result.stderr


@pytest.mark.parametrize("what", COMPILED)
async def test_writers_outside_python_meet_landlock_under_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    from mlestar.runs.worker import landlock

    if landlock.version() < 1:
        pytest.skip("this kernel has no Landlock")
    monkeypatch.setenv("MLESTAR_NO_NAMESPACES", "1")
    bench = await make_bench(tmp_path, protection="copy")
    furnish(bench.folder)
    result = await bench.run(program(bench, COMPILED[what]))
    await bench.scheduler.close()
    assert result.protection == "copy" and result.status in (RunStatus.OK, RunStatus.CRASHED), result


async def test_a_write_elsewhere_is_refused_and_explained(walled: Bench, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "old.txt").write_text("old")
    before = tree_state(other)
    result = await walled.run(f"x = 1\nopen({str(other / 'new.txt')!r}, 'w').write('x')\n")
    assert result.status is RunStatus.CRASHED and tree_state(other) == before
    assert str(other / "new.txt") in result.reason and "`workspace`" in result.reason and "line 2" in result.reason
    result = await walled.run(f"import os\nos.remove({str(other / 'old.txt')!r})\n")
    assert result.status is RunStatus.CRASHED and tree_state(other) == before
    assert "`workspace`" in result.reason


async def test_reading_elsewhere_works(walled: Bench, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_text("1")
    (walled.folder.parent / "beside.csv").write_text("2")
    result = await walled.run(
        f"a = open({str(tmp_path / 'elsewhere.csv')!r}).read()\nb = open('../beside.csv').read()\n"
        "import pathlib\nc = (pathlib.Path(__file__).parents[1] / 'beside.csv').read_text()\n"
        "__mlestar_report__(int(a + b + c))\n"
    )
    assert result.score == 122.0, result.stderr
    assert {Path(f.path).name for f in result.inputs} == {"elsewhere.csv", "beside.csv"}


async def test_two_runs_at_a_time_do_not_meet(walled: Bench) -> None:
    import asyncio

    text = (
        "import time, random, sys\nmine = sys.argv[1]\nopen('best.txt', 'w').write(mine)\ntime.sleep(0.5)\n"
        "__mlestar_report__(float(open('best.txt').read()))\n"
    )
    results = await asyncio.gather(*(walled.run(text, arguments=(str(n),)) for n in range(2)))
    assert [r.score for r in results] == [0.0, 1.0]


async def test_no_bytecode_and_no_scratch_is_left(walled: Bench) -> None:
    (walled.folder / "helper.py").write_text("VALUE = 0.5\n")
    result = await walled.run("import helper\n__mlestar_report__(helper.VALUE)\n")
    assert result.score == 0.5
    assert [Path(f.path).name for f in result.inputs] == ["helper.py"]
    await walled.scheduler.close()
    assert [p for p in (walled.home / "scratch").rglob("*") if p.is_file() or p.name.startswith("run-")] == []


async def test_the_data_beside_a_nested_script(walled: Bench) -> None:
    (walled.folder / "src").mkdir()
    (walled.folder / "data.csv").write_text("7")
    walled.script_name = "src/train.py"
    text = (
        "from pathlib import Path\nROOT = Path(__file__).resolve().parent.parent\n"
        "(ROOT / 'out').mkdir()\n(ROOT / 'out' / 'x').write_text((ROOT / 'data.csv').read_text())\n"
        "__mlestar_report__(float(open('../out/x').read()))\n"
    )
    assert (await walled.run(text)).score == 7.0


async def test_inputs_are_what_was_read_not_what_was_written(walled: Bench) -> None:
    furnish(walled.folder)
    (walled.folder / "data" / "named.parquet").write_bytes(b"PAR1")
    text = (
        "import json, os\njson.dump([1], open('made.json', 'w'))\njson.load(open('made.json'))\n"
        "open('data/deep/x.txt').read()\nopen('data.csv').read()\nopen('data.csv', 'w').write('')\n"
        "import ctypes\nctypes.CDLL(None).open(os.path.join('data', 'named.parquet').encode(), 0)\n"
        "__mlestar_report__(1)\n"
    )
    result = await walled.run(text)
    assert {str(Path(f.path).relative_to(walled.folder)) for f in result.inputs} == {
        "data/deep/x.txt",
        "data.csv",
        "data/named.parquet",
    }
    assert all(f.digest for f in result.inputs)


async def test_a_tree_too_big_to_copy_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = await make_bench(tmp_path, protection="copy")
    monkeypatch.setenv("MLESTAR_COPY_FILES", "10")
    for n in range(20):
        (bench.folder / f"{n}.txt").write_text("x")
    result = await bench.run("print(1)\n")
    await bench.scheduler.close()
    assert (
        result.status is RunStatus.NOT_STARTED and "too big to copy" in result.reason and "`workspace`" in result.reason
    )


async def test_large_files_are_linked_and_copied_only_when_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLESTAR_NO_NAMESPACES", "1")
    bench = await make_bench(tmp_path, protection="copy")
    with (bench.folder / "large.bin").open("wb") as file:
        file.truncate(70 << 20)
    text = (
        "import os\nfirst = os.path.islink('large.bin')\nsize = os.path.getsize('large.bin')\n"
        "with open('large.bin', 'r+b') as f:\n    f.write(b'changed')\n"
        "assert open('large.bin', 'rb').read(7) == b'changed'\n__mlestar_report__(size)\n"
    )
    result = await bench.run(text)
    await bench.scheduler.close()
    assert result.score == 70 << 20, result


async def test_temporary_files_go_to_the_run(walled: Bench) -> None:
    text = (
        "import tempfile, os\nd = tempfile.mkdtemp()\nopen(d + '/x', 'w').write('1')\nprint(os.path.realpath(d))\n"
        "print(d)\n__mlestar_report__(1)\n"
    )
    result = await walled.run(text)
    place, name = result.stdout.splitlines()
    assert result.score == 1 and place.startswith(str(walled.home))
    assert not left_behind(Path(place), Path(name).parent)
    assert len(name) < 70, "room for the names of sockets"


def left_behind(*paths: Path) -> list[Path]:
    return [path for path in paths if path.exists() or path.is_symlink()]


PASSED_ON = """
import multiprocessing as mp, time

def work(queue, mine):
    near, far = mp.Pipe()
    queue.put(far)  # passed over a local socket in the temporary folder, as torch passes what a DataLoader made
    near.send(41)
    mine.recv()

if __name__ == "__main__":
    context = mp.get_context("fork")
    queue, (ours, theirs) = context.Queue(), context.Pipe()
    process = context.Process(target=work, args=(queue, theirs), daemon=True)
    process.start()
    value = queue.get(timeout=20).recv()
    ours.send(None)
    process.join(20)
    __mlestar_report__(value + 1)
"""


async def test_processes_pass_descriptors_to_one_another(walled: Bench) -> None:
    result = await walled.run(PASSED_ON)
    assert result.score == 42, result.stderr


def test_short_names_of_runs_that_are_gone_are_removed(tmp_path: Path) -> None:
    kept, gone = (shadow.new_scratch(tmp_path / ("s" * 60)) for _ in range(2))
    names = [shadow.make_temporary(scratch, tmp_path) for scratch in (kept, gone)]
    assert all(name.is_symlink() and name.is_dir() for name in names), names
    shutil.rmtree(gone)  # its server was killed
    shadow.remove_stale(tmp_path / "other")
    assert names[0].is_symlink() and not names[1].is_symlink()
    shadow.remove_tree(kept)
    assert not names[0].is_symlink()


@pytest.fixture
def home_outside_tmp() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="mlestar-test-", dir=Path.home()))
    yield home
    shutil.rmtree(home)


async def test_a_hard_coded_tmp_path_is_private(tmp_path: Path, home_outside_tmp: Path) -> None:
    """With scratch outside /tmp (the usual case) a run sees /tmp as it is and leaves nothing in it."""
    bench = await make_bench(tmp_path)
    bench.scheduler = Scheduler(home=home_outside_tmp)
    name = home_outside_tmp.name
    seen = tmp_path / "seen.txt"
    seen.write_text("4")
    text = (
        f"open('/tmp/made-{name}', 'w').write('x')\nassert open('/tmp/made-{name}').read() == 'x'\n"
        f"__mlestar_report__(int(open({str(seen)!r}).read()))\n"
    )
    result = await bench.run(text)
    await bench.scheduler.close()
    assert result.score == 4 and result.protection == "overlay", result
    assert f"made-{name}" not in {path.name for path in slash_tmp()}


def slash_tmp() -> list[Path]:
    return list(Path("/tmp").iterdir())


async def test_mounts_below_the_workspace_keep_their_data(bench: Bench) -> None:
    from mlestar.runs.worker import linux

    point = bench.folder / "mounted"
    point.mkdir()
    try:
        linux.mount("tmpfs", str(point), "tmpfs", 0)
    except OSError:
        pytest.skip("no right to mount")
    try:
        (point / "data.txt").write_text("5")
        result = await bench.run(
            "x = int(open('mounted/data.txt').read())\nopen('mounted/data.txt', 'w').write('6')\n"
            "__mlestar_report__(x)\n"
        )
        assert result.score == 5, result
        assert (point / "data.txt").read_text() == "5"
    finally:
        linux.unmount(str(point))


async def test_a_script_behind_a_link_and_a_read_only_script(bench: Bench) -> None:
    (bench.folder / "real.py").write_text("raise SystemExit(9)\n")
    bench.script.symlink_to("real.py")
    text = "print(__file__)\n__mlestar_report__(1)\n"
    result = await bench.run(text)
    assert result.score == 1 and result.stdout.strip() == str(bench.script)
    bench.script.unlink()
    bench.script.write_text("x")
    bench.script.chmod(0o444)
    assert (await bench.run(text)).score == 1
