"""The command line as a person uses it: real processes on real scripts, judged by exit codes, streams and files."""

from __future__ import annotations

import json
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import processes
import pytest
from command import Answer, Command, fingerprint, stop_after_runs
from scripts import LEAKY

PURE = """\
import random

values = [random.random() for _ in range(50)]
accuracy = sum(values) / len(values)
print("accuracy:", accuracy)
"""
"""No package, no block to leave out, another score at every seed: a study of it is its baseline."""

SLOW = PURE.replace("accuracy = ", "import time\ntime.sleep(0.7)\naccuracy = ", 1)

STUMP = """\
# Which tumours are malignant? ü 🙂
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)

model = DecisionTreeClassifier(max_depth=1, random_state=0)  # a stump
model.fit(X_train, y_train)

print("accuracy:", accuracy_score(y_test, model.predict(X_test)))  # the end
"""

NULL = """\
import pickle
import numpy as np
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

table = np.loadtxt("table.csv", delimiter=",")
np.savetxt("table.csv", table * 1.0, delimiter=",", fmt="%.9f")  # its own input
X, y = table[:, :-1], np.random.default_rng(7).permutation(table[:, -1])
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=0)
model = DecisionTreeClassifier(max_depth=2, random_state=0)
model.fit(X_train, y_train)
with open("model.pkl", "wb") as file:  # into its own folder
    pickle.dump(model, file)
print("accuracy:", accuracy_score(y_test, model.predict(X_test)))
"""
"""There is nothing to learn, and it leaves its mark on the folder it runs in."""

QUICK = ("--seeds", "2", "--confirmations", "3", "--block", "model", "--plan", "playbook/hist-gradient-boosting")


@pytest.fixture
def mlestar(tmp_path: Path) -> Command:
    folder = tmp_path / "my projects ü" / "first try"
    folder.mkdir(parents=True)
    return Command(tmp_path / "state", folder)


@pytest.fixture
def under_way() -> Iterator[list[Any]]:
    """Commands that were started: none outlives its test."""
    started: list[Any] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=20)


def baseline(answer: Answer) -> list[float]:
    return list(answer.json["baseline"]["scores"])


# --- check and blocks: nothing is run ----------------------------------------------------------------------------


def test_check_tells_findings_by_its_exit_code_and_as_json(mlestar: Command) -> None:
    (mlestar.folder / "leaky.py").write_text(LEAKY, "utf-8")
    (mlestar.folder / "fine.py").write_text(STUMP, "utf-8")
    found = mlestar("check", "leaky.py")
    assert found.code == 1
    assert "leaky.py:15:5:" in found.out
    assert "L101" in found.out
    assert "1 finding in 1 file." in found.out
    assert found.err == ""

    fine = mlestar("check", "fine.py")
    assert (fine.code, fine.out, fine.err) == (0, "No findings in 1 file.\n", "")
    assert mlestar("check", "leaky.py", "--ignore", "L101").code == 0

    [record] = mlestar("check", "leaky.py", "--json").json
    assert (record["code"], record["line"], record["severity"]) == ("L101", 15, "error")
    assert record["related"]
    assert record["fix"]["safety"] == "safe"
    assert mlestar("check", "fine.py", "--json").out == "[]\n"


def test_check_of_a_folder_goes_on_past_what_it_cannot_read(mlestar: Command) -> None:
    (mlestar.folder / "leaky.py").write_text(LEAKY, "utf-8")
    (mlestar.folder / "broken.py").write_text("def train(:\n")
    (mlestar.folder / "latin.py").write_bytes("x = 'é'\n".encode("latin-1"))
    (mlestar.folder / "old.py").write_text("print 'hello'\n")
    (mlestar.folder / ".venv").mkdir()
    (mlestar.folder / ".venv" / "not_mine.py").write_text(LEAKY, "utf-8")
    answer = mlestar("check", ".")
    assert answer.code == 1
    assert "1 finding in 1 file; 3 files could not be checked." in answer.out
    assert "broken.py: not checked: Syntax error on line 1" in answer.said
    assert "latin.py is not UTF-8" in answer.said
    assert "old.py: not checked: This is Python 2" in answer.said

    # a named file that cannot be checked is no success; a stray one in a folder is
    assert mlestar("check", "broken.py").code == 2
    (mlestar.folder / "leaky.py").write_text(STUMP, "utf-8")
    assert mlestar("check", ".").code == 0
    assert mlestar("check", "leaky.py", "broken.py").code == 2


