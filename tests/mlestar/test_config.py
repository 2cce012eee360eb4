"""Settings: where they come from, what fits, and what happens to the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlestar.config import (
    Settings,
    from_pyproject,
    ignored_in,
    matches,
    merged,
    parse_duration,
    parse_size,
    workspace_of,
)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), (90, 90), ("90s", 90), ("5m", 300), ("1h30m", 5400), ("2min", 120), ("0.5", 0.5)]
)
def test_durations(text: str | int, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-5", "0", "5 parsecs", "inf", "nan"])
def test_what_is_no_duration_says_what_is(text: str) -> None:
    with pytest.raises(ValueError, match="90s, 5m or 1h30m"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "size"), [("512MB", 512 * 1024**2), ("4g", 4 * 1024**3), (1024, 1024), ("1.5 GiB", 3 * 1024**3 // 2)]
)
def test_sizes(text: str | int, size: int) -> None:
    assert parse_size(text) == size


def test_names_may_be_camel_case_or_dashed_and_bad_values_become_warnings() -> None:
    settings = merged(Settings(), {"baselineSeeds": 4, "max-plans": 2, "budget": "soon", "colour": 1}, "editor")
    assert (settings.baseline_seeds, settings.max_plans, settings.budget) == (4, 2, Settings().budget)
    assert len(settings.warnings) == 2
    assert "colour" in settings.warnings[1] and "soon" in settings.warnings[0]


def test_null_and_empty_mean_not_set() -> None:
    assert merged(Settings(), {"interpreter": "", "memory": None}, "editor") == Settings()


def test_the_nearest_pyproject_with_a_table_counts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mlestar]\nbudget = "2m"\nroles = { add = "features" }\n')
    inner = tmp_path / "pkg"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    settings = from_pyproject(inner)
    assert settings.budget == 120 and settings.roles == {"add": "features"}


def test_a_broken_pyproject_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.mlestar\n")
    assert "cannot be read" in from_pyproject(tmp_path).warnings[0]


def test_the_workspace_is_the_nearest_project_root(tmp_path: Path) -> None:
    script = tmp_path / "proj" / "src" / "train.py"
    script.parent.mkdir(parents=True)
    (tmp_path / "proj" / ".git").mkdir()
    assert workspace_of(script, Settings()) == tmp_path / "proj"
    assert workspace_of(script, Settings(workspace="..")) == tmp_path / "proj"
    (tmp_path / "proj" / "src" / "setup.cfg").touch()
    assert workspace_of(script, Settings()) == script.parent


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("notebooks/*", {"notebooks/a.ipynb", "notebooks/deep/b.py"}),
        ("notebooks/", {"notebooks/a.ipynb", "notebooks/deep/b.py", "src/notebooks/c.py"}),
        ("./src/*.py", {"src/notebooks/c.py", "src/train.py"}),
        ("train.py", {"src/train.py", "train.py"}),
        ("**/train.py", {"src/train.py", "train.py"}),
        ("src/notebooks", {"src/notebooks/c.py"}),
        ("*.ipynb", {"notebooks/a.ipynb"}),
        ("../*", set()),
        ("", set()),
    ],
)
def test_patterns_of_paths(tmp_path: Path, pattern: str, named: set[str]) -> None:
    files = {"notebooks/a.ipynb", "notebooks/deep/b.py", "src/notebooks/c.py", "src/train.py", "train.py"}
    assert {name for name in files if matches(tmp_path / name, pattern, tmp_path)} == named
    assert not matches(tmp_path.parent / "notebooks" / "a.py", pattern, tmp_path)


def test_codes_are_ignored_by_path_below_the_folder_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.mlestar]\nignore = ["L302"]\n'
        '[tool.mlestar.per-path-ignores]\n"notebooks/*" = ["L101", "L302"]\n"*" = "N001"\n'
    )
    settings = from_pyproject(tmp_path / "notebooks")
    assert settings.warnings == () and settings.folder == tmp_path
    assert ignored_in(tmp_path / "notebooks" / "a.py", settings) == ("L302", "L101", "N001")
    assert ignored_in(tmp_path / "a.py", settings) == ("L302", "N001")
    editor = merged(Settings(), {"perPathIgnores": {"*": 1}}, "editor")
    assert editor.per_path_ignores == {} and "must be a list of strings" in editor.warnings[0]
    assert "must map patterns" in merged(Settings(), {"per_path_ignores": ["L101"]}, "editor").warnings[0]
