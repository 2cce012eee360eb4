"""One test for each defect of pygls that the hardened layer closes."""

from __future__ import annotations

import asyncio
import io
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lsp_conversation import Conversation, conversation
from lsprotocol import types as lsp
from pygls.feature_manager import is_thread_function
from pygls.workspace import PositionCodec

from mlestar.lsp.hardened import Document
from mlestar.lsp.transport import read_message


def document(text: str, encoding: str = "utf-16") -> Document:
    return Document("file:///s.py", text, 1, position_codec=PositionCodec(lsp.PositionEncodingKind(encoding)))


def change(start: tuple[int, int], end: tuple[int, int], text: str) -> lsp.TextDocumentContentChangePartial:
    return lsp.TextDocumentContentChangePartial(range=lsp.Range(lsp.Position(*start), lsp.Position(*end)), text=text)


# --- documents ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", ["\f", "\v", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_the_protocols_line_ends_end_a_line(separator: str) -> None:
    doc = document(f"a = 1{separator}\nb = 2\nc = 3\n")
    assert len(doc.lines) == 3
    doc.apply_change(change((1, 4), (1, 5), "20"))
    assert doc.source == f"a = 1{separator}\nb = 20\nc = 3\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_edits_beyond_the_end_are_clamped(end: str) -> None:
    doc = document(f"ab{end}cd")
    doc.apply_change(change((0, 99), (0, 99), "X"))
    assert doc.source == f"abX{end}cd"
    doc.apply_change(change((1, 99), (7, 0), "Y"))
    assert doc.source == f"abX{end}cdY"


def test_lines_are_split_once_and_positions_are_left_alone() -> None:
    doc = document("🙂 = 1\n" * 3)
    assert doc.lines is doc.lines
    edit = change((0, 500), (0, 600), "!")
    doc.apply_change(edit)
    assert edit.range.start.character == 500
    assert doc.source.splitlines()[0] == "🙂 = 1!"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_random_edits_agree_with_a_reference(encoding: str) -> None:
    """The reference works on a list of characters and knows nothing of lines but their three ends."""
    rng = random.Random(7)
    alphabet = ["a", "é", "漢", "🙂", "👩‍👧", "\n", "\r\n", "\r", "\f", "\u2028", " ", "\t", "x = 1"]
    codec = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding]
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]

    def position(text: str, offset: int) -> tuple[int, int]:
        before = text[:offset].replace("\r\n", "\n\0")  # a line end of two characters counts once
        line = before.count("\n") + before.count("\r")
        start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
        return line, len(text[start:offset].encode(codec)) // width

    text = "import os\n"
    doc = document(text, encoding)
    for _ in range(400):
        # a position between \r and \n is none of the protocol's
        places = [i for i in range(len(text) + 1) if text[i - 1 : i + 1] != "\r\n"]
        start, end = sorted(rng.choices(places, k=2))
        if rng.random() < 0.7:
            end = start
        new = "".join(rng.choices(alphabet, k=rng.randrange(4)))
        doc.apply_change(change(position(text, start), position(text, end), new))
        text = text[:start] + new + text[end:]
        assert doc.source == text
        if len(text) > 300:
            text = "a\n"
            doc.apply_change(lsp.TextDocumentContentChangeWholeDocument(text=text))


async def test_a_change_of_an_unknown_document_is_no_error() -> None:
    talk = conversation()
    await talk.initialize()
    talk.change("file:///never.py", 2, {"text": "x"})
    talk.notify(
        "notebookDocument/didChange",
        {"notebookDocument": {"uri": "file:///never.ipynb", "version": 2}, "change": {"cells": {}}},
    )
    await asyncio.sleep(0.05)
    assert talk.heard("window/showMessage") == []


# --- life cycle and errors ------------------------------------------------------------------------------------


async def test_before_initialize_requests_are_refused_and_notifications_dropped() -> None:
    talk = conversation()
    talk.notify("textDocument/didOpen", {"nonsense": 1})
    response = await talk.request("textDocument/hover", {})
    assert response["error"]["code"] == -32002
    assert len(talk.sent) == 1


async def test_a_second_initialize_is_refused() -> None:
    talk = conversation()
    await talk.initialize()
    response = await talk.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    assert response["error"]["code"] == -32600


