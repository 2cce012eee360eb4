"""The whole loop through pytest-lsp, as any editor's client library would do it.

The strict editor of `test_whole_loop` looks at every message; here an independent client (pytest-lsp over pygls) speaks
to the same server process over stdio with typed requests only.
"""

from __future__ import annotations

import ast
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest_lsp
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from scripts import FAST, SLOW

HOME = Path(tempfile.mkdtemp(prefix="mlestar-pytest-lsp-"))


@pytest_lsp.fixture(
    config=ClientServerConfig(
        server_command=[sys.executable, "-m", "mlestar", "lsp"],
        server_env={**os.environ, "MLESTAR_HOME": str(HOME)},
    )
)
async def client(lsp_client: LanguageClient) -> Any:
    # what the capabilities below promise and pytest-lsp leaves to the test
    @lsp_client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    def register(params: lsp.RegistrationParams) -> None:
        return None

    @lsp_client.feature(lsp.WORKSPACE_CODE_LENS_REFRESH)
    def refresh(*_: object) -> None:
        return None

    lsp_client.set_configuration({"mlestar": FAST})
    await lsp_client.initialize_session(
        lsp.InitializeParams(
            capabilities=client_capabilities("visual-studio-code"),
            workspace_folders=[lsp.WorkspaceFolder(uri=HOME.as_uri(), name="project")],
            initialization_options=FAST,
        )
    )
    yield
    await lsp_client.shutdown_session()


async def until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    for _ in range(int(seconds / 0.05)):
        if found := condition():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


def applied(text: str, edit: lsp.WorkspaceEdit) -> str:
    """``text`` after the edit, whose places are UTF-16 columns of this client's document."""
    [change] = edit.document_changes or []
    assert isinstance(change, lsp.TextDocumentEdit) and change.text_document.version == 1
    lines = text.splitlines(keepends=True)

    def offset(position: lsp.Position) -> int:
        before = sum(map(len, lines[: position.line]))
        line = lines[position.line] if position.line < len(lines) else ""
        return before + len(line.encode("utf-16-le")[: 2 * position.character].decode("utf-16-le"))

    for one in sorted(change.edits, key=lambda e: offset(e.range.start), reverse=True):
        assert isinstance(one, (lsp.TextEdit, lsp.AnnotatedTextEdit))
        text = text[: offset(one.range.start)] + one.new_text + text[offset(one.range.end) :]
    return text


async def titles(client: LanguageClient, uri: str) -> list[str]:
    lenses = await client.text_document_code_lens_async(lsp.CodeLensParams(lsp.TextDocumentIdentifier(uri)))
    found = []
    for lens in lenses or []:
        done = lens if lens.command else await client.code_lens_resolve_async(lens)
        assert done.command is not None
        found.append(done.command.title)
    return found


async def test_from_a_finding_to_the_applied_rewrite(client: LanguageClient) -> None:
    folder = HOME / "project"
    folder.mkdir()
    script = folder / "train.py"
    script.write_text(SLOW, "utf-8")
    uri = script.as_uri()
    client.text_document_did_open(
        lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "python", version=1, text=SLOW))
    )

    # diagnostics and lenses
    await until(lambda: client.diagnostics.get(uri), 60, "diagnostics")
    [finding] = client.diagnostics[uri]
    assert finding.code == "L101" and finding.related_information
    assert "Run ablation" in await titles(client, uri)

    # ablate with progress; cancel through it once a run is done
    def command(name: str, *arguments: Any) -> asyncio.Future[Any]:
        params = lsp.ExecuteCommandParams(command=name, arguments=list(arguments))
        return asyncio.ensure_future(client.workspace_execute_command_async(params))

    running = command("mlestar.ablate", uri)

    def reports() -> list[str]:
        values = [value for found in client.progress_reports.values() for value in found]
        return [v.message or "" for v in values if isinstance(v, lsp.WorkDoneProgressReport)]

    await until(lambda: any("run 2" in message or "run 3" in message for message in reports()), 120, "progress")
    [token] = client.progress_reports
    client.window_work_done_progress_cancel(lsp.WorkDoneProgressCancelParams(token=token))
    try:
        await asyncio.wait_for(running, 15)
        raise AssertionError("a cancelled study answers with an error")
    except JsonRpcException as error:
        assert error.code == lsp.LSPErrorCodes.RequestCancelled

    # again: resumed, and the third time nothing runs
    resumed = await command("mlestar.ablate", uri)
    assert resumed["problem"] is None and resumed["complete"] and resumed["cost"]["reused"] >= 1
    third = await command("mlestar.ablate", uri)
    assert third["cost"]["runs"] == 0
    assert third["cost"]["reused"] == resumed["cost"]["runs"] + resumed["cost"]["reused"]
    assert any("impact" in title for title in await titles(client, uri))

    # optimise the model with a plan from the menu
    line = SLOW[: SLOW.index("model =")].count("\n")
    place = lsp.Range(lsp.Position(line, 0), lsp.Position(line, 0))

    async def menu(*only: str) -> list[lsp.CodeAction | lsp.Command]:
        context = lsp.CodeActionContext(diagnostics=[], only=list(only))
        params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), place, context)
        found = await client.text_document_code_action_async(params)
        return list(found or [])

    # lsprotocol 2025.0.0 reads an action that has a command as a Command, whose own ``command`` is then its text
    commands = [ast.literal_eval(a.command) for a in await menu("refactor.rewrite") if isinstance(a, lsp.Command)]
    [boosting] = [c for c in commands if "playbook/hist-gradient-boosting" in c["arguments"]]
    refinement = await command(boosting["command"], *boosting["arguments"])
    best = refinement["best"]
    assert best is not None and best["confirmed"]["low"] > 0, refinement["candidates"]

    # apply: the resolved edit names the version, and touches nothing outside its lines
    offers = [a for a in await menu("refactor.rewrite.mlestar") if a.title.startswith("Apply measured rewrite")]
    [offer] = [a for a in offers if isinstance(a, lsp.CodeAction)]
    resolved = await client.code_action_resolve_async(offer)
    assert resolved.edit is not None
    after = applied(SLOW, resolved.edit)
    assert "HistGradientBoostingClassifier(" in after and after != SLOW
    compile(after, "train.py", "exec")
    kept = [text for text in SLOW.splitlines() if "DecisionTreeClassifier" not in text]
    assert [text for text in after.splitlines() if text in kept] == kept
    assert script.read_text("utf-8") == SLOW, "nothing but the editor writes the user's file"
    assert not client.error
