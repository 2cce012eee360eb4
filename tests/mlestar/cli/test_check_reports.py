"""SARIF and the annotations of GitHub: what they must hold, and what must be escaped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from check_scripts import IMPORTS, LEAKY, SCALE, SCORE, checked, notebook

from cst_tools.rules import NOTES, RULES
from mlestar.cli import exits
from mlestar.cli.check import github, sarif
from mlestar.cli.check.one import Task, check_file
from mlestar.cli.check.options import Format


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLESTAR_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    (tmp_path / "my scripts").mkdir()
    (tmp_path / "my scripts" / "é.py").write_text(LEAKY)
    (tmp_path / "book.ipynb").write_text(notebook(IMPORTS, SCALE, SCORE), "utf-8")
    return tmp_path


def run_of(*paths: Path, **options: Any) -> dict[str, Any]:
    said = checked(*paths, format=Format.SARIF, **options)
    assert said.code == exits.FINDINGS
    assert said.json["version"] == "2.1.0"
    [run] = said.json["runs"]
    return dict(run)


def test_sarif_describes_rules_with_pages(folder: Path) -> None:
    rules = run_of(Path("book.ipynb"))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in (*RULES, *NOTES)]
    for rule in rules:
        assert rule["help"]["markdown"].startswith(f"# {rule['id']}: ")
        assert rule["shortDescription"]["text"].endswith(".")
        page = Path(rule["helpUri"].removeprefix("file://"))
        assert page.read_text("utf-8") == rule["help"]["text"]


def test_sarif_results(folder: Path) -> None:
    run = run_of(Path("my scripts"))
    [result] = run["results"]
    assert (result["ruleId"], result["level"]) == ("L101", "error")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "L101"
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "my%20scripts/%C3%A9.py", "uriBaseId": "%SRCROOT%"}
    assert physical["region"] == {"startLine": 7, "startColumn": 5, "endLine": 7, "endColumn": 38}
    assert run["originalUriBaseIds"]["%SRCROOT%"]["uri"] == folder.as_uri() + "/"
    assert [r["id"] for r in result["relatedLocations"]] == list(range(len(result["relatedLocations"])))
    assert all(r["message"]["text"] for r in result["relatedLocations"])
    [fix] = result["fixes"]
    assert patched(LEAKY, fix["artifactChanges"][0]["replacements"]) != LEAKY
    assert run["columnKind"] == "unicodeCodePoints"


def patched(text: str, replacements: list[dict[str, Any]]) -> str:
    lines = text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:n])) for n in range(len(lines) + 1)]
    for r in sorted(replacements, key=lambda r: -r["deletedRegion"]["startLine"]):
        region = r["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:start] + r["insertedContent"]["text"] + text[end:]
    return text


def test_sarif_of_a_notebook_points_into_its_json_and_its_fix_mends_it(folder: Path) -> None:
    [result] = run_of(Path("book.ipynb"))["results"]
    location = result["locations"][0]
    raw = (folder / "book.ipynb").read_text("utf-8")
    line = raw.splitlines()[location["physicalLocation"]["region"]["startLine"] - 1]
    column = location["physicalLocation"]["region"]["startColumn"] - 1
    assert line[column:].startswith("StandardScaler().fit_transform(X)")
    assert location["logicalLocations"][0]["name"] == "cell 2, line 1"
    after = patched(raw, result["fixes"][0]["artifactChanges"][0]["replacements"])
    (folder / "book.ipynb").write_text(after, "utf-8")
    assert checked(Path("book.ipynb")).code == exits.OK
    assert json.loads(after)["cells"][2]["outputs"] == json.loads(raw)["cells"][2]["outputs"]


def test_sarif_fingerprints_do_not_depend_on_lines(folder: Path) -> None:
    path = folder / "a.py"
    path.write_text(LEAKY.replace(SCORE, SCALE + SCORE))
    before = [r["partialFingerprints"] for r in run_of(path)["results"]]
    path.write_text("# moved\n\n" + path.read_text())
    assert [r["partialFingerprints"] for r in run_of(path)["results"]] == before
    assert len({json.dumps(p) for p in before}) == 2, "two alike are told apart"


def test_sarif_of_suppressions_and_of_trouble(folder: Path) -> None:
    (folder / "a.py").write_text(LEAKY.replace(SCALE, SCALE[:-1] + "  # mlestar: ignore[L101] known\n"))
    (folder / "broken.py").write_text("def (:")
    run = run_of(Path(), show_suppressed=True)
    given = {
        r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: r["suppressions"] for r in run["results"]
    }
    assert given.pop("a.py") == [{"kind": "inSource", "justification": "known"}]
    assert set(map(str, given.values())) == {"[]"}
    [notification] = run["invocations"][0]["toolExecutionNotifications"]
    assert "broken.py: not checked: Syntax error" in notification["message"]["text"]


def test_sarif_of_a_file_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "my scripts")
    assert sarif.artifact("../book.ipynb") == {"uri": (folder / "book.ipynb").as_uri()}


def test_annotations(folder: Path) -> None:
    said = checked(Path(), format=Format.GITHUB)
    assert said.code == exits.FINDINGS
    book, script = sorted(said.out.splitlines())
    assert script.startswith(
        "::error file=my scripts/é.py,line=7,endLine=7,col=5,endColumn=38,"
        "title=L101 transformer-fitted-before-split::`StandardScaler` is fitted"
    )
    raw = (folder / "book.ipynb").read_text("utf-8").splitlines()
    line = next(n for n, text in enumerate(raw, start=1) if "StandardScaler().fit" in text)
    assert f"file=book.ipynb,line={line},endLine={line}," in book and "::Cell 2, line 1: `Standard" in book


def test_annotations_escape_what_would_end_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    [result] = [check_file(Task(str(tmp_path / "a,b:c%.py"), data=LEAKY.encode()))]
    [finding] = result.reported
    odd = replace(finding, message="100%: a,b\r\n::error::x")
    [line] = github.commands([replace(result, reported=(odd,))])
    assert "\n" not in line
    assert line.startswith("::error file=a%2Cb%3Ac%25.py,line=7,")
    assert line.endswith("::100%25: a,b%0D%0A::error::x")


def test_annotations_of_several_lines_have_no_columns() -> None:
    text = LEAKY.replace(SCALE, "X = StandardScaler().fit_transform(\n    X\n)\n")
    [line] = github.commands([check_file(Task("a.py", data=text.encode()))])
    assert "line=7,endLine=9,title=" in line
