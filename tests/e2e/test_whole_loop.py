"""What a person does with an editor, from opening a script to the applied rewrite and the next morning."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import processes
import pytest
from scripts import FAST, LEAKY, SLOW
from strict_editor import Editor, ResponseError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "my projects ü" / "tumours"
    place.mkdir(parents=True)
    return place


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "state"


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def block_of(editor: Editor, uri: str, role: str) -> dict[str, Any]:
    known = editor.request("mlestar/analysis", {"uri": uri})
    [block] = [block for block in known["blocks"] if block["role"] == role]
    return dict(block)


def finished_runs(editor: Editor) -> int:
    return max((study["done"] for study in editor.studies), default=0)


@pytest.fixture
def guarded() -> Iterator[list[Editor]]:
    """Editors that are killed at the end whatever happens."""
    editors: list[Editor] = []
    yield editors
    for editor in editors:
        if editor.process.poll() is None:
            editor.kill()


def test_from_opening_a_script_to_the_applied_rewrite(folder: Path, home: Path, guarded: list[Editor]) -> None:
    script = folder / "train.py"
    script.write_text(SLOW, "utf-8")
    before = fingerprint(folder)
    editor = Editor(home, folder, options=FAST)
    guarded.append(editor)

    # open: the finding and the lenses
    uri = editor.open(script)
    [finding] = editor.current_diagnostics(uri)
    assert finding["code"] == "L101"
    assert finding["source"] == "mlestar"
    assert finding["codeDescription"]["href"].startswith("file://")
    assert finding["relatedInformation"]
    titles = editor.titles(uri)
    assert any("accuracy" in title and "higher is better" in title for title in titles)
    assert "Run ablation" in titles
    assert titles.count("Optimise this block") >= 2
    assert not any("impact" in title for title in titles)

    # ablate, as the lens does, with progress; and cancel it there once two runs are done
    [run] = [lens["command"] for lens in editor.lenses(uri) if lens["command"]["title"] == "Run ablation"]
    number, answer = editor.start("workspace/executeCommand", run)
    editor.wait(lambda: finished_runs(editor) >= 2, 120, "two runs")
    [token] = editor.progress
    assert editor.progress[token][0]["cancellable"] is True
    assert any("run " in (value.get("message") or "") for value in editor.progress[token])
    assert any("cancel" in title for title in editor.titles(uri))
    known = editor.wait(lambda: processes.of_server(editor.process.pid), 30, "a run under way")
    finished = finished_runs(editor)
    editor.notify("window/workDoneProgress/cancel", {"token": token})
    with pytest.raises(ResponseError) as caught:
        answer.result(10)
    assert caught.value.code == -32800
    processes.wait_until_gone(known, home, 2, spare=editor.process.pid)
    assert editor.progress[token][-1]["kind"] == "end"

    # the request itself can be cancelled as well
    number, answer = editor.start("mlestar/ablate", {"uri": uri, "workDoneToken": editor.token("mine")})
    editor.wait(lambda: len(editor.progress.get("mine", ())) >= 2, 60, "progress under the client's token")
    known = processes.of_server(editor.process.pid)
    editor.cancel(number)
    with pytest.raises(ResponseError) as caught:
        answer.result(10)
    assert caught.value.code == -32800
    processes.wait_until_gone(known, home, 2, spare=editor.process.pid)

    # ablate again: what was finished is reused
    report = editor.request("mlestar/ablate", {"uri": uri}, 280)
    assert report["problem"] is None
    assert report["complete"] is True
    assert report["cost"]["reused"] >= finished
    assert report["baseline"]["mean"] > 0.8
    impacts = {impact["role"]: impact for impact in report["impacts"]}
    assert impacts["model"]["mean"] > 0.1
    runs_in_all = report["cost"]["runs"] + report["cost"]["reused"]

    # and once more: nothing is left to run
    again = editor.request("mlestar/ablate", {"uri": uri}, 280)
    assert again["cost"]["runs"] == 0
    assert again["cost"]["reused"] == runs_in_all
    assert [i["mean"] for i in again["impacts"]] == [i["mean"] for i in report["impacts"]]
    assert any("impact +" in title and "rank 1 of" in title for title in editor.titles(uri))
    editor.wait(lambda: editor.refreshes, 5, "lenses are asked to be refreshed")

    # optimise the model with one plan from the menu
    block = block_of(editor, uri, "model")
    line = SLOW[: SLOW.index("model =")].count("\n")
    menu = editor.actions(uri, line, only=["refactor.rewrite"])
    assert menu[0]["title"] == "Optimise this block (model)"
    assert menu[0]["command"]["arguments"] == [uri, block["id"]]
    plans = {action["command"]["arguments"][2]: action for action in menu[1:]}
    assert "playbook/hist-gradient-boosting" in plans
    chosen = plans["playbook/hist-gradient-boosting"]["command"]
    refinement = editor.command(chosen["command"], *chosen["arguments"])
    assert refinement["problem"] is None
    best = refinement["best"]
    assert best is not None, refinement["candidates"]
    assert best["confirmed"]["low"] > 0
    assert "Confirmed gain +" in editor.read_message()
    assert fingerprint(folder) == before, "a study leaves the user's folder as it was"

    # the measured rewrite is offered, resolved late, and refused for a text that has moved on too far
    menu = editor.actions(uri, line, only=["refactor.rewrite.mlestar"])
    [offer] = [action for action in menu if action["title"].startswith("Apply measured rewrite: +")]
    assert "edit" not in offer
    resolved = editor.request("codeAction/resolve", offer)
    [change] = resolved["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": editor.versions[uri]}

    # the text moves on elsewhere: the block is found again, the rewrite lands where it now is
    at = editor.texts[uri].index("# put all columns")
    editor.edit(uri, at, at, "# 🙂 a remark\n\n")
    text = editor.texts[uri]
    [imports] = [b for b in editor.request("mlestar/analysis", {"uri": uri})["blocks"] if b["id"] == "imports"]
    result = editor.command("mlestar.apply", uri, refinement["studyId"])
    assert result == {"applied": True, "reason": None}
    new = editor.texts[uri]
    assert "HistGradientBoostingClassifier(" in new
    assert new.index("# 🙂 a remark") < new.index("scaler = ")
    compile(new, "train.py", "exec")

    # outside the two patched blocks every character is the same
    [patch] = [p for p in best["rewrite"]["patches"] if p["blockId"] == block["id"]]
    old_model = SLOW[block["span"]["start"] : block["span"]["end"]]
    import_end = imports["span"]["end"]
    assert text[import_end:].replace(old_model, "", 1) == new[new.index("\n\nX, y = load") :].replace(
        patch["newCode"], "", 1
    )
    assert new.startswith(text[: imports["span"]["start"]])
    assert script.read_text("utf-8") == SLOW, "the editor saves, not the server"

    # applied twice is refused, with the reason
    result = editor.command("mlestar.apply", uri, refinement["studyId"])
    assert result["applied"] is False
    assert editor.read_message() == result["reason"]

    # undo
    editor.replace(uri, SLOW)
    editor.current_diagnostics(uri)

    # the next morning: another process, the same results
    editor.close()
    processes.wait_until_gone(set(), home, 5)
    editor = Editor(home, folder, options=FAST)
    guarded.append(editor)
    uri = editor.open(script)
    titles = editor.titles(uri)
    assert any("impact +" in title for title in titles)
    assert any(title.startswith("Apply measured rewrite: +") for title in titles)
    hover = editor.request(
        "textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": line, "character": 1}}
    )
    assert "better" in hover["contents"]["value"]
    assert "(confirmed)" in hover["contents"]["value"]
    report = editor.command("mlestar.showReport", uri)["text"]
    assert "## Ablation" in report
    assert "Confirmed" in report
    assert editor.shown
    editor.close()
    assert fingerprint(folder) == before


def test_killing_the_server_leaves_no_process_and_loses_no_run(folder: Path, home: Path, guarded: list[Editor]) -> None:
    script = folder / "train.py"
    script.write_text(SLOW, "utf-8")
    editor = Editor(home, folder, options=FAST)
    guarded.append(editor)
    uri = editor.open(script)
    editor.start("mlestar/ablate", {"uri": uri})
    editor.wait(lambda: finished_runs(editor) >= 2, 120, "two runs")
    known = editor.wait(lambda: processes.of_server(editor.process.pid), 30, "the next run")
    finished = finished_runs(editor)
    editor.kill()
    processes.wait_until_gone(known, home, 5)

    editor = Editor(home, folder, options=FAST)
    guarded.append(editor)
    uri = editor.open(script)
    report = editor.request("mlestar/ablate", {"uri": uri}, 280)
    assert report["cost"]["reused"] >= finished
    assert report["complete"] is True
    editor.close()


def test_closing_the_editor_in_a_study_leaves_no_process(folder: Path, home: Path, guarded: list[Editor]) -> None:
    script = folder / "train.py"
    script.write_text(LEAKY.replace("model.fit(", "time.sleep(60)\nmodel.fit("), "utf-8")
    editor = Editor(home, folder, options=FAST)
    guarded.append(editor)
    uri = editor.open(script)
    _, answer = editor.start("mlestar/ablate", {"uri": uri})
    editor.wait(lambda: processes.of_server(editor.process.pid), 60, "a run")
    time.sleep(0.5)
    known = processes.of_server(editor.process.pid)
    began = time.monotonic()
    editor.close()
    assert time.monotonic() - began < 5
    processes.wait_until_gone(known, home, 2)
    with pytest.raises(ResponseError) as caught:
        answer.result(1)
    assert caught.value.code == -32800


def test_one_study_a_file_and_the_queue_can_be_seen(folder: Path, home: Path, guarded: list[Editor]) -> None:
    script = folder / "train.py"
    script.write_text(LEAKY.replace("model.fit(", "time.sleep(60)\nmodel.fit("), "utf-8")
    editor = Editor(home, folder, options=FAST)
    guarded.append(editor)
    uri = editor.open(script)
    block = block_of(editor, uri, "model")
    _, first = editor.start("mlestar/ablate", {"uri": uri})
    editor.wait(lambda: any(s["state"] == "running" for s in editor.studies), 30, "the first study")
    _, second = editor.start("mlestar/optimise", {"uri": uri, "blockId": block["id"]})
    _, joined = editor.start("mlestar/optimise", {"uri": uri, "blockId": block["id"]})
    editor.wait(
        lambda: any(s["state"] == "queued" and s["kind"] == "refinement" for s in editor.studies), 30, "the second"
    )
    known = editor.request("mlestar/analysis", {"uri": uri})
    assert [study["state"] for study in known["studies"]] == ["running", "queued"]
    assert any("queued" in title for title in editor.titles(uri))
    assert editor.request("mlestar/cancel", {"uri": uri}) == {"cancelled": 2}
    for answer in (first, second, joined):
        with pytest.raises(ResponseError) as caught:
            answer.result(10)
        assert caught.value.code == -32800
    assert editor.request("mlestar/cancel", {}) == {"cancelled": 0}
    editor.close()