async def test_requests_after_shutdown_are_answered() -> None:
    talk = conversation()
    await talk.initialize()
    assert (await talk.request("shutdown"))["result"] is None
    assert (await talk.request("textDocument/hover", {}))["error"]["code"] == -32600
    assert (await talk.request("shutdown"))["error"]["code"] == -32600


async def test_shutdown_with_requests_in_flight() -> None:
    talk = conversation()
    hang(talk)
    await talk.initialize()
    numbers = [talk.start("workspace/executeCommand", {"command": "test.hang"}) for _ in range(5)]
    await asyncio.sleep(0.02)
    assert (await talk.request("shutdown"))["result"] is None
    await talk.until(lambda: all(talk.responses(n) for n in numbers))
    assert {talk.responses(n)[0]["error"]["code"] for n in numbers} == {-32800}


@pytest.mark.parametrize(
    "changes",
    [
        [{"text": "x = 2\n"}],
        [{"range": {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 5}}, "text": "2"}],
        [
            {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "x"},
            {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 2}}, "text": "x"},
            {"range": {"start": {"line": 0, "character": 4}, "end": {"line": 9, "character": 0}}, "text": "2\n"},
        ],
    ],
)
async def test_keystrokes_take_a_short_way_to_the_same_text(changes: list[dict[str, object]]) -> None:
    talk = conversation()
    await talk.initialize()
    talk.open("file:///s.txt", "x = 1\n", language="plaintext")
    talk.change("file:///s.txt", 2, *changes)
    opened = talk.server.session.store.open_document("file:///s.txt")
    assert opened is not None
    assert (opened.source, opened.version) == ("x = 2\n", 2)


@pytest.mark.parametrize("line", [-1, "one", None, 1 << 40])
async def test_a_keystroke_that_makes_no_sense_changes_nothing(line: object) -> None:
    talk = conversation()
    await talk.initialize()
    talk.open("file:///s.txt", "x = 1\n", language="plaintext")
    place = {"line": line, "character": 0}
    talk.change("file:///s.txt", 2, {"range": {"start": place, "end": place}, "text": "y"})
    opened = talk.server.session.store.open_document("file:///s.txt")
    assert opened is not None
    assert (opened.source, opened.version) == ("x = 1\n", 1)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("textDocument/hover", {}),
        ("textDocument/hover", [1, 2]),
        ("textDocument/codeAction", {"textDocument": {"uri": 3}}),
        ("mlestar/ablate", {}),
        ("mlestar/ablate", None),
        ("mlestar/apply", {"studyId": 1}),
        ("workspace/executeCommand", {"command": "mlestar.ablate", "arguments": []}),
        ("workspace/executeCommand", {"command": "mlestar.ablate", "arguments": [1]}),
        ("workspace/executeCommand", {"command": "mlestar.ablate", "arguments": ["a", "b", "c", "d"]}),
        ("workspace/executeCommand", {"command": "no.such"}),
    ],
)
async def test_invalid_parameters_are_answered(method: str, params: object) -> None:
    talk = conversation()
    await talk.initialize()
    response = await talk.request(method, params)
    assert response["error"]["code"] == -32602, response
    assert talk.heard("window/showMessage") == []


async def test_an_unknown_request_is_answered_and_an_unknown_notification_is_not() -> None:
    talk = conversation()
    await talk.initialize()
    assert (await talk.request("no/such", {}))["error"]["code"] == -32601
    assert (await talk.request("$/no/such"))["error"]["code"] == -32601
    before = len(talk.sent)
    talk.notify("$/whatever", {"a": 1})
    talk.receive({"method": "$/without/params"})
    await asyncio.sleep(0.02)
    assert len(talk.sent) == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b'{"jsonrpc":"1.0","id":1,"method":"x"}', -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"shutdown"}', -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"shutdown"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":5}', -32600),
    ],
)
async def test_what_is_no_message_is_answered_once(body: bytes, code: int) -> None:
    talk = conversation()
    await talk.initialize()
    before = len(talk.sent)
    talk.server.protocol.receive(body)
    assert [m["error"]["code"] for m in talk.sent[before:]] == [code]


