"""Single promises of the server, over the wire: what it answers to odd clients, odd texts and odd moments."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scripts import FAST, LEAKY
from strict_editor import VSCODE, Editor, ResponseError, apply, position_at


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Editor]]:
    """Starts an editor; every one that was started is closed in order at the end."""
    editors: list[Editor] = []

    def make(**how: Any) -> Editor:
        folder = tmp_path / "project"
        folder.mkdir(exist_ok=True)
        editor = Editor(tmp_path / "state", folder, **how)
        editors.append(editor)
        return editor

    yield make
    try:
        for editor in editors:
            if editor.process.poll() is None:
                editor.close()
    finally:
        for editor in editors:
            if editor.process.poll() is None:
                editor.kill()


def fixes(editor: Editor, uri: str, diagnostic: dict[str, Any]) -> list[dict[str, Any]]:
    return editor.actions(uri, diagnostic["range"]["start"]["line"], only=["quickfix"], diagnostics=[diagnostic])


def edit_of(editor: Editor, uri: str, action: dict[str, Any]) -> str:
    """The text after an action's edit, which must be of the version that the editor has."""
    [change] = action["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": editor.versions[uri]}
    return apply(editor.texts[uri], change["edits"], editor.encoding)


# --- capabilities ---------------------------------------------------------------------------------------------


def test_a_client_that_can_nothing_gets_plain_answers(start: Callable[..., Editor]) -> None:
    editor = start(capabilities={})
    uri = editor.open(editor.folder / "train.py", LEAKY)
    found = editor.wait(lambda: editor.diagnostics.get(uri), why="diagnostics")
    [diagnostic] = found["diagnostics"]
    assert "version" not in found
    assert "relatedInformation" not in diagnostic
    assert "codeDescription" not in diagnostic
    assert "line " in diagnostic["message"], "the other half is named in the message instead"
    assert editor.titles(uri)
    line = LEAKY[: LEAKY.index("model =")].count("\n")
    assert all(isinstance(action["command"], str) for action in editor.actions(uri, line)), "commands, no literals"
    hover = editor.request(
        "textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": line, "character": 0}}
    )
    assert hover["contents"]["kind"] == "plaintext"
    assert "**" not in hover["contents"]["value"]
    assert editor.request("mlestar/apply", {"uri": uri})["applied"] is False


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_places_and_fixes_in_odd_texts(start: Callable[..., Editor], encoding: str, end: str) -> None:
    """Emoji before the place in its line, a form feed and U+2028 before it in the file, either line end."""
    capabilities = copy.deepcopy(VSCODE)
    capabilities["general"]["positionEncodings"] = [encoding, "utf-16"]
    editor = start(capabilities=capabilities)
    assert editor.encoding == encoding
    text = LEAKY.replace("X = scaler.fit_transform(X)", 'note = "👩‍👧🙂é"; X = scaler.fit_transform(X)')
    text = text.replace("# put all", "\f# \u2028 \x85 put all").replace("\n", end)
    uri = editor.open(editor.folder / "train 🙂.py", text)
    [finding] = editor.current_diagnostics(uri)
    at = text.index("scaler.fit_transform(X)")
    start_of = finding["range"]["start"]
    assert start_of in (
        position_at(text, at, encoding),
        position_at(text, text.index("X = scaler.fit"), encoding),
    )
    [disable] = [a for a in fixes(editor, uri, finding) if a["title"] == "Disable L101 for this line"]
    assert disable["kind"] == "quickfix"
    assert disable["diagnostics"] == [finding]
    expected = text.replace("scaler.fit_transform(X)", "scaler.fit_transform(X)  # mlestar: ignore[L101]")
    assert edit_of(editor, uri, disable) == expected
    editor.replace(uri, expected)
    assert editor.current_diagnostics(uri) == []