def notebook(*cells: str) -> dict[str, Any]:
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "cells": [
            {"cell_type": "markdown", "id": "intro", "metadata": {}, "source": ["# Tumours\n", "a first look"]},
            *(
                {
                    "cell_type": "code",
                    "id": f"cell-{number}",
                    "metadata": {"tags": [f"tag-{number}"]},
                    "execution_count": number,
                    "outputs": [{"output_type": "stream", "name": "stdout", "text": [f"output {number}\n"]}],
                    "source": text.splitlines(keepends=True),
                }
                for number, text in enumerate(cells, start=1)
            ),
        ],
    }


def test_check_of_a_notebook_counts_cells(mlestar: Command) -> None:
    head, tail = LEAKY.split("# put all columns on one scale\n")
    (mlestar.folder / "look.ipynb").write_text(json.dumps(notebook("%matplotlib inline\n" + head, tail)), "utf-8")
    answer = mlestar("check", "look.ipynb")
    assert answer.code == 1
    assert "look.ipynb:cell 2:2:" in answer.out
    [record] = mlestar("check", "look.ipynb", "--json").json
    assert (record["cell"], record["line"]) == (2, 2)


def test_blocks_as_json(mlestar: Command) -> None:
    (mlestar.folder / "fine.py").write_text(STUMP, "utf-8")
    answer = mlestar("blocks", "fine.py", "--json")
    assert (answer.code, answer.err) == (0, "")
    roles = [block["role"] for block in answer.json["blocks"]]
    assert roles == ["other", "load", "split", "model", "train", "evaluate"]
    assert all(block["reason"] and block["first_line"] <= block["last_line"] for block in answer.json["blocks"])
    assert (answer.json["objective"]["metric"], answer.json["objective"]["direction"]) == ("accuracy", "maximize")
    assert "maximize accuracy" in mlestar("blocks", "fine.py").said


# --- ablate ------------------------------------------------------------------------------------------------------


def test_ablate_prints_a_table_or_json_and_runs_nothing_twice(mlestar: Command) -> None:
    (mlestar.folder / "train.py").write_text(STUMP, "utf-8")
    before = fingerprint(mlestar.folder)
    first = mlestar("ablate", "train.py", "--seeds", "2")
    assert first.code == 0, first.said
    assert "What matters in train.py" in first.out
    assert "constant guess" in first.said
    assert "Next" in first.err
    assert "mlestar optimise train.py --seeds 2" in first.err

    second = mlestar("ablate", "train.py", "--seeds", "2", "--json")
    assert second.code == 0
    assert second.err == ""
    assert second.json["cost"]["runs"] == 0
    assert second.json["cost"]["reused"] >= 4
    assert second.json["complete"] is True
    impact = second.json["impacts"][0]
    assert impact["role"] == "model"
    assert impact["mean"] > 0.1
    assert fingerprint(mlestar.folder) == before