async def test_a_nested_object_with_the_key_jsonrpc_is_data() -> None:
    talk = conversation()
    seen: list[object] = []

    @talk.server.command("test.echo")
    def echo(value: dict) -> object:
        seen.append(value)
        return [value]

    await talk.initialize()
    value = {"jsonrpc": "2.0", "method": "textDocument/hover"}
    response = await talk.request("workspace/executeCommand", {"command": "test.echo", "arguments": [value]})
    assert response["result"] == [value]
    assert seen == [value]


@pytest.mark.parametrize("value", [float("nan"), object(), {1: {2, 3}}])
async def test_an_answer_that_is_no_json_is_an_error(value: object) -> None:
    talk = conversation()

    @talk.server.feature("test/answer")
    def answer(params: object) -> object:
        return value

    @talk.server.feature("test/notify")
    def notify(params: object) -> None:
        talk.server.protocol.notify("test/out", value)

    await talk.initialize()
    assert (await talk.request("test/answer", {}))["error"]["code"] == -32603
    talk.notify("test/notify", {})
    assert talk.heard("test/out") == []


async def test_errors_of_handlers_go_to_the_log_and_not_to_the_screen() -> None:
    talk = conversation()

    @talk.server.feature("test/notification")
    def broken(params: object) -> None:
        raise RuntimeError("broken")

    @talk.server.feature("test/request")
    def broken_too(params: object) -> None:
        raise RuntimeError("broken too")

    await talk.initialize()
    talk.notify("test/notification", {})
    response = await talk.request("test/request", {})
    assert response["error"]["code"] == -32603
    assert talk.heard("window/showMessage") == []


async def test_an_unreadable_answer_to_our_own_request_fails_it() -> None:
    talk = conversation()
    await talk.initialize()
    talk.answers["workspace/applyEdit"] = lambda params: {"applied": {"no": "boolean"}, "failedChange": "x"}
    edit = lsp.ApplyWorkspaceEditParams(edit=lsp.WorkspaceEdit())
    with pytest.raises(Exception, match="does not fit"):
        await asyncio.wait_for(talk.server.workspace_apply_edit_async(edit), 5)


async def test_an_answer_to_a_cancelled_request_of_ours_is_ignored() -> None:
    talk = conversation()
    await talk.initialize()
    del talk.answers["window/showDocument"]
    waiting = asyncio.ensure_future(talk.server.window_show_document_async(lsp.ShowDocumentParams("file:///x")))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.sleep(0.01)
    number = next(m["id"] for m in talk.sent if m.get("method") == "window/showDocument")
    talk.receive({"id": number, "result": {"success": True}})
    assert number not in talk.server.protocol._request_futures


# --- cancellation ---------------------------------------------------------------------------------------------


def hang(talk: Conversation) -> list[str]:
    """A command that ticks until it is cancelled; the list of what happened in it."""
    happened: list[str] = []

    @talk.server.command("test.hang")
    async def ticking() -> None:
        try:
            while True:
                happened.append("tick")
                await asyncio.sleep(0.005)
        except asyncio.CancelledError:
            happened.append("cancelled")
            raise

    return happened


async def test_cancelling_a_command_stops_its_coroutine() -> None:
    talk = conversation()
    happened = hang(talk)
    await talk.initialize()
    number = talk.start("workspace/executeCommand", {"command": "test.hang"})
    await talk.until(lambda: len(happened) > 2)
    talk.notify("$/cancelRequest", {"id": number})
    await talk.until(lambda: talk.responses(number))
    assert talk.responses(number)[0]["error"]["code"] == -32800
    await asyncio.sleep(0.03)
    assert happened[-1] == "cancelled"
    assert happened.count("cancelled") == 1
    assert len(talk.responses(number)) == 1


async def test_cancelling_what_is_not_there_is_ignored() -> None:
    talk = conversation()
    await talk.initialize()
    before = len(talk.sent)
    talk.notify("$/cancelRequest", {"id": 99})
    talk.notify("$/cancelRequest", {"id": "x"})
    assert len(talk.sent) == before


async def test_nothing_is_remembered_of_notifications_and_requests_that_ended() -> None:
    talk = conversation()

    @talk.server.feature("test/later")
    async def later(params: object) -> None:
        await asyncio.sleep(0)

    @talk.server.command("test.later")
    async def later_too() -> None:
        await asyncio.sleep(0)

    await talk.initialize()
    for _ in range(50):
        talk.notify("test/later", {})
        await talk.request("workspace/executeCommand", {"command": "test.later"})
    await asyncio.sleep(0.02)
    assert talk.server.protocol._request_futures == {}
    assert talk.server.protocol._children == {}