def test_typing_around_emoji_keeps_the_servers_copy_true(start: Callable[..., Editor]) -> None:
    editor = start()
    text = '"""🙂\f"""\r\n' + LEAKY
    uri = editor.open(editor.folder / "train.py", text)
    for piece in ["x", "🙂", "\r\n", "é\f", "\n", "# 👩‍👧 "]:
        at = editor.texts[uri].index('"""\r\n')
        editor.edit(uri, at, at, piece)
    at = editor.texts[uri].index("max_depth=1")
    editor.edit(uri, at, at + len("max_depth=1"), "max_depth=2")
    editor.current_diagnostics(uri)
    known = editor.request("mlestar/analysis", {"uri": uri})
    assert known["version"] == editor.versions[uri]
    for block in known["blocks"]:
        start_of, end_of = block["span"]["start"], block["span"]["end"]
        assert block["range"]["start"] == position_at(editor.texts[uri], start_of)
        assert block["range"]["end"] == position_at(editor.texts[uri], end_of)
    [model] = [b for b in known["blocks"] if b["role"] == "model"]
    assert "max_depth=2" in editor.texts[uri][model["span"]["start"] : model["span"]["end"]]


# --- documents ------------------------------------------------------------------------------------------------


def test_messages_about_documents_that_are_not_open(start: Callable[..., Editor]) -> None:
    editor = start()
    uri = (editor.folder / "never.py").as_uri()
    editor.notify(
        "textDocument/didChange", {"textDocument": {"uri": uri, "version": 3}, "contentChanges": [{"text": "x"}]}
    )
    editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    assert editor.lenses(uri) == []
    assert editor.actions(uri, 0) == []
    assert editor.request("mlestar/analysis", {"uri": uri}) is None
    place = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}
    assert editor.request("textDocument/hover", place) is None
    with pytest.raises(ResponseError, match="cannot be read"):
        editor.request("mlestar/ablate", {"uri": uri})
    with pytest.raises(ResponseError, match="cannot be read"):
        editor.command("mlestar.ablate", uri)
    assert "cannot be read" in editor.read_message()
    with pytest.raises(ResponseError, match="save it first"):
        editor.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": "untitled:One", "languageId": "python", "version": 1, "text": LEAKY}},
        )
        editor.request("mlestar/ablate", {"uri": "untitled:One"})


def test_only_the_last_of_many_quick_versions_is_shown(start: Callable[..., Editor]) -> None:
    editor = start()
    uri = editor.open(editor.folder / "train.py", LEAKY * 20)
    editor.current_diagnostics(uri)
    for number in range(30):
        editor.edit(uri, 0, 0, f"# {number}\n")
    began = time.monotonic()
    found = editor.current_diagnostics(uri)
    assert len(found) >= 1
    assert time.monotonic() - began < 20


def test_lenses_stay_while_the_text_does_not_parse(start: Callable[..., Editor]) -> None:
    editor = start()
    uri = editor.open(editor.folder / "train.py", LEAKY)
    [finding] = editor.current_diagnostics(uri)
    before = [(lens["range"]["start"]["line"], lens["command"]["title"]) for lens in editor.lenses(uri)]
    at = LEAKY.index("scaler = ")
    editor.edit(uri, at, at, "\nbroken = (\n")
    errors = editor.current_diagnostics(uri)
    assert {d["code"] for d in errors} == {"syntax-error", "L101"}
    [moved] = [d for d in errors if d["code"] == "L101"]
    assert moved["range"]["start"]["line"] == finding["range"]["start"]["line"] + 2
    after = [(lens["range"]["start"]["line"], lens["command"]["title"]) for lens in editor.lenses(uri)]
    assert [title for _, title in after] == [title for _, title in before]
    model = next(i for i, (_, title) in enumerate(before) if title == "model")
    assert after[model][0] == before[model][0] + 2
    assert not fixes(editor, uri, moved), "no edit is computed from a text that does not parse"
    editor.edit(uri, at, at + len("\nbroken = (\n"), "")
    [finding] = editor.current_diagnostics(uri)
    assert [(lens["range"]["start"]["line"], lens["command"]["title"]) for lens in editor.lenses(uri)] == before


def test_closing_a_document_clears_what_was_shown(start: Callable[..., Editor]) -> None:
    editor = start()
    uri = editor.open(editor.folder / "train.py", LEAKY)
    assert editor.current_diagnostics(uri)
    editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    editor.wait(lambda: editor.diagnostics[uri]["diagnostics"] == [], why="diagnostics go")
    del editor.versions[uri]
    uri = editor.open(editor.folder / "train.py", LEAKY)
    editor.wait(lambda: editor.diagnostics[uri]["diagnostics"], why="and come again")


