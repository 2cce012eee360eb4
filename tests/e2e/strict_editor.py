"""A strict editor: speaks the protocol to a real server process and fails on everything a server must not do.

It holds documents of its own, with its own arithmetic of positions, applies edits that the server asks for only when
their version is the current one, and checks while it reads: one response a request, no unknown message, progress only
under tokens that were made, percentages that never fall, diagnostics of no version that was never sent. ``close`` does
shutdown and exit, and fails when a message for a person was left unread.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

VSCODE: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True},
        "configuration": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "codeLens": {"refreshSupport": True},
        "workspaceFolders": True,
    },
    "textDocument": {
        "synchronization": {"didSave": True},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor", "source"]}},
            "resolveSupport": {"properties": ["edit"]},
            "dataSupport": True,
            "disabledSupport": True,
            "isPreferredSupport": True,
        },
        "publishDiagnostics": {
            "relatedInformation": True,
            "versionSupport": True,
            "codeDescriptionSupport": True,
            "dataSupport": True,
        },
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "notebookDocument": {"synchronization": {}},
}
"""Capabilities as a current VS Code announces them, as far as they matter here."""

_LINE = re.compile(r"\r\n|\r|\n")


class ResponseError(Exception):
    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]
        self.message = error["message"]


def units(text: str, encoding: str) -> int:
    codec = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
    return len(text.encode(codec[0])) // codec[1]


def offset_at(text: str, position: dict[str, int], encoding: str = "utf-16") -> int:
    """Offset in ``text`` of a position that lies in it; an assertion fails for one that does not."""
    start = 0
    for _ in range(position["line"]):
        match = _LINE.search(text, start)
        assert match, f"line {position['line']} is not in the document"
        start = match.end()
    match = _LINE.search(text, start)
    line = text[start : match.start() if match else len(text)]
    for column in range(len(line) + 1):
        if units(line[:column], encoding) == position["character"]:
            return start + column
    raise AssertionError(f"{position} is not in line {line!r}")


def position_at(text: str, offset: int, encoding: str = "utf-16") -> dict[str, int]:
    line, start = 0, 0
    for match in _LINE.finditer(text, 0, offset):
        if match.group() == "\r" and text[match.end() : match.end() + 1] == "\n":
            continue
        line, start = line + 1, match.end()
    return {"line": line, "character": units(text[start:offset], encoding)}


def apply(text: str, edits: list[dict[str, Any]], encoding: str = "utf-16") -> str:
    """Text edits as the specification has them: all refer to the original text, and none overlap."""
    spans = sorted(
        (offset_at(text, e["range"]["start"], encoding), offset_at(text, e["range"]["end"], encoding), number, e)
        for number, e in enumerate(edits)
    )
    out, at = [], 0
    for start, end, _, edit in spans:
        assert at <= start <= end, "the server sent edits that overlap"
        out += [text[at:start], edit["newText"]]
        at = end
    return "".join(out) + text[at:]


class Editor:
    """One server process and what an editor knows of it."""

    def __init__(
        self,
        home: Path,
        folder: Path,
        *,
        capabilities: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        configuration: dict[str, Any] | None = None,
        start: bool = True,
    ) -> None:
        self.folder = folder
        self.capabilities = capabilities if capabilities is not None else VSCODE
        self.options = {"studyNotifications": True, **(options or {})}
        self.configuration = configuration if configuration is not None else {}
        self.encoding = "utf-16"
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.diagnostics: dict[str, dict[str, Any]] = {}
        self.log: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.studies: list[dict[str, Any]] = []
        self.progress: dict[str | int, list[dict[str, Any]]] = {}
        self.shown: list[str] = []
        self.refreshes = 0
        self.violations: list[str] = []
        self.refuse_edits: str | None = None
        self.on_progress: Callable[[str | int, dict[str, Any]], None] = lambda token, value: None
        self._tokens: set[str | int] = set()
        self._pending: dict[int, Future[Any]] = {}
        self._answered: set[int] = set()
        self._next = 0
        self._lock = threading.RLock()
        self._heard = threading.Condition(self._lock)
        self._closing = False
        environment = {**os.environ, "MLESTAR_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
        program = "import sys; from mlestar.lsp.server import serve; sys.exit(serve())"
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment,
        )
        self.stderr: list[str] = []
        threading.Thread(target=self._drain, daemon=True).start()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if start:
            self.initialize()

    # --- wire -------------------------------------------------------------------------------------------------

    def _drain(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.stderr.append(line.decode("utf-8", "replace"))

    def send(self, message: dict[str, Any]) -> None:
        self.send_raw(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def send_raw(self, body: bytes, header: str = "Content-Length") -> None:
        assert self.process.stdin
        with self._lock:
            self.process.stdin.write(f"{header}: {len(body)}\r\n\r\n".encode() + body)
            self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream
        while True:
            header = stream.readline()
            if not header:
                break
            match = re.fullmatch(rb"Content-Length: (\d+)\r\n", header)
            if not match:
                self._violation(f"not a header on stdout: {header!r}")
                continue
            while (line := stream.readline()) != b"\r\n":
                if not re.fullmatch(rb"Content-Type: [^\r\n]+\r\n", line):
                    self._violation(f"not a header on stdout: {line!r}")
                    break
            message = json.loads(stream.read(int(match[1])), parse_constant=self._not_json)
            with self._heard:
                try:
                    self._receive(message)
                except Exception as error:
                    self._violation(f"{error!r} while reading {message}")
                self._heard.notify_all()
        with self._heard:
            for future in self._pending.values():
                future.set_exception(ConnectionError("the server closed the connection"))
            self._pending.clear()
            self._heard.notify_all()

    def _not_json(self, name: str) -> None:
        self._violation(f"{name} is not JSON")

    def _violation(self, text: str) -> None:
        self.violations.append(text)

    def _receive(self, message: dict[str, Any]) -> None:
        if message.get("jsonrpc") != "2.0":
            self._violation(f"no jsonrpc 2.0: {message}")
        if "method" not in message:
            self._response(message)
        elif "id" in message:
            self._request(message)
        else:
            self._notification(message["method"], message.get("params"))

    def _response(self, message: dict[str, Any]) -> None:
        if ("result" in message) == ("error" in message):
            self._violation(f"a response has either a result or an error: {message}")
        number = message.get("id")
        if number is None:
            self.log.append({"type": 0, "message": f"error without id: {message['error']}"})
            return
        future = self._pending.pop(number, None)
        if future is None:
            known = "second" if number in self._answered else "unasked"
            self._violation(f"{known} response to {number}: {message}")
            return
        self._answered.add(number)
        if "error" in message:
            future.set_exception(ResponseError(message["error"]))
        else:
            future.set_result(message["result"])

    def _request(self, message: dict[str, Any]) -> None:
        method, params = message["method"], message.get("params")
        result: Any = None
        if method == "window/workDoneProgress/create":
            if not self.capabilities.get("window", {}).get("workDoneProgress"):
                self._violation("a progress token was asked of a client without progress")
            self._tokens.add(params["token"])
        elif method == "workspace/configuration":
            result = [self.configuration.get(item["section"]) for item in params["items"]]
        elif method == "client/registerCapability":
            pass
        elif method == "workspace/codeLens/refresh":
            self.refreshes += 1
        elif method == "workspace/applyEdit":
            result = self._apply(params["edit"])
        elif method == "window/showDocument":
            self.shown.append(params["uri"])
            result = {"success": True}
        else:
            self._violation(f"unknown request {method}")
        self.send({"id": message["id"], "result": result})

    def _notification(self, method: str, params: Any) -> None:
        if method == "textDocument/publishDiagnostics":
            uri, version = params["uri"], params.get("version")
            if version is not None and uri in self.versions and version > self.versions[uri]:
                self._violation(f"diagnostics of version {version}, which was never sent")
            last = self.diagnostics.get(uri, {}).get("version")
            if version is not None and last is not None and uri in self.versions and version < last:
                self._violation(f"diagnostics of version {version} after those of {last}")
            self.diagnostics[uri] = params
        elif method == "$/progress":
            self._progress(params["token"], params["value"])
        elif method == "window/logMessage":
            self.log.append(params)
        elif method == "window/showMessage":
            self.messages.append(params)
        elif method == "mlestar/study":
            self.studies.append(params)
        else:
            self._violation(f"unknown notification {method}")

    def _progress(self, token: str | int, value: dict[str, Any]) -> None:
        if token not in self._tokens:
            self._violation(f"progress under {token}, which was never made")
        seen = self.progress.setdefault(token, [])
        if (value["kind"] == "begin") != (not seen):
            self._violation(f"progress does not begin once: {[*seen, value]}")
        if seen and seen[-1]["kind"] == "end":
            self._violation("progress after its end")
        last = max((v.get("percentage") or 0 for v in seen), default=0)
        if value["kind"] != "end" and not last <= (value.get("percentage") or 0) <= 100:
            self._violation(f"the percentage falls: {[*seen, value]}")
        seen.append(value)
        self.on_progress(token, value)

    def _apply(self, edit: dict[str, Any]) -> dict[str, Any]:
        if self.refuse_edits:
            return {"applied": False, "failureReason": self.refuse_edits}
        for change in edit["documentChanges"]:
            uri = change["textDocument"]["uri"]
            if change["textDocument"]["version"] != self.versions[uri]:
                return {"applied": False, "failureReason": "the version is another"}
        for change in edit["documentChanges"]:
            uri = change["textDocument"]["uri"]
            self.replace(uri, apply(self.texts[uri], change["edits"], self.encoding))
        return {"applied": True}

    # --- requests ---------------------------------------------------------------------------------------------

    def start(self, method: str, params: Any = None) -> tuple[int, Future[Any]]:
        """Send a request; its number and the future of its answer."""
        future: Future[Any] = Future()
        with self._lock:
            self._next += 1
            number = self._next
            self._pending[number] = future
        self.send({"id": number, "method": method, "params": params})
        return number, future

    def request(self, method: str, params: Any = None, timeout: float = 60) -> Any:
        _, future = self.start(method, params)
        try:
            return future.result(timeout)
        except TimeoutError:
            raise AssertionError(f"{method} was not answered in {timeout} s\n{''.join(self.stderr[-30:])}") from None

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def cancel(self, number: int) -> None:
        self.notify("$/cancelRequest", {"id": number})

    def token(self, name: str) -> str:
        """A work-done token of the client's own."""
        self._tokens.add(name)
        return name

    def wait(self, what: Callable[[], Any], timeout: float = 60, why: str = "") -> Any:
        """Wait until ``what`` holds."""
        end = time.monotonic() + timeout
        while not (value := what()):  # without the lock: it may send a request
            left = end - time.monotonic()
            assert left > 0, f"not within {timeout} s: {why}\n{self.violations}\n{''.join(self.stderr[-30:])}"
            with self._heard:
                self._heard.wait(min(left, 0.1))
        return value

    # --- life -------------------------------------------------------------------------------------------------

    def initialize(self) -> dict[str, Any]:
        result = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": self.folder.as_uri(),
                "capabilities": self.capabilities,
                "initializationOptions": self.options,
                "workspaceFolders": [{"uri": self.folder.as_uri(), "name": self.folder.name}],
            },
        )
        self.encoding = result["capabilities"]["positionEncoding"]
        self.notify("initialized", {})
        return result

    def close(self, *, unread: bool = False) -> None:
        """Shutdown and exit; fails on violations and on messages that nobody read."""
        self.request("shutdown")
        self.notify("exit", None)
        code = self.process.wait(10)
        self._reader.join(5)
        assert code == 0, f"exit code {code}\n{''.join(self.stderr)}"
        self.check(unread=unread)

    def check(self, *, unread: bool = False) -> None:
        assert not self.violations, "\n".join(self.violations)
        if not unread:
            assert not self.messages, f"messages that no test read: {self.messages}"
        serious = [entry for entry in self.log if entry["type"] == 1]
        assert not serious, f"errors in the server's log: {serious}"
        unfinished = {t: v for t, v in self.progress.items() if v[-1]["kind"] != "end"}
        assert not unfinished, f"progress that never ended: {unfinished}"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def read_message(self, timeout: float = 30) -> str:
        """The next message to the person."""
        self.wait(lambda: self.messages, timeout, "a message to the person")
        return str(self.messages.pop(0)["message"])

    # --- documents --------------------------------------------------------------------------------------------

    def open(self, path: Path, text: str | None = None, language: str = "python") -> str:
        uri = path.as_uri()
        if text is None:
            text = path.read_bytes().decode("utf-8")
        with self._lock:
            self.texts[uri], self.versions[uri] = text, 1
        self.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": language, "version": 1, "text": text}},
        )
        return uri

    def edit(self, uri: str, start: int, end: int, new: str) -> None:
        """Replace code points ``start`` to ``end``: one incremental change."""
        with self._lock:
            text = self.texts[uri]
            change = {
                "range": {
                    "start": position_at(text, start, self.encoding),
                    "end": position_at(text, end, self.encoding),
                },
                "text": new,
            }
            self.texts[uri] = text[:start] + new + text[end:]
            self.versions[uri] += 1
            self.notify(
                "textDocument/didChange",
                {"textDocument": {"uri": uri, "version": self.versions[uri]}, "contentChanges": [change]},
            )

    def replace(self, uri: str, new: str) -> None:
        with self._lock:
            self.texts[uri] = new
            self.versions[uri] += 1
            self.notify(
                "textDocument/didChange",
                {"textDocument": {"uri": uri, "version": self.versions[uri]}, "contentChanges": [{"text": new}]},
            )

    def current_diagnostics(self, uri: str, timeout: float = 60) -> list[dict[str, Any]]:
        """Diagnostics of the newest version."""
        found = self.wait(
            lambda: (d := self.diagnostics.get(uri)) and d.get("version") == self.versions[uri] and d,
            timeout,
            f"diagnostics of version {self.versions[uri]}",
        )
        return list(found["diagnostics"])

    def lenses(self, uri: str) -> list[dict[str, Any]]:
        return self.request("textDocument/codeLens", {"textDocument": {"uri": uri}}) or []

    def titles(self, uri: str) -> list[str]:
        return [lens["command"]["title"] for lens in self.lenses(uri)]

    def actions(
        self, uri: str, line: int, *, only: list[str] | None = None, diagnostics: list[dict[str, Any]] | None = None
    ) -> list[dict[str, Any]]:
        place = {"line": line, "character": 0}
        context: dict[str, Any] = {"diagnostics": diagnostics or []}
        if only is not None:
            context["only"] = only
        return self.request(
            "textDocument/codeAction",
            {"textDocument": {"uri": uri}, "range": {"start": place, "end": place}, "context": context},
        )

    def command(self, name: str, *arguments: Any, timeout: float = 280) -> Any:
        return self.request("workspace/executeCommand", {"command": name, "arguments": list(arguments)}, timeout)
