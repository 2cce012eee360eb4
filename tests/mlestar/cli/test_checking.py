"""`mlestar check` in process: what a broken part does to the rest."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from mlestar.cli import exits
from mlestar.cli.checking import run_check
from mlestar.config import Settings

IMPORTS = """\
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
"""
CELLS = [
    IMPORTS,
    "X, y = load_wine(return_X_y=True)\nX = StandardScaler().fit_transform(X)\n",
    "def broken(:\n",
    "a, b, c, d = train_test_split(X, y)\nprint(LogisticRegression().fit(a, c).score(b, d))\n",
]


def test_a_broken_cell_does_not_blind_the_others(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": s} for s in CELLS]
    path = tmp_path / "train.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    out, err = Console(record=True, width=200), Console(record=True, width=200)
    code = run_check([path], Settings(), as_json=False, out=out, err=err)
    assert code == exits.FINDINGS
    assert "cell 2:2" in out.export_text() and "checked in part: Cell 3" in err.export_text()