def test_a_file_that_trains_nothing_gets_no_lens(start: Callable[..., Editor]) -> None:
    editor = start()
    uri = editor.open(editor.folder / "helpers.py", "import os\n\n\ndef join(a, b):\n    return os.path.join(a, b)\n")
    assert editor.current_diagnostics(uri) == []
    assert editor.lenses(uri) == []


@pytest.mark.parametrize(
    "text",
    ["", "\ufeff", "\x00", "print 'old'\n", "def f(:\n", "\f", "(" * 500, "x = 1 # mlestar: block a role=nonsense\n"],
)
def test_every_text_is_answered(start: Callable[..., Editor], text: str) -> None:
    editor = start()
    uri = editor.open(editor.folder / "odd.py", text)
    for diagnostic in editor.current_diagnostics(uri):
        assert diagnostic["message"]
    editor.lenses(uri)
    editor.actions(uri, 0)
    editor.command("mlestar.showReport", uri)


def test_a_directive_that_is_not_understood_is_shown(start: Callable[..., Editor]) -> None:
    editor = start()
    uri = editor.open(editor.folder / "train.py", LEAKY + "# mlestar: block a role=nonsense\n")
    codes = {d["code"]: d for d in editor.current_diagnostics(uri)}
    assert codes.keys() == {"L101", "bad-directive"}
    assert "nonsense" in codes["bad-directive"]["message"]


def test_stale_fixes_are_made_anew_for_the_text_as_it_is(start: Callable[..., Editor]) -> None:
    editor = start()
    uri = editor.open(editor.folder / "train.py", LEAKY)
    [stale] = editor.current_diagnostics(uri)
    editor.edit(uri, 0, 0, "# 🙂\n")
    moved = copy.deepcopy(stale)
    for side in ("start", "end"):
        moved["range"][side]["line"] += 1  # editors move a diagnostic along with the text
    [disable] = [a for a in fixes(editor, uri, moved) if a["title"].startswith("Disable")]
    assert "fit_transform(X)  # mlestar: ignore[L101]\n" in edit_of(editor, uri, disable)


def test_helpers_without_a_role_get_no_lens(start: Callable[..., Editor]) -> None:
    editor = start()
    helper = "\n\ndef banner(text):\n    return '=' * len(text)\n\n\nX, y = load"
    text = LEAKY.replace("\nX, y = load", helper)
    uri = editor.open(editor.folder / "train.py", text)
    editor.current_diagnostics(uri)
    line = text[: text.index("def banner")].count("\n")
    assert line not in {lens["range"]["start"]["line"] for lens in editor.lenses(uri)}


# --- settings and trust ---------------------------------------------------------------------------------------


