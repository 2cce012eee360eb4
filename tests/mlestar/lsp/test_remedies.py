"""What an editor can do about findings: all fixes at once, those of one rule, unused comments, notes on notebooks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from lsp_conversation import Conversation, conversation

from cst_tools.edits import apply_edits
from cst_tools.positions import LineIndex
from cst_tools.rules import check
from cst_tools.script import Script
from cst_tools.types import Edit, Span

LEAKY = """\
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

X, y = load_wine(return_X_y=True)
X = StandardScaler().fit_transform(X)
X = PCA(5).fit_transform(X)
A, B, a, b = train_test_split(X, y, random_state=0)
model = LogisticRegression().fit(A, a)  # mlestar: ignore[L302]
print(model.score(B, b))
"""
CAPABILITIES = {
    "workspace": {"workspaceEdit": {"documentChanges": True}},
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}},
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        }
    },
}


@pytest.fixture(autouse=True)
async def closing(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Ends the sessions that a test began."""
    begun: list[Conversation] = []
    initialize = Conversation.initialize

    async def remembered(self: Conversation, *args: Any) -> dict[str, Any]:
        begun.append(self)
        return await initialize(self, *args)

    monkeypatch.setattr(Conversation, "initialize", remembered)
    yield
    for talk in begun:
        await talk.server.session.close()


async def opened(folder: Path, text: str, capabilities: dict[str, Any] | None = None) -> tuple[Conversation, str]:
    talk = conversation()
    await talk.initialize(CAPABILITIES if capabilities is None else capabilities)
    uri = (folder / "train.py").as_uri()
    talk.open(uri, text)
    await talk.until(lambda: shown(talk, uri))
    return talk, uri


def shown(talk: Conversation, uri: str) -> list[dict[str, Any]]:
    """The diagnostics of a document as they are now."""
    published = [p["diagnostics"] for p in talk.heard("textDocument/publishDiagnostics") if p["uri"] == uri]
    return list(published[-1]) if published else []


async def actions(
    talk: Conversation, uri: str, only: list[str] | None, diagnostics: list[dict[str, Any]], trigger: int = 1
) -> list[dict[str, Any]]:
    place = diagnostics[0]["range"] if diagnostics else {"start": {"line": 0, "character": 0}}
    context: dict[str, Any] = {"diagnostics": diagnostics, "triggerKind": trigger}
    if only is not None:
        context["only"] = only
    start = place["start"]
    response = await talk.request(
        "textDocument/codeAction",
        {"textDocument": {"uri": uri}, "range": {"start": start, "end": start}, "context": context},
    )
    return list(response["result"] or [])


def applied(text: str, edit: dict[str, Any]) -> str:
    [document] = edit["documentChanges"]
    index = LineIndex(text)

    def offset(position: dict[str, int]) -> int:
        return index.from_position(position["line"], position["character"])

    edits = [
        Edit(Span(offset(e["range"]["start"]), offset(e["range"]["end"])), e["newText"]) for e in document["edits"]
    ]
    return apply_edits(text, edits)


async def test_all_safe_fixes_at_once(tmp_path: Path) -> None:
    talk, uri = await opened(tmp_path, LEAKY)
    assert [d["code"] for d in shown(talk, uri)] == ["L101", "L101", "S001"]
    [action] = await actions(talk, uri, ["source.fixAll"], [])
    assert action["kind"] == "source.fixAll.mlestar"
    after = applied(LEAKY, action["edit"])
    assert check(Script.parse(after)) == ()
    assert "mlestar" not in after


async def test_the_fixes_of_one_rule_when_the_action_is_chosen(tmp_path: Path) -> None:
    talk, uri = await opened(tmp_path, LEAKY)
    offered = [a for d in shown(talk, uri) for a in await actions(talk, uri, ["quickfix"], [d])]
    every = next(a for a in offered if a["title"] == "Fix all L101 that have a safe fix")
    assert "edit" not in every
    resolved = (await talk.request("codeAction/resolve", every))["result"]
    assert [f.code for f in check(Script.parse(applied(LEAKY, resolved["edit"])))] == ["S001"]


