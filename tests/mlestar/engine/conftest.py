"""An engine with its own state folder, and a folder for the user's script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mlestar.config import Settings
from mlestar.engine.api import Engine


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
async def engine(home: Path) -> AsyncIterator[Engine]:
    engine = Engine(Settings(baseline_seeds=2, parallel=2, budget=120), home=home)
    yield engine
    await engine.close()