def test_settings_are_taken_from_everywhere_and_read_again(start: Callable[..., Editor]) -> None:
    editor = start(configuration={"mlestar": {"ignore": ["L101"], "budget": "nonsense", "noSuch": 1}})
    uri = editor.open(editor.folder / "train.py", LEAKY)
    editor.wait(lambda: editor.diagnostics.get(uri, {}).get("diagnostics") == [], why="the rule is ignored")
    warned = editor.wait(
        lambda: [e["message"] for e in editor.log if e["type"] == 2 and "nonsense" in e["message"]], why="a warning"
    )
    assert len(warned) == 1
    assert any("noSuch" in entry["message"] for entry in editor.log)
    editor.configuration = {"mlestar": {"codeLens": False}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait(lambda: editor.diagnostics[uri]["diagnostics"], why="the rule is back")
    assert editor.lenses(uri) == []
    editor.configuration = {"mlestar": {"codeLens": True}}
    editor.notify("workspace/didChangeConfiguration", {"settings": {}})
    editor.wait(lambda: editor.lenses(uri), why="lenses are back")
    (editor.folder / "pyproject.toml").write_text('[tool.mlestar]\nignore = ["L101"]\n')
    editor.notify(
        "workspace/didChangeWatchedFiles",
        {"changes": [{"uri": (editor.folder / "pyproject.toml").as_uri(), "type": 1}]},
    )
    editor.wait(lambda: editor.diagnostics[uri]["diagnostics"] == [], why="pyproject.toml is read")


def test_settings_of_a_client_that_pushes_them(start: Callable[..., Editor]) -> None:
    editor = start(capabilities={}, options={"ignore": ["L101"]})
    uri = editor.open(editor.folder / "train.py", LEAKY)
    editor.wait(lambda: editor.diagnostics.get(uri, {}).get("diagnostics") == [], why="the rule is ignored")
    editor.notify("workspace/didChangeConfiguration", {"settings": {"mlestar": {"ignore": []}}})
    editor.wait(lambda: editor.diagnostics[uri]["diagnostics"], why="the rule is back")
    for nonsense in (None, [], "x", {"mlestar": 5}, {"mlestar": {"ignore": {"a": 1}}}):
        editor.notify("workspace/didChangeConfiguration", {"settings": nonsense})
    assert editor.titles(uri)


def test_nothing_is_run_in_a_workspace_that_is_not_trusted(start: Callable[..., Editor]) -> None:
    editor = start(options={**FAST, "trusted": False})
    path = editor.folder / "train.py"
    path.write_text(LEAKY, "utf-8")
    uri = editor.open(path)
    assert editor.current_diagnostics(uri), "analysis needs no trust"
    with pytest.raises(ResponseError, match="trust"):
        editor.request("mlestar/ablate", {"uri": uri})
    with pytest.raises(ResponseError, match="trust"):
        editor.command("mlestar.optimise", uri)
    assert "trust" in editor.read_message()
    line = LEAKY[: LEAKY.index("model =")].count("\n")
    [action] = editor.actions(uri, line, only=["refactor"])
    assert "trusted" in action["disabled"]["reason"]
    assert editor.actions(uri, line, only=["source.mlestar"]) == [], "nothing that runs is offered"
    editor.notify("workspace/didChangeConfiguration", {"settings": {"mlestar": {"trusted": True}}})
    editor.wait(lambda: "disabled" not in editor.actions(uri, line, only=["refactor"])[0], why="trust is granted")


# --- actions --------------------------------------------------------------------------------------------------


def test_actions_are_filtered_by_kind(start: Callable[..., Editor]) -> None:
    editor = start()
    uri = editor.open(editor.folder / "train.py", LEAKY)
    [finding] = editor.current_diagnostics(uri)
    line = finding["range"]["start"]["line"]

    def kinds(only: list[str] | None) -> set[str]:
        return {action["kind"] for action in editor.actions(uri, line, only=only, diagnostics=[finding])}

    assert kinds(["quickfix"]) == {"quickfix"}
    assert kinds(["refactor"]) == kinds(["refactor.rewrite"]) == {"refactor.rewrite.mlestar"}
    assert kinds(["refactor.extract"]) == set()
    assert {"quickfix", "refactor.rewrite.mlestar"} <= kinds(None)
    assert kinds(["source.fixAll"]) <= {"source.fixAll.mlestar"}
    assert kinds(["source.organizeImports"]) == set()


def test_an_editor_without_lenses_gets_the_studies_of_the_script_as_actions(start: Callable[..., Editor]) -> None:
    editor = start()
    uri = editor.open(editor.folder / "train.py", LEAKY)
    plain = editor.open(editor.folder / "plain.py", "import os\n\nprint(os.name)\n")
    editor.current_diagnostics(uri)
    [run] = editor.actions(uri, 0, only=["source.mlestar"])
    assert (run["title"], run["command"]["command"]) == ("Run ablation", "mlestar.ablate")
    assert run["command"]["arguments"] == [uri]
    assert run in editor.actions(uri, 2), "on every line, whatever the cursor is on"
    assert editor.actions(plain, 0) == [], "not in a program that trains nothing"


def test_the_split_and_the_metric_are_not_offered_for_rewriting(start: Callable[..., Editor]) -> None:
    editor = start()
    uri = editor.open(editor.folder / "train.py", LEAKY)
    editor.current_diagnostics(uri)
    line = LEAKY[: LEAKY.index("X_train,")].count("\n")
    [action] = editor.actions(uri, line, only=["refactor"])
    assert action["disabled"]["reason"]
    assert "command" not in action


def test_an_edit_that_the_editor_refuses_is_told(start: Callable[..., Editor]) -> None:
    editor = start()
    uri = editor.open(editor.folder / "train.py", LEAKY)
    editor.current_diagnostics(uri)
    result = editor.command("mlestar.apply", uri)
    assert result["applied"] is False
    assert editor.read_message() == result["reason"]
    action = {"title": "Apply", "data": {"uri": uri, "studyId": "gone", "planId": "x"}}
    with pytest.raises(ResponseError, match="not in the journal"):
        editor.request("codeAction/resolve", action)
    assert "not in the journal" in editor.read_message()


# --- notebooks ------------------------------------------------------------------------------------------------


def open_notebook(editor: Editor, cells: list[str]) -> tuple[str, list[str]]:
    notebook = (editor.folder / "explore.ipynb").as_uri()
    uris = [f"vscode-notebook-cell:{notebook[5:]}#c{number}" for number in range(len(cells))]
    for uri, text in zip(uris, cells, strict=True):
        editor.texts[uri], editor.versions[uri] = text, 1
    editor.notify(
        "notebookDocument/didOpen",
        {
            "notebookDocument": {
                "uri": notebook,
                "notebookType": "jupyter-notebook",
                "version": 1,
                "cells": [{"kind": 2, "document": uri} for uri in uris],
            },
            "cellTextDocuments": [
                {"uri": uri, "languageId": "python", "version": 1, "text": text}
                for uri, text in zip(uris, cells, strict=True)
            ],
        },
    )
    return notebook, uris


def test_the_cells_of_a_notebook_are_one_script(start: Callable[..., Editor]) -> None:
    editor = start()
    cells = [
        "%matplotlib inline\nimport numpy as np",
        LEAKY[LEAKY.index("from sklearn.datasets") : LEAKY.index("# put all")].rstrip(),
        LEAKY[LEAKY.index("# put all") : LEAKY.index("X_train,")].rstrip(),
        LEAKY[LEAKY.index("X_train,") :].rstrip(),
    ]
    notebook, uris = open_notebook(editor, cells)
    [finding] = editor.current_diagnostics(uris[2])
    assert finding["code"] == "L101"
    assert finding["range"]["start"]["line"] == cells[2][: cells[2].index("X = scaler")].count("\n")
    assert {related["location"]["uri"] for related in finding["relatedInformation"]} == {uris[3]}
    assert editor.current_diagnostics(uris[3]) == []
    assert "Optimise this block" in editor.titles(uris[3])
    assert "Run ablation" in editor.titles(uris[0])
    assert "Run ablation" not in editor.titles(uris[1])
    [disable] = [a for a in fixes(editor, uris[2], finding) if a["title"].startswith("Disable")]
    assert edit_of(editor, uris[2], disable) == cells[2] + "  # mlestar: ignore[L101]"
    known = editor.request("mlestar/analysis", {"uri": uris[1]})
    assert known["uri"] == notebook

    # typing in a cell
    editor.versions[uris[2]] = 2
    editor.texts[uris[2]] = cells[2] + "  # mlestar: ignore[L101]"
    end = position_at(cells[2], len(cells[2]))
    editor.notify(
        "notebookDocument/didChange",
        {
            "notebookDocument": {"uri": notebook, "version": 2},
            "change": {
                "cells": {
                    "textContent": [
                        {
                            "document": {"uri": uris[2], "version": 2},
                            "changes": [{"range": {"start": end, "end": end}, "text": "  # mlestar: ignore[L101]"}],
                        }
                    ]
                }
            },
        },
    )
    assert editor.current_diagnostics(uris[2]) == []
    editor.notify(
        "notebookDocument/didClose",
        {"notebookDocument": {"uri": notebook}, "cellTextDocuments": [{"uri": uri} for uri in uris]},
    )


# --- life cycle -----------------------------------------------------------------------------------------------


def test_a_wire_of_other_headers_and_ids(start: Callable[..., Editor]) -> None:
    editor = start()
    editor.send_raw(b'{"jsonrpc":"2.0","id":999,"method":"no/such","params":{}}', header="content-length")
    editor.wait(lambda: editor.violations, why="the answer to a request that this editor does not know of")
    assert "unasked response to 999" in editor.violations.pop()
    with pytest.raises(ResponseError) as caught:
        editor.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    assert caught.value.code == -32600


def test_requests_after_shutdown_get_an_answer(start: Callable[..., Editor]) -> None:
    editor = start()
    assert editor.request("shutdown") is None
    with pytest.raises(ResponseError) as caught:
        editor.request("textDocument/codeLens", {"textDocument": {"uri": "file:///x.py"}})
    assert caught.value.code == -32600
    editor.notify("exit", None)
    assert editor.process.wait(10) == 0
    editor.check()