def test_a_spent_budget_is_told_and_the_same_command_goes_on(mlestar: Command) -> None:
    (mlestar.folder / "slow.py").write_text(SLOW)
    cut = mlestar("ablate", "slow.py", "--seeds", "6", "--parallel", "1", "--budget", "3s")
    assert cut.code == 4, cut.said
    assert "run again to go on" in cut.said
    whole = mlestar("ablate", "slow.py", "--seeds", "6", "--parallel", "1", "--json")
    assert whole.code == 0, whole.said
    assert len(baseline(whole)) == 6
    assert 1 <= whole.json["cost"]["reused"] < 6
    assert whole.json["cost"]["runs"] + whole.json["cost"]["reused"] == 6


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
def test_a_stopped_study_leaves_no_process_and_is_resumed(
    mlestar: Command, under_way: list[Any], stop: signal.Signals
) -> None:
    (mlestar.folder / "slow.py").write_text(SLOW)
    before = fingerprint(mlestar.folder)
    process = mlestar.start("ablate", "slow.py", "--seeds", "5", "--parallel", "1")
    under_way.append(process)
    known = stop_after_runs(process, 2, stop)
    _, said = process.communicate(timeout=20)
    if stop is not signal.SIGKILL:
        assert process.returncode == 130
        assert b"Stopped. Finished runs are kept" in said
        assert b"Traceback" not in said
    processes.wait_until_gone(known, mlestar.home, 5)
    assert fingerprint(mlestar.folder) == before

    with sqlite3.connect(mlestar.home / "journal.sqlite3") as journal:
        assert journal.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert journal.execute("SELECT count(*) FROM runs").fetchone() == (2,)
    assert ("interrupted" if stop is signal.SIGKILL else "cancelled") in mlestar("journal").out

    again = mlestar("ablate", "slow.py", "--seeds", "5", "--json")
    assert again.code == 0, again.said
    assert (again.json["cost"]["reused"], again.json["cost"]["runs"]) == (2, 3)
    assert not list((mlestar.home / "scratch").glob("*")), "scratch folders were left"


def test_arguments_after_two_dashes_reach_the_script(mlestar: Command) -> None:
    text = "import sys\nprint(sys.argv)\naccuracy = float(sys.argv[sys.argv.index('--level') + 1])\n"
    (mlestar.folder / "argv.py").write_text(text + "print('accuracy:', accuracy)\n")
    answer = mlestar("ablate", "argv.py", "--seeds", "2", "--json", "--", "--level", "0.25", "two words")
    assert answer.code == 0, answer.said
    assert baseline(answer) == [0.25, 0.25]
    without = mlestar("ablate", "argv.py", "--seeds", "2")
    assert without.code == 3
    other = mlestar("ablate", "argv.py", "--seeds", "2", "--json", "--", "--level", "0.5")
    assert baseline(other) == [0.5, 0.5], "other arguments are another run"


@pytest.mark.parametrize("project", [True, False], ids=["in a project", "without a project"])
def test_a_script_reads_what_lies_beside_its_folder(mlestar: Command, project: bool) -> None:
    if project:
        (mlestar.folder / "pyproject.toml").write_text("[project]\nname = 'x'\nversion = '1'\n")
    (mlestar.folder / "data").mkdir()
    (mlestar.folder / "data" / "x.csv").write_text("0.25\n0.75\n")
    (mlestar.folder / "src").mkdir()
    script = mlestar.folder / "src" / "train.py"
    script.write_text(
        "values = [float(line) for line in open('../data/x.csv')]\n"
        "open('seen.txt', 'w').write('here')\n"
        "accuracy = sum(values) / len(values)\nprint('accuracy:', accuracy)\n"
    )
    before = fingerprint(mlestar.folder)
    for folder, name in ((mlestar.folder, "src/train.py"), (script.parent, "train.py")):
        answer = Command(mlestar.home, folder)("ablate", name, "--seeds", "2", "--json")
        assert answer.code == 0, answer.said
        assert baseline(answer) == [0.5, 0.5]
        assert fingerprint(mlestar.folder) == before
    (mlestar.folder / "data" / "x.csv").write_text("1.0\n")
    changed = mlestar("ablate", "src/train.py", "--seeds", "2", "--json")
    assert baseline(changed) == [1.0, 1.0], "other data is another run"


