"""Each wall around a run: nothing outside is changed or reached, the outcome says what happened, nothing is left."""

from __future__ import annotations

import os
import shutil
import socket
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from mlestar.runs import hidden as hidden_module
from mlestar.runs.environment import run_environment
from mlestar.runs.types import Limits, RunStatus, Sandbox
from mlestar.runs.worker import landlock, seccomp

from .conftest import Bench, alive, make_bench, tree_state

KINDS = {
    "overlay": ("overlay", {}),
    "overlay in a user namespace": ("overlay", {"MLESTAR_USER_NAMESPACE": "1"}),
    "bubblewrap": ("copy", {"MLESTAR_NAMESPACES": "bwrap"}),
    "copy": ("copy", {"MLESTAR_NO_NAMESPACES": "1"}),
}
ALL = {"files", "network", "processes", "hidden", "system-calls"}


@pytest_asyncio.fixture(params=list(KINDS))
async def walled(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bench]:
    """As in the other modules, with bubblewrap; ``copy`` stands for Landlock and the system-call filter."""
    protection, variables = KINDS[request.param]
    if request.param == "bubblewrap" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    if request.param == "copy" and (landlock.version() < 6 or not seccomp.known_machine()):
        pytest.skip("this kernel's Landlock is too old")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    made = await make_bench(tmp_path, protection=protection)
    yield made
    await made.scheduler.close()


@pytest.fixture(autouse=True)
def _no_memory_of_projects() -> Iterator[None]:
    hidden_module._found.clear()
    yield
    hidden_module._found.clear()


@pytest.fixture
def mark() -> str:
    return "mlestar-mark-" + uuid.uuid4().hex


def limits(**values: Any) -> Limits:
    return Limits(**{"wall_s": 60.0, **values})


async def test_what_was_had_is_in_the_outcome(walled: Bench) -> None:
    result = await walled.run("__mlestar_report__(1)\n")
    assert result.score == 1 and set(result.containment) >= ALL, result
    assert result.notes == ()


NETWORK = {
    "name": "import urllib.request\nurllib.request.urlopen('http://data.invalid/x')",
    "address": "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=5)",
    "other words": "import socket\ntry:\n    socket.getaddrinfo('data.invalid', 80)\n"
    "except OSError:\n    raise RuntimeError('could not download the data') from None",
}


@pytest.mark.parametrize("use", list(NETWORK.values()), ids=list(NETWORK))
async def test_the_network_is_closed_and_the_outcome_says_so(walled: Bench, use: str) -> None:
    result = await walled.run(f"x = 1\n{use}\n")
    assert result.status is RunStatus.CRASHED
    assert "uses the network" in result.reason and "`network = true`" in result.reason, result
    assert "data.invalid" in result.reason or "192.0.2.1" in result.reason


async def test_services_of_this_machine_are_not_reached(walled: Bench) -> None:
    """Neither by TCP on the loopback device nor by an abstract socket."""
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as local:
        tcp.bind(("127.0.0.1", 0))
        name = "\0mlestar-" + uuid.uuid4().hex
        local.bind(name)
        tcp.listen()
        local.listen()
        text = (
            f"import socket\nfor family, address in ((2, {tcp.getsockname()!r}), (1, {name!r})):\n    try:\n"
            "        socket.socket(family).connect(address)\n        print('REACHED', address)\n"
            "    except OSError as e:\n        print(e)\n__mlestar_report__(1)\n"
        )
        result = await walled.run(text)
        assert result.score == 1 and "REACHED" not in result.stdout, result.stdout
        open_result = await walled.run(text, network=True)
        assert open_result.stdout.count("REACHED") >= 1 and "network" not in open_result.containment


async def test_a_socket_with_a_path_is_not_reached(bench: Bench, tmp_path: Path) -> None:
    path = str(Path("/var") / ("mlestar-" + uuid.uuid4().hex[:8]))
    with socket.socket(socket.AF_UNIX) as server:
        try:
            server.bind(path)
        except OSError:
            pytest.skip("no right to make a socket there")
        try:
            server.listen()
            text = f"import socket\nsocket.socket(socket.AF_UNIX).connect({path!r})\n"
            assert (await bench.run(text)).status is RunStatus.CRASHED
        finally:
            Path(path).unlink()  # noqa: ASYNC240 - one file


async def test_a_run_reaches_itself(walled: Bench) -> None:
    text = (
        "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.listen()\n"
        "c = socket.create_connection(s.getsockname())\n__mlestar_report__(1)\n"
    )
    result = await walled.run(text)
    if "MLESTAR_NO_NAMESPACES" in os.environ:
        assert "uses the network" in result.reason  # the filter cannot tell the loopback device from others
    else:
        assert result.score == 1, result


