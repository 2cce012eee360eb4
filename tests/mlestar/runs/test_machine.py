"""What the machine has to give, on made-up systems: containers of both versions of control groups, and GPUs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from mlestar.runs import machine

MB = 1024**2


def write(system: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = system / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return system


def test_without_control_groups_the_machine_counts(tmp_path: Path) -> None:
    found = machine.memory(system=tmp_path)
    assert found.total == psutil.virtual_memory().total
    assert 0 < found.available <= found.total
    assert 1 <= machine.physical_cores(system=tmp_path) <= (os.cpu_count() or 1)


def test_a_container_of_version_2_has_the_smallest_limit_above_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "proc/self/cgroup": "0::/outer/inner\n",
            "sys/fs/cgroup/outer/memory.max": f"{64 * MB}\n",
            "sys/fs/cgroup/outer/memory.current": f"{40 * MB}\n",
            "sys/fs/cgroup/outer/memory.stat": f"anon {20 * MB}\ninactive_file {16 * MB}\n",
            "sys/fs/cgroup/outer/inner/memory.max": "max\n",
            "sys/fs/cgroup/outer/inner/cpu.max": "max 100000\n",
            "sys/fs/cgroup/outer/cpu.max": "100000 100000\n",
        },
    )
    assert machine.memory(system=tmp_path) == machine.Memory(64 * MB, 40 * MB)
    assert machine.physical_cores(system=tmp_path) == 1


def test_a_container_of_version_1_whose_path_is_the_hosts(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/docker/0123\n3:cpu,cpuacct:/docker/0123\n0::/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{64 * MB}\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{60 * MB}\n",
            "sys/fs/cgroup/memory/memory.stat": f"inactive_file 1\ntotal_inactive_file {8 * MB}\n",
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n",
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        },
    )
    assert machine.memory(system=tmp_path) == machine.Memory(64 * MB, 12 * MB)
    assert machine.physical_cores(system=tmp_path) == 1, "half a core's worth is still one run at a time"


def test_no_limit_is_no_limit(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/\n3:cpu:/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        },
    )
    assert machine.memory(system=tmp_path).total == psutil.virtual_memory().total


def test_memory_of_the_processes_below() -> None:
    code = "b = bytearray(80_000_000); print(1, flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None and child.stdout.readline()
        assert machine.memory_below() > 80_000_000
    finally:
        child.kill()
        child.wait()


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with two GPUs: the driver's folder, and an `nvidia-smi` that answers as the real one does."""
    for bus in ("0000:01:00.0", "0000:41:00.0"):
        (tmp_path / "proc/driver/nvidia/gpus" / bus).mkdir(parents=True)
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho '0, GPU-aaaa-1'\necho '1, GPU-bbbb-2'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


@pytest.mark.skipif(os.name == "nt", reason="the made-up nvidia-smi is a shell script")
def test_gpus_are_numbered_as_the_bus_has_them(driver: Path) -> None:
    gpus = machine.nvidia_gpus(system=driver, environment={})
    assert gpus == machine.Gpus(("0", "1"), by_bus=True)
    assert gpus.environment(("1",)) == {"CUDA_VISIBLE_DEVICES": "1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    assert gpus.environment(())["CUDA_VISIBLE_DEVICES"] == "-1", "a run that was given none sees none"


@pytest.mark.skipif(os.name == "nt", reason="the made-up nvidia-smi is a shell script")
def test_a_tool_that_hangs_or_fails_leaves_what_the_driver_says(driver: Path) -> None:
    (driver / "bin" / "nvidia-smi").write_text("#!/bin/sh\necho 'NVIDIA-SMI has failed'\nexit 9\n")
    assert machine.nvidia_gpus(system=driver, environment={}).names == ("0", "1")


@pytest.mark.parametrize(
    ("visible", "names"),
    [
        ("", ()),
        ("-1", ()),
        ("2,3", ("2", "3")),
        ("GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", ("GPU-8932f937-d72c-4106-c12f-20bd9faed9f6",)),
        ("1,-1,0", ("1",)),
    ],
)
def test_what_the_user_hides_is_never_handed_out(tmp_path: Path, visible: str, names: tuple[str, ...]) -> None:
    gpus = machine.nvidia_gpus(system=tmp_path, environment={"CUDA_VISIBLE_DEVICES": visible})
    assert gpus.names == names and not gpus.by_bus


def test_without_a_driver_nothing_is_started(tmp_path: Path) -> None:
    began = time.perf_counter()
    gpus = machine.nvidia_gpus(system=tmp_path, environment={})
    assert gpus == machine.Gpus() and gpus.environment(()) == {}
    assert time.perf_counter() - began < 0.1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model.to('cuda')", True),
        ("device = torch.device('cuda:0')", True),
        ("import tensorflow as tf", True),
        ("XGBClassifier(device='cuda')", True),
        ("LGBMClassifier(device_type='gpu')", True),
        ('CatBoostClassifier(task_type="GPU")', True),
        ("from sklearn.ensemble import RandomForestClassifier", False),
        ("device = 'cpu'", False),
        ("LGBMClassifier(n_estimators=5)", False),
    ],
)
def test_scripts_that_would_use_a_gpu(text: str, expected: bool) -> None:
    assert machine.mentions_gpu(text) is expected
