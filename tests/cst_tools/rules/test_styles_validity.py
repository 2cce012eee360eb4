"""Small programs in the many styles people write, each with the codes expected in it: outcomes, time order, groups.

`tests/corpus/styles_validity/*.txt` has them: a line ``### name: CODES`` (``none`` for a clean one), the program below;
in which ``@SPLIT`` and ``@FIT`` stand for a split of ``X`` and ``y``, and for training and scoring.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cst_tools.rules import check_with_errors
from cst_tools.script import Script
from cst_tools.types import Severity

FOLDER = Path(__file__).resolve().parents[2] / "corpus" / "styles_validity"
CODES = ("L402", "L501", "L502", "L503", "L601")
HEAD = """\
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
df = pd.read_csv("data.csv")
"""
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)"
FIT = """\
model = RandomForestClassifier()
model.fit(X_train, y_train)
print(accuracy_score(y_test, model.predict(X_test)))
"""


def programs() -> Iterator[tuple[str, str, list[str]]]:
    for path in sorted(FOLDER.glob("*.txt")):
        parts = re.split(r"^### (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        for title, body in zip(parts[::2], parts[1::2], strict=True):
            name, _, codes = title.rpartition(":")
            text = HEAD + body.strip("\n").replace("@SPLIT", SPLIT).replace("@FIT", FIT) + "\n"
            yield f"{path.stem}/{name}", text, [code for code in codes.split() if code != "none"]


PROGRAMS = list(programs())


@pytest.mark.parametrize(("text", "codes"), [pytest.param(text, codes, id=name) for name, text, codes in PROGRAMS])
def test_finds_what_the_title_says(text: str, codes: list[str]) -> None:
    script = Script.parse(text)
    assert script.problem is None
    result = check_with_errors(script)
    assert result.errors == ()
    found = {f.code for f in result.findings if f.severity is not Severity.INFORMATION and f.code in CODES}
    assert sorted(found) == codes


def test_there_are_many_of_both_kinds() -> None:
    clean = sum(not codes for _, _, codes in PROGRAMS)
    assert clean >= 80
    assert len(PROGRAMS) - clean >= 100