@pytest.fixture
def user_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with secrets, data, another project and the workspace."""
    home = tmp_path / "work space é"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id_ed25519").write_text("secret")
    (home / ".netrc").write_text("secret")
    (home / "datasets").mkdir()
    (home / "datasets" / "x.csv").write_text("3")
    for name in ("other", "named_in_text"):
        (home / name / ".git").mkdir(parents=True)
        (home / name / "data.csv").write_text("7")
    monkeypatch.setenv("HOME", str(home))
    return home


async def test_secrets_and_other_projects_are_hidden(walled: Bench, user_home: Path) -> None:
    before = tree_state(user_home / "other")
    for path in (".ssh/id_ed25519", ".netrc"):
        result = await walled.run(f"print(open({str(user_home / path)!r}).read())\n")
        assert result.status is RunStatus.CRASHED and "secret" not in result.stdout, result
        assert "is hidden from runs" in result.reason and "`readable`" in result.reason, result.reason
    named = await walled.run(f"print(open({str(user_home / 'named_in_text' / 'data.csv')!r}).read())\n")
    assert named.stdout == "7\n", named
    text = f"import os\nname = 'oth' + 'er'\nprint(open(os.path.join({str(user_home)!r}, name, 'data.csv')).read())\n"
    result = await walled.run(text)
    assert result.status is RunStatus.CRASHED and str(user_home / "other") in result.reason, result
    assert (await walled.run(text, readable=(str(user_home / "other"),))).stdout == "7\n"
    assert (await walled.run(text, sandbox=Sandbox.OFF)).stdout == "7\n"
    assert tree_state(user_home / "other") == before


async def test_plain_data_stays_readable(walled: Bench, user_home: Path) -> None:
    text = f"__mlestar_report__(int(open({str(user_home / 'datasets' / 'x.csv')!r}).read()))\n"
    result = await walled.run(text)
    assert result.score == 3, result


async def test_a_fork_bomb_ends(walled: Bench, mark: str) -> None:
    text = "import os, time\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        time.sleep(0.01)\n"
    result = await walled.run(text, limits=limits(processes=100), environment={"BREED": mark})
    assert result.status is RunStatus.KILLED and "100 processes" in result.reason, result
    assert alive(mark) == []


async def test_a_memory_hog_ends(walled: Bench) -> None:
    text = "x = []\nwhile True:\n    x.append(b'1' * (16 << 20))\n"
    result = await walled.run(text, limits=limits(memory_bytes=400 << 20))
    assert result.status is RunStatus.OUT_OF_MEMORY and "400 MB" in result.reason
    assert result.peak_memory_bytes < 1200 << 20


FILLERS = {
    "one file": "f = open('big', 'wb')\nwhile True:\n    f.write(bytes(1 << 20))\n",
    "many files": "n = 0\nwhile True:\n    n += 1\n    open(f'b{n}', 'wb').write(bytes(1 << 20))\n",
    "files without names": "import tempfile\nf = []\nwhile True:\n    f.append(tempfile.TemporaryFile())\n"
    "    f[-1].write(bytes(1 << 20))\n    f[-1].flush()\n",
}


@pytest.mark.parametrize("how", list(FILLERS.values()), ids=list(FILLERS))
async def test_a_disk_filler_ends(walled: Bench, how: str) -> None:
    result = await walled.run(how, limits=limits(disk_bytes=64 << 20))
    assert result.status is RunStatus.KILLED and "64 MB" in result.reason, result


async def test_cpu_seconds_of_the_whole_tree(bench: Bench) -> None:
    text = "import os\nos.fork()\nos.fork()\nwhile True:\n    pass\n"
    result = await bench.run(text, limits=limits(cpu_s=0.5))
    assert result.status is RunStatus.TIMEOUT and "0.5 CPU seconds" in result.reason


async def test_a_gigabyte_of_output(bench: Bench) -> None:
    text = (
        "import os\nfor _ in range(1024):\n    os.write(1, b'x' * ((1 << 20) - 1) + b'\\n')\n"
        "print('end')\n__mlestar_report__(1)\n"
    )
    result = await bench.run(text, limits=limits(wall_s=120.0))
    assert result.score == 1 and result.stdout_bytes == (1 << 30) + 4 and result.stdout.endswith("end\n")
    assert len(result.stdout) < 1_100_000


CHANGES = """
import ctypes, os, resource, signal
libc = ctypes.CDLL(None, use_errno=True)
def refused(what, call):
    try:
        result = call()
    except (OSError, ValueError) as error:
        return
    if isinstance(result, int) and result == -1:
        return
    print('ALLOWED', what)
refused('mount', lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))
refused('umount', lambda: libc.umount2(b'/proc', 2))
refused('user namespace', lambda: libc.unshare(0x10000000))
refused('setns', lambda: libc.setns(os.open('/proc/self/ns/net', 0), 0))
refused('bpf', lambda: libc.syscall(321 if os.uname().machine == 'x86_64' else 280, 0, 0, 0))
refused('host name', lambda: libc.sethostname(b'x', 1))
refused('kernel settings', lambda: open('/proc/sys/kernel/core_pattern', 'r+'))
refused('control groups', lambda: os.mkdir('/sys/fs/cgroup/mlestar-test'))
refused('ptrace', lambda: libc.ptrace(16, os.getppid(), 0, 0))
refused('memory of the supervisor', lambda: open('/proc/%d/mem' % os.getppid(), 'rb'))
refused('file size', lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1)))
refused('killing the supervisor', lambda: (os.kill(os.getppid(), signal.SIGKILL), __import__('time').sleep(0.2), -1)[2]
        if os.getppid() == 1 else os.kill(os.getppid(), 0))
