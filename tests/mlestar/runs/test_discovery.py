"""Environments are found where each tool keeps them: layouts made on disk, in the documented order."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mlestar.runs.activation import activated
from mlestar.runs.discovery import candidates

POETRY = '[project]\nname = "My Proj"\n[tool.poetry]\npackage-mode = false\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_EXE", "PYENV_ROOT", "WORKON_HOME", "XDG_CACHE_HOME",
        "XDG_DATA_HOME", "POETRY_CACHE_DIR", "POETRY_VIRTUALENVS_PATH", "HATCH_DATA_DIR", "UV_PYTHON_INSTALL_DIR",
        "JUPYTER_PATH", "JUPYTER_DATA_DIR", "MAMBA_ROOT_PREFIX",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home é"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "my work"
    (folder / "src").mkdir(parents=True)
    return folder


def environment(folder: Path, *, conda: bool = False) -> Path:
    """Looks like one: nothing is started here."""
    (folder / "bin").mkdir(parents=True)
    python = folder / "bin" / "python"
    python.symlink_to(sys.executable)
    if conda:
        (folder / "conda-meta").mkdir()
    else:
        (folder / "pyvenv.cfg").write_text("home = /usr/bin\n")
    return python


def first(work: Path, name: str = "src/train.py") -> tuple[Path, str]:
    return next(candidates(work, work / name))


def origins(work: Path) -> list[str]:
    return [origin for _, origin in candidates(work, work / "src" / "train.py")]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_only_the_servers_own(home: Path, work: Path) -> None:
    assert list(candidates(work, work / "src" / "train.py")) == [(Path(sys.executable), "server")]


def test_pixi_and_named_environments(home: Path, work: Path) -> None:
    environment(work / ".pixi" / "envs" / "cuda", conda=True)
    python = environment(work / ".pixi" / "envs" / "default", conda=True)
    assert first(work) == (python, "workspace .pixi/envs/default")


def test_a_file_that_names_an_environment(home: Path, work: Path) -> None:
    python = environment(home / ".local/share/virtualenvs/proj-env")
    (work / ".venv").write_text("proj-env\n")
    assert first(work) == (python, "workspace .venv")


def poetry_name(work: Path) -> str:
    """As poetry itself names it (its `generate_env_name`, written down independently)."""
    import base64
    import hashlib

    digest = base64.urlsafe_b64encode(hashlib.sha256(str(work.resolve()).encode()).digest()).decode()
    return "my_proj-" + digest[:8]


def test_poetry(home: Path, work: Path) -> None:
    write(work / "pyproject.toml", POETRY)
    store = home / ".cache/pypoetry/virtualenvs"
    old = environment(store / f"{poetry_name(work)}-py3.9")
    new = environment(store / f"{poetry_name(work)}-py3.12")
    environment(store / "other-AAAAAAAA-py3.13")
    assert first(work) == (new, "poetry")
    write(store / "envs.toml", f'["{poetry_name(work)}"]\nminor = "3.9"\npatch = "3.9.18"\n')
    assert first(work) == (old, "poetry")


def test_pipenv(home: Path, work: Path) -> None:
    write(work / "Pipfile", "")
    write(home / ".local/share/virtualenvs/a-x/.project", "/somewhere/else")
    environment(home / ".local/share/virtualenvs/a-x/env")
    python = environment(home / ".local/share/virtualenvs/work-y")
    write(home / ".local/share/virtualenvs/work-y/.project", str(work))
    assert first(work) == (python, "pipenv")


def test_hatch(home: Path, work: Path) -> None:
    import base64
    import hashlib

    write(work / "pyproject.toml", '[project]\nname = "my_proj"\n[tool.hatch]\n')
    digest = base64.urlsafe_b64encode(hashlib.sha256(str(work).encode()).digest()).decode()[:8]
    python = environment(home / ".local/share/hatch/env/virtual/my-proj" / digest / "my-proj")
    assert first(work) == (python, "hatch")


@pytest.mark.parametrize("where", ["miniconda3/envs/ml", "elsewhere/ml"])
def test_the_conda_environment_that_a_file_names(home: Path, work: Path, where: str) -> None:
    write(work / "environment.yml", "# ours\nname: ml  # short\ndependencies:\n  - numpy\n")
    python = environment(home / where, conda=True)
    if where.startswith("elsewhere"):
        write(home / ".conda/environments.txt", f"/gone/ml\n{home / where}\n")
    assert first(work) == (python, "conda ml")


def test_a_notebooks_kernel_goes_first(home: Path, work: Path) -> None:
    environment(work / ".venv")
    python = environment(home / "kernels env", conda=True)
    write(home / ".local/share/jupyter/kernels/ml/kernel.json", json.dumps({"argv": [str(python), "-m", "x"]}))
    for name, expected in (("ml", "kernel ml"), ("python3", "workspace .venv"), ("gone", "workspace .venv")):
        write(work / "a.ipynb", json.dumps({"metadata": {"kernelspec": {"name": name}}, "cells": []}))
        assert first(work, "a.ipynb")[1] == expected
    assert first(work)[1] == "workspace .venv"


def test_the_order(home: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(work / "src" / "env")
    environment(work / ".venv")
    write(work / "Pipfile", "")
    environment(home / ".local/share/virtualenvs/w")
    write(home / ".local/share/virtualenvs/w/.project", str(work))
    environment(home / "active")
    environment(home / "conda", conda=True)
    monkeypatch.setenv("VIRTUAL_ENV", str(home / "active"))
    monkeypatch.setenv("CONDA_PREFIX", str(home / "conda"))
    write(work / ".python-version", "# pinned\n3.12\n")
    environment(home / ".pyenv/versions/3.12.1")
    environment(home / ".pyenv/versions/3.12.10")
    environment(home / ".local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu")
    active = ["VIRTUAL_ENV", "CONDA_PREFIX", "pyenv", "pyenv", "uv", "server"]
    assert origins(work) == ["workspace env", "workspace .venv", "pipenv", *active]
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "base")
    assert origins(work)[3:] == ["VIRTUAL_ENV", "pyenv", "pyenv", "uv", "CONDA_PREFIX", "server"]
    found = [python for python, origin in candidates(work, work / "x.py") if origin == "pyenv"]
    assert [python.parent.parent.name for python in found] == ["3.12.10", "3.12.1"]


def test_activation(tmp_path: Path) -> None:
    python = environment(tmp_path / "envs" / "ml", conda=True)
    state = {"env_vars": {"DATA": "/data", "GONE": "***unset***"}}
    (tmp_path / "envs/ml/conda-meta/state").write_text(json.dumps(state))
    found = activated(python, {"PATH": f"/usr/bin:{python.parent}"})
    assert found == {
        "PATH": f"{python.parent}:/usr/bin",
        "CONDA_PREFIX": str(tmp_path / "envs" / "ml"),
        "CONDA_DEFAULT_ENV": "ml",
        "DATA": "/data",
    }
    found = activated(environment(tmp_path / "v"), {"PATH": "/usr/bin"})
    assert found["VIRTUAL_ENV"] == str(tmp_path / "v") and "CONDA_PREFIX" not in found
    subprocess.run([str(python), "-c", ""], check=True)
