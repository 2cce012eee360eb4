"""Local modules are read for what the script alone does not show."""

from __future__ import annotations

from pathlib import Path

from cst_tools.script import Script
from mlestar.engine.modules import split_moves


def moves(folder: Path, text: str) -> bool:
    path = folder / "train.py"
    path.write_text(text)
    return split_moves(Script.parse(text, str(path)), path)


def test_a_split_in_a_helper_is_found_through_packages_and_relative_imports(tmp_path: Path) -> None:
    package = tmp_path / "lib"
    package.mkdir()
    (package / "__init__.py").write_text("from .data import load\n")
    (package / "data.py").write_text("def load(X, y):\n    return train_test_split(X, y, random_state=1)\n")
    assert moves(tmp_path, "from lib import load\na, b = load(X, y)\n")
    assert moves(tmp_path, "import lib.data\n")


def test_a_fixed_split_and_broken_or_missing_modules(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def (:\n")
    (tmp_path / "loop.py").write_text("import loop, train\n")
    assert not moves(tmp_path, "import broken, loop, numpy, nowhere.at.all\ntrain = df[:800]\n")
