"""The server as the command starts it: over stdio, and over TCP."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

from mlestar.lsp.transport import read_message


def frame(message: dict[str, object]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


CONVERSATION = [
    {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
    {"method": "initialized", "params": {}},
    {"id": 2, "method": "shutdown"},
    {"method": "exit"},
]


def test_mlestar_lsp_speaks_over_stdio(tmp_path: Path) -> None:
    environment = {**os.environ, "MLESTAR_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "mlestar", "lsp"],
        input=b"".join(map(frame, CONVERSATION)),
        capture_output=True,
        timeout=60,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.startswith(b"Content-Length: ")
    assert b'"name": "mlestar"' in done.stdout
    assert done.stdout.count(b"Content-Length: ") == 2


def test_mlestar_lsp_speaks_over_tcp(tmp_path: Path) -> None:
    environment = {**os.environ, "MLESTAR_HOME": str(tmp_path)}
    program = "import sys; from mlestar.lsp.server import serve; sys.exit(serve(0))"
    server = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, env=environment)
    try:
        assert server.stderr
        found = re.search(rb"127\.0\.0\.1:(\d+)", server.stderr.readline())
        assert found
        with socket.create_connection(("127.0.0.1", int(found[1])), 10) as connection:
            stream = connection.makefile("rb")
            for message in CONVERSATION:
                connection.sendall(frame(message))
            first, second = read_message(stream), read_message(stream)
        assert first
        assert json.loads(first)["result"]["serverInfo"]["name"] == "mlestar"
        assert second
        assert json.loads(second)["result"] is None
        assert server.wait(20) == 0
    finally:
        server.kill()
        server.wait(10)