__mlestar_report__(1)
"""


async def test_a_run_cannot_change_its_walls(walled: Bench) -> None:
    result = await walled.run(CHANGES)
    assert result.score == 1 and "ALLOWED" not in result.stdout, (result.reason, result.stdout, result.stderr)


async def test_required_and_not_to_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLESTAR_NO_NAMESPACES", "MLESTAR_NO_LANDLOCK", "MLESTAR_NO_SECCOMP"):
        monkeypatch.setenv(name, "1")
    bench = await make_bench(tmp_path)
    refused = await bench.run("open('ran', 'w')\n", sandbox=Sandbox.REQUIRED)
    allowed = await bench.run("__mlestar_report__(1)\n")
    await bench.scheduler.close()
    assert refused.status is RunStatus.NOT_STARTED
    assert "files and network and processes" in refused.reason and "bubblewrap" in refused.reason
    assert allowed.score == 1 and allowed.containment == ()
    assert any("network is open" in note for note in allowed.notes)


async def test_required_and_had(walled: Bench) -> None:
    assert (await walled.run("__mlestar_report__(1)\n", sandbox=Sandbox.REQUIRED)).score == 1


ORDINARY = """
import multiprocessing, os, sqlite3, subprocess, sys, tempfile
def square(x):
    return x * x
if __name__ == '__main__':
    with multiprocessing.Pool(2) as pool:
        assert pool.map(square, [1, 2]) == [1, 4]
    from multiprocessing import shared_memory, Manager
    block = shared_memory.SharedMemory(create=True, size=4096)
    block.close(), block.unlink()
    from joblib import Parallel, delayed
    assert Parallel(n_jobs=2)(delayed(square)(i) for i in range(4)) == [0, 1, 4, 9]
    sqlite3.connect('db').execute('create table t (x)')
    assert subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True).stdout == b'1\\n'
    assert subprocess.run('echo a | cat', shell=True, capture_output=True).stdout == b'a\\n'
    with tempfile.NamedTemporaryFile() as f:
        f.write(b'1')
    import threading
    threads = [threading.Thread(target=square, args=(1,)) for _ in range(4)]
    [t.start() for t in threads], [t.join() for t in threads]
    import numpy as np
    assert np.linalg.inv(np.eye(3)).sum() == 3
    os.kill(os.getpid(), 0)
    __mlestar_report__(1)
"""


async def test_ordinary_things_work(walled: Bench) -> None:
    result = await walled.run(ORDINARY, limits=limits(wall_s=240.0))  # starts five interpreters on a busy machine
    assert result.score == 1, (result.reason, result.stderr)


async def test_no_secret_of_the_environment_is_passed_on(bench: Bench, tmp_path: Path) -> None:
    outer = {
        "PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "s", "CONDA_CHANNEL_ALIAS": "https://me:pw@host/",
        "CONDA_PREFIX": "/c",
        "CONDA_FOO_TOKEN": "s", "HTTPS_PROXY": "http://me:pw@proxy", "SSH_AUTH_SOCK": "/x", "NVIDIA_API_KEY": "s",
        "CUDA_HOME": "/cuda", "HF_HOME": "https://me:pw@host", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/x",
    }  # fmt: skip
    kept = run_environment(bench.spec("x = 1\n"), tmp_path, "/tmp", outer)
    secret = ("s", "/x", "unix:path=/x")
    assert not any("pw@" in value or value in secret for value in kept.values())
    assert kept["CONDA_PREFIX"] == "/c" and kept["CUDA_HOME"] == "/cuda" and kept["HF_HUB_OFFLINE"] == "1"
    listed = run_environment(
        bench.spec("x = 1\n", network=True, environment={"MY_TOKEN": "s"}), tmp_path, "/tmp", outer
    )
    assert (
        listed["MY_TOKEN"] == "s" and listed["HTTPS_PROXY"] == "http://me:pw@proxy" and "HF_HUB_OFFLINE" not in listed
    )


def test_what_is_installed_meanwhile_is_seen(tmp_path: Path) -> None:
    site, project = tmp_path / "site-packages", tmp_path / "project"
    site.mkdir()
    project.mkdir()
    assert list(hidden_module._editable(site)) == []
    time.sleep(0.02)  # a file system counts in ticks
    (site / "project.pth").write_text(f"import x\n{project}\n")
    assert list(hidden_module._editable(site)) == [project] == list(hidden_module._editable(site))
