"""Settings of a script: from pyproject.toml, from the editor, for one folder; and what is wrong is said, not raised."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlestar.lsp.settings import SettingsStore


def test_the_nearer_word_wins(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.mlestar]\nbudget = '1m'\ntimeout = '1m'\nmax_plans = 1\nparallel = 1\n"
    )
    store = SettingsStore()
    assert store.initialize({"settings": {"timeout": "2m", "maxPlans": 2, "parallel": 2}}) == []
    assert store.configure(None, {"maxPlans": 3, "parallel": 3}) == []
    assert store.configure("file:///a", {"parallel": 4}) == []
    found = store.of(tmp_path / "train.py", "file:///a")
    assert (found.budget, found.timeout, found.max_plans, found.parallel) == (60, 120, 3, 4)
    assert store.of(tmp_path / "train.py", "file:///b").parallel == 3
    assert found.warnings == ()


def test_what_is_wrong_becomes_a_warning_and_a_default(tmp_path: Path) -> None:
    store = SettingsStore()
    store.configure(None, {"budget": "never", "parallel": True, "colour": "red"})
    found = store.of(tmp_path / "train.py", None)
    assert found.budget == 900
    assert found.parallel is None
    assert len(found.warnings) == 3


@pytest.mark.parametrize("options", [None, {}, {"settings": None}, {"settings": "x"}])
def test_options_may_be_missing(options: object, tmp_path: Path) -> None:
    store = SettingsStore()
    assert store.initialize(options) == []
    assert store.of(tmp_path / "a.py", None).budget == 900


@pytest.mark.parametrize("options", [[], "x", 5])
def test_options_that_are_no_object_are_told(options: object) -> None:
    assert len(SettingsStore().initialize(options)) == 1


def test_pyproject_is_read_again_when_told(tmp_path: Path) -> None:
    store = SettingsStore()
    script = tmp_path / "train.py"
    (tmp_path / "pyproject.toml").write_text("[tool.mlestar]\nmax_plans = 2\n")
    assert store.of(script, None).max_plans == 2
    (tmp_path / "pyproject.toml").write_text("[tool.mlestar]\nmax_plans = 4\n")
    assert store.of(script, None).max_plans == 2
    store.forget()
    assert store.of(script, None).max_plans == 4


def test_an_untrusted_folder_chooses_no_program_and_no_place(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.mlestar]\ninterpreter = './evil'\nhome = '/tmp/x'\nworkspace = '/'\nignore = ['L101']\n"
    )
    store = SettingsStore()
    store.initialize({"trusted": False})
    found = store.of(tmp_path / "train.py", None)
    assert (found.interpreter, found.home, found.workspace) == (None, None, None)
    assert found.ignore == ("L101",)
    store.take_trust({"trusted": True})
    store.forget()
    assert store.of(tmp_path / "train.py", None).interpreter == "./evil"


def test_trust_that_is_not_understood_is_no_trust() -> None:
    store = SettingsStore()
    [problem] = store.initialize({"trusted": "yes"})
    assert "nothing is run" in problem
    assert store.trusted is False
