"""A server in this process and what it sends: for tests of single modules, without pipes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from mlestar.lsp.server import MlestarServer, create


class Conversation:
    """Feeds messages to a server and keeps what comes back. Used inside a running loop."""

    def __init__(self, server: MlestarServer) -> None:
        self.server = server
        self.sent: list[dict[str, Any]] = []
        self.answers: dict[str, Any] = {
            "workspace/configuration": lambda p: [None for _ in p["items"]],
            "client/registerCapability": lambda p: None,
            "window/workDoneProgress/create": lambda p: None,
            "workspace/codeLens/refresh": lambda p: None,
            "workspace/applyEdit": lambda p: {"applied": True},
            "window/showDocument": lambda p: {"success": True},
        }
        server.protocol.set_writer(self)
        self._next = 0

    # the writer that pygls writes to
    def write(self, data: bytes) -> None:
        body = data.split(b"\r\n\r\n", 1)[1]
        message = json.loads(body)
        self.sent.append(message)
        answer: Callable[[Any], Any] | None = self.answers.get(message.get("method", ""))
        if "id" in message and "method" in message and answer is not None:
            result = answer(message.get("params"))
            asyncio.get_running_loop().call_soon(self.receive, {"id": message["id"], "result": result})

    def close(self) -> None:
        pass

    def receive(self, message: dict[str, Any]) -> None:
        self.server.protocol.receive(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def notify(self, method: str, params: Any = None) -> None:
        self.receive({"method": method, "params": params})

    def start(self, method: str, params: Any = None) -> int:
        self._next += 1
        self.receive({"id": self._next, "method": method, "params": params})
        return self._next

    def responses(self, number: int) -> list[dict[str, Any]]:
        return [m for m in self.sent if m.get("id") == number and "method" not in m]

    async def request(self, method: str, params: Any = None, timeout: float = 10) -> dict[str, Any]:
        number = self.start(method, params)
        await self.until(lambda: self.responses(number), timeout)
        await asyncio.sleep(0)
        found = self.responses(number)
        assert len(found) == 1, found
        return found[0]

    async def until(self, what: Callable[[], Any], timeout: float = 10) -> None:
        async def wait() -> None:
            while not what():  # noqa: ASYNC110  # what is waited for knows of no event
                await asyncio.sleep(0.005)

        await asyncio.wait_for(wait(), timeout)

    def heard(self, method: str) -> list[Any]:
        return [m["params"] for m in self.sent if m.get("method") == method]

    async def initialize(self, capabilities: dict[str, Any] | None = None, options: Any = None) -> dict[str, Any]:
        response = await self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "capabilities": capabilities or {},
                "initializationOptions": options,
            },
        )
        self.notify("initialized", {})
        return response["result"]

    def open(self, uri: str, text: str, language: str = "python", version: int = 1) -> None:
        self.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": language, "version": version, "text": text}},
        )

    def change(self, uri: str, version: int, *changes: dict[str, Any]) -> None:
        self.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)},
        )


def conversation(engine: Any = None) -> Conversation:
    """A conversation with a server; ``engine`` stands in for the real one."""
    return Conversation(create((lambda settings: engine) if engine is not None else _no_engine))


def _no_engine(settings: Any) -> Any:
    raise AssertionError("this test needs no engine")