# --- options and settings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "sentences"),
    [
        (("--budget", "soon"), ("--budget", "'soon' is not a duration; write 90s, 5m or 1h30m")),
        (("--timeout", "-5"), ("--timeout", "not a duration")),
        (("--memory", "lots"), ("--memory", "write 512MB or 4GB")),
        (("--seeds", "1"), ("--seeds", "at least 2")),
        (("--parallel", "0"), ("--parallel", "at least 1")),
        (("--parallel", "many"), ("--parallel", "integer")),
        (("--bugdet", "5m"), ("No such option: --bugdet", "--budget")),
        (("--interpreter", "/nowhere/python"), ("/nowhere/python does not exist", "Python 3.9")),
        (("--interpreter", "."), ("holds no Python",)),
        (("--workspace", "/nowhere"), ("/nowhere does not hold train.py",)),
        (("--objective", "nonsense"), ("'nonsense' is not in the script", "accuracy")),
    ],
    ids=lambda value: value[0].lstrip("-") if value[0].startswith("--") else "",
)
def test_values_that_do_not_fit(mlestar: Command, options: tuple[str, ...], sentences: tuple[str, ...]) -> None:
    (mlestar.folder / "train.py").write_text(PURE)
    answer = mlestar("ablate", "train.py", *options)
    assert answer.code == 2, answer.said
    assert answer.out == ""
    for sentence in sentences:
        assert sentence in " ".join(answer.said.replace("│", " ").split())
    assert "Traceback" not in answer.said
    assert "The trace is in" not in answer.said


def test_files_that_are_no_training_script(mlestar: Command) -> None:
    (mlestar.folder / "data.csv").write_text("a,b\n1,2\n")
    (mlestar.folder / "plain.py").write_text("print('hello')\n")
    (mlestar.folder / "empty.py").touch()
    (mlestar.folder / "broken.py").write_text("def f(:\n")
    for name, sentence in {
        "data.csv": "name a training script",
        "plain.py": "# mlestar: objective",
        "empty.py": "no objective",
        "broken.py": "Syntax error on line 1",
        "missing.py": "does not exist; check the spelling",
        ".": "is a folder; name one training script in it",
    }.items():
        answer = mlestar("optimise" if name == "plain.py" else "ablate", name)
        assert answer.code == 2, (name, answer.said)
        assert sentence in answer.said
        assert answer.out == ""
    assert mlestar("rule", "X999").code == 2
    assert "L101" in mlestar("rule", "X999").err
    assert "fitted" in mlestar("rule", "l101").out


def test_settings_of_the_project_and_options_above_them(mlestar: Command) -> None:
    (mlestar.folder / "pyproject.toml").write_text(
        "[tool.mlestar]\nbaseline-seeds = 4\nignore = ['L101']\narguments = ['0.25']\nhouse = 1\nbudget = 'soon'\n"
    )
    (mlestar.folder / "argv.py").write_text("import sys\naccuracy = float(sys.argv[1])\nprint('accuracy:', accuracy)\n")
    (mlestar.folder / "leaky.py").write_text(LEAKY, "utf-8")
    assert mlestar("check", "leaky.py").code == 0
    answer = mlestar("ablate", "argv.py", "--json")
    assert answer.code == 0, answer.said
    assert baseline(answer) == [0.25] * 4
    assert "there is no setting 'house'" in answer.said
    assert "'soon' is not a duration" in answer.said
    assert baseline(mlestar("ablate", "argv.py", "--seeds", "2", "--json", "--", "0.75")) == [0.75] * 2


@pytest.mark.parametrize("command", ["", "check", "blocks", "ablate", "optimise", "journal", "rule", "lsp"])
def test_help_teaches_within_eighty_columns(mlestar: Command, command: str) -> None:
    answer = mlestar(*([command] if command else []), "--help")
    assert answer.code == 0
    assert max(map(len, answer.out.splitlines())) <= 80
    if command in ("ablate", "optimise"):
        assert "[default: 15m]" in " ".join(answer.out.replace("│", " ").split())


# --- optimise ----------------------------------------------------------------------------------------------------