def test_no_handler_runs_in_a_thread() -> None:
    """A thread cannot be cancelled, and pygls' pool is the one it reads stdin with."""
    server = conversation().server
    handlers = [*server.protocol.fm.features.values(), *server.protocol.fm.commands.values()]
    assert handlers
    assert not any(is_thread_function(handler) for handler in handlers)
    assert server._thread_pool is None


# --- transport ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Content-Length", "content-length", "CONTENT-LENGTH"])
def test_headers_in_any_case_and_order(header: str) -> None:
    stream = io.BytesIO(f"Content-Type: application/vscode-jsonrpc\r\n{header}:  2\r\n\r\n{{}}".encode())
    assert read_message(stream) == b"{}"
    assert read_message(stream) is None


def test_a_stream_that_ends_within_a_message_ends() -> None:
    assert read_message(io.BytesIO(b"Content-Length: 10\r\n\r\n{}")) is None


PROGRAM = """
import sys, threading, time
from mlestar.lsp.server import create, _converse
from mlestar.lsp import transport
import asyncio
source, sink = transport.private_stdio()
server = create(lambda settings: None)

@server.command("test.print")
def noisy():
    print("noise"); sys.stdout.write("more noise"); sys.stdout.flush()
    import os; os.write(1, b"raw noise")
    return "ok"

@server.command("test.block")
def block():
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return "ok"

sys.exit(asyncio.run(_converse(server, source, sink)))
"""


class Process:
    def __init__(self, program: str = PROGRAM) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def send(self, message: dict[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self) -> dict[str, object] | None:
        assert self.process.stdout
        body = read_message(self.process.stdout)
        return json.loads(body) if body is not None else None

    def request(self, number: int, method: str, params: object = None) -> dict[str, object]:
        self.send({"id": number, "method": method, "params": params})
        while (message := self.read()) is not None:
            if message.get("id") == number:
                return message
        raise AssertionError("the server closed the connection")

    def initialize(self, parent: int | None = None) -> None:
        self.request(1, "initialize", {"processId": parent, "rootUri": None, "capabilities": {}})
        self.send({"method": "initialized", "params": {}})


def test_prints_stay_off_the_wire_and_exit_after_shutdown_is_0() -> None:
    server = Process()
    server.initialize()
    assert server.request(2, "workspace/executeCommand", {"command": "test.print"})["result"] == "ok"
    assert server.request(3, "shutdown")["result"] is None
    server.send({"method": "exit"})
    assert server.process.wait(10) == 0


def test_exit_without_shutdown_is_1() -> None:
    server = Process()
    server.initialize()
    server.send({"method": "exit"})
    assert server.process.wait(10) == 1


def test_the_end_of_stdin_ends_the_process_whatever_its_threads_do() -> None:
    server = Process()
    server.initialize()
    server.request(2, "workspace/executeCommand", {"command": "test.block"})
    began = time.monotonic()
    assert server.process.stdin
    server.process.stdin.close()
    assert server.process.wait(10) == 1
    assert time.monotonic() - began < 5


def test_the_death_of_the_editor_ends_the_process_though_stdin_stays_open() -> None:
    editor = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    server = Process()
    server.initialize(editor.pid)
    time.sleep(0.3)
    assert server.process.poll() is None
    editor.kill()
    editor.wait(10)
    assert server.process.wait(10) == 1


def test_start_up_imports_nothing_heavy(tmp_path: Path) -> None:
    program = PROGRAM.replace(
        'print("noise")',
        'print("noise"); heavy = {"libcst", "openai", "pandas", "numpy", "sklearn", "scipy", "sqlite3", "rich"}'
        " & set(sys.modules); assert not heavy, heavy",
    )
    server = Process(program)
    server.initialize()
    answer = server.request(2, "workspace/executeCommand", {"command": "test.print"})
    assert answer.get("result") == "ok", answer
    server.request(3, "shutdown")
    server.send({"method": "exit"})
    assert server.process.wait(10) == 0
