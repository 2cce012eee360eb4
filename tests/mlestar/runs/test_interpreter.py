"""Which Python is taken, and what is said when one cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlestar.runs import find_interpreter
from mlestar.runs.types import Interpreter


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    folder = tmp_path / "my work"
    (folder / "src").mkdir(parents=True)
    return folder


def make_venv(folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder


async def find(setting: str | None, workspace: Path) -> Interpreter | str:
    return await find_interpreter(setting, workspace, workspace / "src" / "train.py")


async def test_the_servers_own_comes_last(workspace: Path) -> None:
    found = await find(None, workspace)
    assert isinstance(found, Interpreter)
    assert found.origin == "server" and found.executable == Path(sys.executable)
    assert found.version == tuple(sys.version_info[:3])
    assert "pytest" in found.packages and "scikit-learn" in found.packages


async def test_the_workspaces_environment_comes_first(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    active = make_venv(workspace.parent / "active")
    monkeypatch.setenv("VIRTUAL_ENV", str(active))
    found = await find(None, workspace)
    assert isinstance(found, Interpreter) and found.origin == "VIRTUAL_ENV"
    make_venv(workspace / ".venv")
    found = await find(None, workspace)
    assert isinstance(found, Interpreter) and found.origin == "workspace .venv"
    assert found.executable == workspace / ".venv" / "bin" / "python" and "pytest" not in found.packages
    make_venv(workspace / "src" / "env")
    found = await find(None, workspace)
    assert isinstance(found, Interpreter) and found.origin == "workspace env"


async def test_a_conda_environment_in_the_workspace(workspace: Path) -> None:
    folder = workspace / "envs" / "ml"
    (folder / "conda-meta").mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(sys.executable)
    found = await find(None, workspace)
    assert isinstance(found, Interpreter) and found.origin == "workspace envs/ml"


@pytest.mark.parametrize("how", ["folder", "executable", "relative", "home", "name"])
async def test_the_setting_is_understood(workspace: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = make_venv(workspace / "tools" / "my env")
    monkeypatch.setenv("HOME", str(workspace))
    monkeypatch.setenv("PATH", f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}")
    setting = {
        "folder": str(environment),
        "executable": str(environment / "bin" / "python"),
        "relative": "tools/my env",
        "home": "~/tools/my env",
        "name": "python",
    }[how]
    found = await find(setting, workspace)
    assert isinstance(found, Interpreter), found
    assert found.origin == "setting" and found.executable == environment / "bin" / "python"


async def test_new_packages_are_noticed(workspace: Path) -> None:
    environment = make_venv(workspace / ".venv")
    first = await find(None, workspace)
    site = next(environment.glob("lib/python3*/site-packages"))
    info = site / "extra-1.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Extra\nVersion: 1.5\n")
    second = await find(None, workspace)
    assert isinstance(first, Interpreter) and isinstance(second, Interpreter)
    assert second.packages["extra"] == "1.5" and first.fingerprint != second.fingerprint


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


async def test_what_is_said_when_it_cannot_be(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    shim = program(
        tmp_path / "shim" / "python", "echo \"pyenv: version '3.99' is not installed (set by x)\" >&2\nexit 1\n"
    )
    wrong = program(
        tmp_path / "bad" / "python", "echo 'error while loading shared libraries: libpython' >&2\nexit 127\n"
    )
    dangling = tmp_path / "old" / "bin" / "python"
    dangling.parent.mkdir(parents=True)
    dangling.symlink_to(tmp_path / "gone")
    text = tmp_path / "text"
    text.write_text("not a program")
    cases = {
        str(tmp_path / "nowhere"): "does not exist",
        str(tmp_path / "empty"): "holds no Python",
        "no-such-python-anywhere": "no 'no-such-python-anywhere' on PATH",
        str(shim): "pyenv shim",
        str(wrong): "error while loading shared libraries",
        str(dangling): "is gone",
        str(text): "cannot be started",
    }
    for setting, words in cases.items():
        answer = await find(setting, workspace)
        assert isinstance(answer, str) and words in answer and "`interpreter`" in answer, (setting, answer)


async def test_an_environment_that_is_broken_is_reported_not_passed_over(workspace: Path) -> None:
    environment = make_venv(workspace / ".venv")
    python = environment / "bin" / "python"
    python.unlink()
    program(python, "exit 3\n")
    answer = await find(None, workspace)
    assert isinstance(answer, str) and ".venv" in answer and "code 3" in answer


async def test_a_dangling_environment_is_reported(workspace: Path) -> None:
    environment = make_venv(workspace / ".venv")
    for name in ("python", "python3"):
        (environment / "bin" / name).unlink(missing_ok=True)
        (environment / "bin" / name).symlink_to("/nowhere/python3")
    answer = await find(None, workspace)
    assert isinstance(answer, str) and "is gone" in answer and str(environment) in answer


def installed(series: str) -> list[Path]:
    return sorted(Path.home().glob(f".pyenv/versions/{series}.*/bin/python"))


@pytest.mark.parametrize("series", ["2.7", "3.6", "3.8"])
async def test_pythons_that_are_too_old(workspace: Path, series: str) -> None:
    pythons = installed(series)
    if not pythons:
        pytest.skip(f"no Python {series} here")
    answer = await find(str(pythons[0]), workspace)
    assert isinstance(answer, str) and "3.9 or newer" in answer
    assert ("Python 2" if series == "2.7" else f"Python {series}") in answer