async def test_a_rule_that_is_mended_meanwhile_is_refused_in_words(tmp_path: Path) -> None:
    talk, uri = await opened(tmp_path, LEAKY)
    talk.change(uri, 2, {"text": "x = 1\n"})
    action = {"title": "Fix all L101", "data": {"uri": uri, "fixAll": "L101"}}
    error = (await talk.request("codeAction/resolve", action))["error"]
    assert "no safe fix of L101 left" in error["message"]


@pytest.mark.parametrize(("only", "trigger", "offered"), [(None, 1, True), (None, 2, False), (["source"], 2, True)])
async def test_a_move_of_the_cursor_does_not_fix_the_file(
    tmp_path: Path, only: list[str] | None, trigger: int, offered: bool
) -> None:
    talk, uri = await opened(tmp_path, "x = 1  # mlestar: ignore[L101]\n")
    talk.server.session.knowledge = _nothing  # type: ignore[method-assign]  # no engine here
    kinds = [action["kind"] for action in await actions(talk, uri, only, [], trigger)]
    assert ("source.fixAll.mlestar" in kinds) is offered


async def _nothing(uri: str, patience: float | None = None) -> None:
    return None


async def test_an_unused_comment_has_a_quick_fix(tmp_path: Path) -> None:
    text = "x = 1  # mlestar: ignore[L101]\n"
    talk, uri = await opened(tmp_path, text)
    [finding] = shown(talk, uri)
    assert (finding["code"], finding["severity"]) == ("S001", 3)
    titles = {a["title"]: a for a in await actions(talk, uri, ["quickfix"], [finding])}
    assert applied(text, titles["Remove the suppression"]["edit"]) == "x = 1\n"


async def test_codes_are_ignored_by_path(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mlestar.per-path-ignores]\n"old/*" = ["L101", "S001"]\n')
    (tmp_path / "old").mkdir()
    talk, uri = await opened(tmp_path, LEAKY)
    old = (tmp_path / "old" / "train.py").as_uri()
    talk.open(old, LEAKY)
    await talk.until(lambda: [p for p in talk.heard("textDocument/publishDiagnostics") if p["uri"] == old])
    assert shown(talk, old) == []
    assert [d["code"] for d in shown(talk, uri)] == ["L101", "L101", "S001"]


def cell(uri: str, order: int | None) -> dict[str, Any]:
    described: dict[str, Any] = {"kind": 2, "document": uri}
    return described if order is None else {**described, "executionSummary": {"executionOrder": order}}


async def test_a_notebook_that_was_run_out_of_order_is_noted_when_the_editor_tells(tmp_path: Path) -> None:
    talk = conversation()
    await talk.initialize(CAPABILITIES)
    notebook = (tmp_path / "a.ipynb").as_uri()
    uris = [f"vscode-notebook-cell:{notebook[5:]}#c{number}" for number in range(2)]
    talk.notify(
        "notebookDocument/didOpen",
        {
            "notebookDocument": {
                "uri": notebook,
                "notebookType": "jupyter-notebook",
                "version": 1,
                "cells": [cell(uri, None) for uri in uris],
            },
            "cellTextDocuments": [
                {"uri": uri, "languageId": "python", "version": 1, "text": f"x{n} = {n}\n"}
                for n, uri in enumerate(uris)
            ],
        },
    )
    await talk.until(lambda: talk.heard("textDocument/publishDiagnostics"))
    assert [shown(talk, uri) for uri in uris] == [[], []]

    async def ran(orders: tuple[int, int], version: int) -> None:
        before = len(talk.heard("textDocument/publishDiagnostics"))
        data = [cell(uri, order) for uri, order in zip(uris, orders, strict=True)]
        change = {"cells": {"data": data}}
        talk.notify(
            "notebookDocument/didChange",
            {"notebookDocument": {"uri": notebook, "version": version}, "change": change},
        )
        await talk.until(lambda: len(talk.heard("textDocument/publishDiagnostics")) > before + 1)

    await ran((5, 3), 2)
    assert shown(talk, uris[0]) == []
    [note] = shown(talk, uris[1])
    assert note["code"] == "N001" and note["message"].startswith("Cell 2 was last run (In [3]) before cell 1")
    await ran((6, 7), 3)
    assert [shown(talk, uri) for uri in uris] == [[], []]
