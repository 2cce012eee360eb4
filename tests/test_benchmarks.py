"""The benchmark of the leakage rules counts what it says it counts."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from textwrap import dedent

import pytest

from benchmarks.leakage import labels, report, scoring, tools
from benchmarks.leakage.__main__ import CORPORA, main
from benchmarks.leakage.compare import compare
from benchmarks.leakage.detector import judge
from benchmarks.leakage.labels import Label
from benchmarks.leakage.scoring import Alarm, Outline, file_pairs, score
from cst_tools.rules import codes

LEAKY = """\
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler
    df = pd.read_csv("d.csv")
    X = StandardScaler().fit_transform(df.drop(columns="y"))  # expect: L101
    X_train, X_test, y_train, y_test = train_test_split(X, df["y"], random_state=0)
    print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
    """
SOUND = """\
    # expect: none
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    df = pd.read_csv("d.csv")
    X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="y"), df["y"], random_state=0)
    print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
    """
HELPER = """\
    def prepare(X):
        print(X)
        return (X - X.mean()) / X.std()

    X = prepare(X)
    split(X)
    """


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(dedent(text), encoding="utf-8")
    return path


def outline(text: str) -> Outline:
    return Outline(ast.parse(dedent(text)))


def test_labels_are_read_and_taken_out_line_for_line(tmp_path: Path) -> None:
    text = "a = 1  # expect: L101, L102\nb = 2  # a note\nc = 3  # expect: L101|L107\n"
    file = labels.read(write(tmp_path, "a.py", text))
    assert file.text == "a = 1\nb = 2  # a note\nc = 3\n"
    assert file.labels == (Label(1, ("L101",)), Label(1, ("L102",)), Label(3, ("L101", "L107")))


def test_labels_of_the_first_line(tmp_path: Path) -> None:
    file = labels.read(write(tmp_path, "a.py", "# expect: L101@2 L302@4\n\n\n\n"))
    assert file.labels == (Label(2, ("L101",)), Label(4, ("L302",)))
    assert file.text == "\n\n\n\n"


def test_labels_of_a_notebook_count_the_lines_of_its_code(tmp_path: Path) -> None:
    def cell(kind: str, *lines: str) -> dict[str, object]:
        return {"cell_type": kind, "metadata": {}, "source": list(lines)}

    cells = [
        cell("code", "a = 1\n", "b = 2"),
        cell("markdown", "text"),
        cell("code", "c = 3  # expect: L101\n", "d = 4"),
    ]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    file = labels.read(write(tmp_path, "a.ipynb", notebook))
    assert file.labels == (Label(3, ("L101",)),)
    assert [c["source"] for c in json.loads(file.text)["cells"]] == [
        ["a = 1\n", "b = 2"],
        ["text"],
        ["c = 3\n", "d = 4"],
    ]


UNREADABLE = {
    "no label": "a = 1\n",
    "no code": "a = 1  # expect: leak\n",
    "sound and leaky": "# expect: none\na = 1  # expect: L101\n",
    "no line": "# expect: L101@x\n",
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_a_label_that_cannot_be_read_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(labels.BadLabel):
        labels.read(write(tmp_path, "a.py", text))


def test_an_alarm_in_the_statement_finds_the_label_whatever_its_line() -> None:
    scored = score([Label(1, ("L101",))], [Alarm("L101", (3, 3))], outline("x = f(\n    a,\n    b,\n)\n"))
    assert [hit.label.line for hit in scored.hits] == [1]
    assert not scored.missed and not scored.false and not scored.duplicates


def test_a_related_place_finds_the_label() -> None:
    scored = score([Label(2, ("L101",))], [Alarm("L101", (1, 1), related=((2, 2),))], outline("a = 1\nb = 2\n"))
    assert len(scored.hits) == 1


@pytest.mark.parametrize(("label", "alarm"), [(3, 3), (2, 3), (5, 3), (3, 5)])
def test_the_same_function_and_the_call_of_it_find_the_label(label: int, alarm: int) -> None:
    scored = score([Label(label, ("L104",))], [Alarm("L104", (alarm, alarm))], outline(HELPER))
    assert len(scored.hits) == 1


def test_a_far_alarm_of_the_right_kind_is_false_by_line_and_right_by_file() -> None:
    found = [Alarm("L104", (6, 6))]
    scored = score([Label(3, ("L104",))], found, outline(HELPER))
    assert not scored.hits and scored.false == tuple(found) and len(scored.missed) == 1
    assert file_pairs((Label(3, ("L104",)),), found, scored) == ({"L104"}, set(), set())


def test_one_alarm_finds_one_label() -> None:
    both = [Label(2, ("L104",)), Label(3, ("L104",))]
    scored = score(both, [Alarm("L104", (3, 3))], outline(HELPER))
    assert [hit.label.line for hit in scored.hits] == [3]
    assert [label.line for label in scored.missed] == [2]


def test_alarms_are_shared_out_so_that_most_labels_are_found() -> None:
    text = outline("a = 1\nb = 2\n")
    both = [Label(1, ("L101", "L107")), Label(1, ("L101",))]
    scored = score(both, [Alarm("L101", (1, 1)), Alarm("L107", (1, 1))], text)
    assert [(hit.label.codes, hit.alarm.code) for hit in scored.hits] == [
        (("L101", "L107"), "L107"),
        (("L101",), "L101"),
    ]


def test_another_view_of_the_labelled_line_is_a_duplicate_and_no_false_alarm() -> None:
    text = outline("a = 1\nb = 2\nc = 3\n")
    alarms = [
        Alarm("L101", (1, 1)),
        Alarm("L301", (1, 1)),
        Alarm("L305", (3, 3), related=((1, 1),)),
        Alarm("L401", (2, 2)),
    ]
    scored = score([Label(1, ("L101",))], alarms, text)
    assert [alarm.code for alarm in scored.duplicates] == ["L301", "L305"]
    assert [alarm.code for alarm in scored.false] == ["L401"]
    assert file_pairs((Label(1, ("L101",)),), alarms, scored) == ({"L101"}, {"L401"}, set())


def test_a_wrong_kind_at_the_label_misses_it_and_counts_against_the_kind(tmp_path: Path) -> None:
    label = Label(1, ("L101",))
    scored = score([label], [Alarm("L301", (1, 1))], outline("a = 1\n"))
    assert scored.missed == (label,) and scored.seen == {label} and not scored.false


def test_the_counts_of_a_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "leaky.py", LEAKY)
    write(tmp_path, "sound.py", SOUND)
    write(tmp_path, "said_to_be_sound.py", "# expect: none\n" + dedent(LEAKY).replace("  # expect: L101", ""))
    write(tmp_path, "said_to_leak.py", dedent(SOUND).replace("# expect: none", "") + "a = 1  # expect: L302\n")
    judged = [judge(file) for file in labels.collect([tmp_path])]
    counts = report.by_rule(judged)
    assert counts["L101"].files == counts["L101"].lines == scoring.Counts(right=1, false=1, missed=0)
    assert counts["L302"].files == counts["L302"].lines == scoring.Counts(right=0, false=0, missed=1)
    assert (counts["L101"].leaky, counts["L101"].clean, counts["L302"].clean) == (1, 1, 2)
    whole = report.totals(judged, counts)
    assert (whole["files"], whole["leaky"], whole["clean"], whole["kind_accuracy"]) == (4, 2, 2, 1.0)
    assert whole["any_alarm"] == {"right": 1, "false": 1, "missed": 1, "precision": 0.5, "recall": 0.5}
    assert main([str(tmp_path), "--verbose"]) == 0
    printed = capsys.readouterr().out
    assert "missed L302" in printed and "said_to_leak.py:8" in printed
    assert "false L101" in printed and "said_to_be_sound.py:7" in printed
    assert main(["run", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"]["rules"]["L101"]["line_and_code"]["false"] == 1


def test_a_detector_beside_ours_and_one_that_cannot_be_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    write(corpus, "leaky.py", LEAKY)
    write(corpus, "sound.py", SOUND)
    program = tmp_path / "cache" / "loud-1" / "bin" / "loud"
    program.parent.mkdir(parents=True)
    # says of every file that it leaks, and of the first one that its style is bad
    program.write_text(
        '#!/bin/sh\nfor f in "$@"; do echo "# $f"; echo "[ERROR] LEAK (line 1)"; done\n', encoding="utf-8"
    )
    program.chmod(0o755)

    def loud(name: str, package: str) -> tools.Tool:
        return tools.Tool(name, package, "loud", (), tools._mlcheck, {"LEAK": ("L101",)})

    def install(tool: tools.Tool, cache: Path) -> Path:
        if tool.name == "absent":
            raise tools.NotInstalled("no such package")
        return cache / tool.package

    monkeypatch.setattr("benchmarks.leakage.compare.install", install)
    found, troubles = compare(
        labels.collect([corpus]), [loud("loud", "loud-1"), loud("absent", "absent-1")], tmp_path / "cache", sample=1
    )
    assert [one.tool.name for one in found] == ["mlestar", "loud"]
    assert [(one.files.right, one.files.false, one.files.missed) for one in found] == [(1, 0, 0), (1, 1, 0)]
    assert [one.kind for one in found] == [1.0, 1.0]
    assert found[1].alarms_on_sound == ("corpus/sound.py: LEAK",)
    assert troubles == ["absent is left out, it cannot be installed: no such package"]


def test_what_the_tools_are_mapped_to_exists() -> None:
    for tool in tools.TOOLS:
        assert {code for mapped in tool.speaks_of.values() for code in mapped} <= set(codes()), tool.name


@pytest.mark.parametrize("folder", CORPORA.values(), ids=CORPORA)
def test_the_corpora_are_labelled_with_rules_that_exist(folder: Path) -> None:
    files = labels.collect([folder])
    assert len(files) >= 50
    for file in files:
        assert {code for label in file.labels for code in label.codes} <= set(codes()), file.path.name
        assert "expect:" not in file.text, file.path.name
