"""Scripts and notebooks that the tests of `mlestar check` share."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from mlestar.cli.check.options import Options
from mlestar.cli.check.run import run_check

IMPORTS = """\
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

X, y = load_wine(return_X_y=True)
"""
SCALE = "X = StandardScaler().fit_transform(X)\n"
SCORE = """\
A, B, a, b = train_test_split(X, y, random_state=0)
model = LogisticRegression().fit(A, a)
print(model.score(B, b))
"""
LEAKY = IMPORTS + SCALE + SCORE
CLEAN = IMPORTS + SCORE


def notebook(*cells: str, counts: Sequence[int | None] | None = None, indent: int | None = 1) -> str:
    """The JSON of a notebook with outputs, metadata and characters that must stay as they are."""
    return json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "metadata": {}, "source": ["# Wine, \u00e9\n"]},
                *(
                    {
                        "cell_type": "code",
                        "execution_count": counts[number] if counts else None,
                        "metadata": {"tags": [number]},
                        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["0.5\n"]}],
                        "source": cell.splitlines(keepends=True),
                    }
                    for number, cell in enumerate(cells)
                ),
            ],
            "metadata": {"kernelspec": {"name": "python3"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        indent=indent,
        ensure_ascii=False,
    )


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def checked(*paths: Path, **options: Any) -> Said:
    out, err = io.StringIO(), io.StringIO()
    code = run_check(
        paths, Options(**options), out=Console(file=out, width=300), err=Console(file=err, width=300, soft_wrap=True)
    )
    return Said(code, out.getvalue(), err.getvalue())
