"""Leaks in modules beside the script."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cst_tools.live import LiveScript
from cst_tools.rules import check_with_errors
from cst_tools.script import Script
from cst_tools.types import Finding

TRAIN = """import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
{imports}

df = pd.read_csv("data.csv")
y = df.pop("target")
X = {call}(df)
X_train, X_test, y_train, y_test = train_test_split(X, y)
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
"""
LEAKY = """from sklearn.preprocessing import StandardScaler

def prepare(table):
    scaler = StandardScaler()
    return scaler.fit_transform(table)
"""
SOUND = """def prepare(table):
    return table
"""


def found(folder: Path, text: str, name: str = "train.py") -> list[Finding]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    checked = check_with_errors(Script.parse(text, str(path)))
    assert checked.errors == ()
    return list(checked.findings)


@pytest.mark.parametrize(
    ("module", "imports", "call"),
    [
        ("features.py", "from features import prepare", "prepare"),
        ("features.py", "from features import prepare as ready", "ready"),
        ("features.py", "import features", "features.prepare"),
        ("features.py", "import features as f", "f.prepare"),
        ("features.py", "from features import *", "prepare"),
        ("steps/features.py", "from steps.features import prepare", "prepare"),
        ("steps/features.py", "import steps.features", "steps.features.prepare"),
        ("steps/features.py", "from steps import features", "features.prepare"),
        ("features/__init__.py", "from features import prepare", "prepare"),
        ("features.py", "from .features import prepare", "prepare"),
    ],
)
def test_a_leak_in_a_helper_is_reported_at_the_call(tmp_path: Path, module: str, imports: str, call: str) -> None:
    (tmp_path / module).parent.mkdir(exist_ok=True)
    (tmp_path / module).write_text(LEAKY)
    if module.startswith("steps"):
        (tmp_path / "steps" / "__init__.py").write_text("")
    text = TRAIN.format(imports=imports, call=call)
    (finding,) = found(tmp_path, text)
    assert finding.code == "L101"
    assert text[finding.span.start : finding.span.end] == f"{call}(df)"
    assert "line 5 of" in finding.message and ".py" in finding.message
    assert "`StandardScaler`" in finding.message
    (tmp_path / module).write_text(SOUND)
    assert found(tmp_path, text) == []


def test_a_module_of_the_root_or_src_is_found_from_a_folder_below(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "features.py").write_text(LEAKY)
    text = TRAIN.format(imports="from features import prepare", call="prepare")
    assert [f.code for f in found(tmp_path, text)] == ["L101"]
    (tmp_path / "common.py").write_text(LEAKY)
    text = TRAIN.format(imports="from common import prepare", call="prepare")
    assert [f.code for f in found(tmp_path, text, "jobs/nightly/train.py")] == ["L101"]


def test_a_class_of_another_module(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(
        "from sklearn.preprocessing import StandardScaler\n\n"
        "class Prepared:\n"
        "    def __init__(self):\n        self.scaler = StandardScaler()\n\n"
        "    def ready(self, table):\n        return self.scaler.fit_transform(table)\n"
    )
    (finding,) = found(tmp_path, TRAIN.format(imports="from models import Prepared", call="Prepared().ready"))
    assert finding.code == "L101" and "line 8 of models.py" in finding.message


def test_what_a_module_does_by_itself_is_not_reported(tmp_path: Path) -> None:
    (tmp_path / "features.py").write_text(
        TRAIN.format(imports=LEAKY, call="prepare") + "\ndef same(t):\n    return t\n"
    )
    assert found(tmp_path, TRAIN.format(imports="from features import same", call="same")) == []


def test_modules_that_import_each_other_and_broken_or_huge_ones(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import b\n" + LEAKY)
    (tmp_path / "b.py").write_text("import a\nfrom a import prepare\n")
    assert [f.code for f in found(tmp_path, TRAIN.format(imports="from a import prepare", call="prepare"))] == ["L101"]
    (tmp_path / "a.py").write_text("def prepare(:\n")
    assert found(tmp_path, TRAIN.format(imports="from a import prepare", call="prepare")) == []
    (tmp_path / "a.py").write_text(LEAKY + "#" * 500_000)
    assert found(tmp_path, TRAIN.format(imports="from a import prepare", call="prepare")) == []
    (tmp_path / "a.py").write_bytes(b"\xff\xfe\x00")
    assert found(tmp_path, TRAIN.format(imports="from a import prepare", call="prepare")) == []


def test_the_editor_sees_when_a_module_changes(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    text = TRAIN.format(imports="from features import prepare", call="prepare")
    path.write_text(text)
    live = LiveScript(str(path))
    assert live.update(text).findings == ()
    (tmp_path / "features.py").write_text(LEAKY)
    assert [f.code for f in live.update(text + "\n").findings] == ["L101"]
    assert [f.code for f in live.update(text + "\n\n").findings] == ["L101"]
    (tmp_path / "features.py").write_text(SOUND)
    os.utime(tmp_path / "features.py", ns=(1, 1))
    assert live.update(text + "\n").findings == ()


def test_a_script_that_is_no_file_is_followed_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "features.py").write_text(LEAKY)
    monkeypatch.chdir(tmp_path)
    text = TRAIN.format(imports="from features import prepare", call="prepare")
    assert check_with_errors(Script.parse(text, "untitled.py")).findings == ()