def test_a_confirmed_gain_is_shown_and_written_only_on_request(mlestar: Command) -> None:
    script = mlestar.folder / "träin me.py"
    old = STUMP.replace("\n", "\r\n").encode()
    script.write_bytes(old)
    script.chmod(0o744)
    before = fingerprint(mlestar.folder)
    shown = mlestar("optimise", script.name, *QUICK)
    assert shown.code == 0, shown.said
    assert "A confirmed gain" in shown.out
    assert "+model = HistGradientBoostingClassifier(" in shown.out.replace("│", "")
    assert "Nothing was changed" in shown.err
    assert "'träin me.py'" in shown.err
    assert "--apply" in shown.err
    assert fingerprint(mlestar.folder) == before

    applied = mlestar("optimise", script.name, *QUICK, "--apply", "--json")
    assert applied.code == 0, applied.said
    report = applied.json
    assert report["cost"]["runs"] == 0, "what was measured is not measured again"
    best = report["best"]
    assert best["verdict"] == "better"
    assert 0 < best["confirmed"]["low"] <= best["confirmed"]["mean"]
    new = script.read_bytes()
    assert new == best["new_text"].encode()
    assert b"\n" not in new.replace(b"\r\n", b""), "line ends are kept"
    assert script.stat().st_mode & 0o777 == 0o744
    # outside the patched places every byte is as it was
    text, rebuilt, end = old.decode(), "", 0
    for edit in sorted(best["edits"], key=lambda e: e["span"]["start"]):
        rebuilt += text[end : edit["span"]["start"]] + edit["new_text"]
        end = edit["span"]["end"]
    assert rebuilt + text[end:] == new.decode()
    assert sum(e["span"]["end"] - e["span"]["start"] for e in best["edits"]) < 300
    for line in old.split(b"\r\n"):
        if b"DecisionTree" not in line:
            assert line in new
    assert sorted(fingerprint(mlestar.folder)) == sorted(before)


def test_without_a_signal_nothing_is_confirmed_and_the_folder_stays(mlestar: Command) -> None:
    rows = [f"{(i * 37) % 101 / 7},{(i * 53) % 97 / 5},{i % 2}" for i in range(120)]
    (mlestar.folder / "table.csv").write_text("\n".join(rows) + "\n")
    (mlestar.folder / "pyproject.toml").write_text("[tool.mlestar]\nmax_plans = 2\nscreening_seeds = 1\n")
    (mlestar.folder / "noise.py").write_text(NULL)
    before = fingerprint(mlestar.folder)
    answer = mlestar("optimise", "noise.py", "--seeds", "2", "--confirmations", "3", "--apply", "--json")
    assert answer.code == 0, answer.said
    assert answer.json["best"] is None
    assert answer.json["candidates"]
    assert fingerprint(mlestar.folder) == before
    again = mlestar("optimise", "noise.py", "--seeds", "2", "--confirmations", "3")
    assert "No confirmed gain" in again.out
    assert fingerprint(mlestar.folder) == before


def test_a_notebook_keeps_its_outputs_when_a_gain_is_applied(mlestar: Command) -> None:
    cells = STUMP.split("\n\n")
    path = mlestar.folder / "look around.ipynb"
    old = notebook(*cells)
    path.write_text(json.dumps(old, indent=1, ensure_ascii=False) + "\n", "utf-8")
    before = fingerprint(mlestar.folder)
    ablated = mlestar("ablate", path.name, "--seeds", "2", "--json")
    assert ablated.code == 0, ablated.said
    assert ablated.json["impacts"][0]["role"] == "model"
    assert fingerprint(mlestar.folder) == before
    answer = mlestar("optimise", path.name, *QUICK, "--apply")
    assert answer.code == 0, answer.said
    assert "applied to" in answer.said
    new = json.loads(path.read_text("utf-8"))
    changed = []
    for was, now in zip(old["cells"], new["cells"], strict=True):
        if was["source"] != now["source"]:
            changed.append(was["id"])
        assert {**was, "source": None} == {**now, "source": None}, "outputs, ids and metadata stay"
    assert changed == ["cell-1", "cell-3"]
    assert {**old, "cells": None} == {**new, "cells": None}
    assert "HistGradientBoostingClassifier" in "".join(new["cells"][3]["source"])
