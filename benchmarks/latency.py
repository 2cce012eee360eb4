"""How long from a keystroke to its findings, and what the idle server costs.

    python benchmarks/latency.py [--lines 1000 5000] [--edits 30] [--json]

Starts the real server (`mlestar lsp`) and talks to it over stdio, as an editor does. For each length one script is
opened and edited: a character is typed into a string near the middle, and the clock runs until diagnostics with that
version arrive. CPU milliseconds are those of the server's process, all threads; on a busy machine they say more than
the wall clock.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import psutil

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
PATIENCE_S = 60.0


class Server:
    """A client with just enough of the protocol to measure."""

    def __init__(self, folder: Path) -> None:
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mlestar", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "server.log").open("wb"),
            cwd=folder,
        )
        self.usage = psutil.Process(self.process.pid)
        self.log = folder / "server.log"
        self.inbox: Queue[dict[str, Any]] = Queue()
        self.next_id = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while (line := stream.readline()) not in (b"\r\n", b""):
                name, _, value = line.decode("ascii").partition(":")
                if name.lower() == "content-length":
                    length = int(value)
            if not length:
                return
            self.inbox.put(json.loads(stream.read(length)))

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def request(self, method: str, params: Any) -> Any:
        self.next_id += 1
        wanted = self.next_id
        self.send({"id": wanted, "method": method, "params": params})
        return self.wait(lambda m: m.get("id") == wanted and "method" not in m, method).get("result")

    def wait(self, matches: Any, what: str) -> dict[str, Any]:
        """The first message that matches; requests of the server are answered with null meanwhile."""
        deadline = time.perf_counter() + PATIENCE_S
        while True:
            try:
                message = self.inbox.get(timeout=max(0.0, deadline - time.perf_counter()))
            except Empty:
                log = self.log.read_text("utf-8", "replace")[-2000:]
                self.process.kill()
                raise SystemExit(f"the server did not answer {what} within {PATIENCE_S:.0f} s\n{log}") from None
            if matches(message):
                return message
            if "id" in message and "method" in message:
                items = message.get("params", {}).get("items") if isinstance(message.get("params"), dict) else None
                self.send({"id": message["id"], "result": [None] * len(items) if items else None})

    def diagnostics(self, uri: str, version: int) -> dict[str, Any]:
        def matches(message: dict[str, Any]) -> bool:
            if message.get("method") != "textDocument/publishDiagnostics":
                return False
            return bool(message["params"]["uri"] == uri and message["params"].get("version") == version)

        return self.wait(matches, f"diagnostics of version {version}")

    def cpu_ms(self) -> float:
        times = self.usage.cpu_times()
        return 1000 * (times.user + times.system)

    def settled_cpu_ms(self) -> float:
        """CPU once the server has nothing more to do: what follows the answer belongs to the keystroke too."""
        last = self.cpu_ms()
        while True:
            time.sleep(0.05)
            now = self.cpu_ms()
            if now == last:
                return now
            last = now

    def stop(self) -> None:
        self.request("shutdown", None)
        self.notify("exit", None)
        self.process.wait(10)


def script_of(lines: int) -> str:
    """A training script of that many lines: a real one, then its functions again under other names."""
    base = (EXAMPLES / "earnings.py").read_text("utf-8").replace('if __name__ == "__main__":\n    main()\n', "")
    body = base.split("def load", 1)
    flat = (EXAMPLES / "income.py").read_text("utf-8")
    parts = [flat, body[0]]
    number = 0
    while sum(part.count("\n") for part in parts) < lines:
        number += 1
        part = "def load" + body[1]
        for name in ("load", "clean", "make_features", "split", "build_model", "report", "parse_args", "main"):
            part = part.replace(f"{name}(", f"{name}_{number}(")
        parts.append(part)
    return "".join("".join(parts).splitlines(keepends=True)[:lines])


def parsed_length(text: str) -> str:
    """The text without a function that the cut left unfinished."""
    lines = text.splitlines(keepends=True)
    while lines:
        try:
            compile("".join(lines), "script.py", "exec")
            break
        except SyntaxError:
            lines.pop()
    return "".join(lines)


def measure(server: Server, folder: Path, lines: int, edits: int) -> dict[str, Any]:
    text = parsed_length(script_of(lines))
    path = folder / f"script_{lines}.py"
    path.write_text(text, "utf-8")
    uri = path.as_uri()
    before = server.settled_cpu_ms()
    clock = time.perf_counter()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    server.notify("textDocument/didOpen", {"textDocument": document})
    found = server.diagnostics(uri, 1)["params"]["diagnostics"]
    opened_wall = 1000 * (time.perf_counter() - clock)
    opened_cpu = server.settled_cpu_ms() - before
    at = next(n for n, line in enumerate(text.splitlines()) if n >= len(text.splitlines()) // 2 and '"' in line)
    column = text.splitlines()[at].index('"') + 1
    place = {"line": at, "character": column}
    walls, cpus = [], []
    for version in range(2, edits + 2):
        before = server.settled_cpu_ms()
        clock = time.perf_counter()
        change = {"range": {"start": place, "end": place}, "text": "x"}
        server.notify(
            "textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]}
        )
        server.diagnostics(uri, version)
        walls.append(1000 * (time.perf_counter() - clock))
        cpus.append(server.settled_cpu_ms() - before)
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    return {
        "lines": text.count("\n"),
        "findings": len(found),
        "open_wall_ms": opened_wall,
        "open_cpu_ms": opened_cpu,
        "change_wall_ms": statistics.median(walls),
        "change_wall_ms_worst": max(walls),
        "change_cpu_ms": statistics.fmean(cpus),
        "edits": edits,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        server = Server(folder)
        capabilities: dict[str, Any] = {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}
        server.request(
            "initialize",
            {
                "processId": None,
                "rootUri": folder.as_uri(),
                "workspaceFolders": [{"uri": folder.as_uri(), "name": "benchmark"}],
                "capabilities": capabilities,
            },
        )
        start_wall = 1000 * (time.perf_counter() - server.started)
        start_cpu = server.cpu_ms()
        server.notify("initialized", {})
        idle_mb = server.usage.memory_info().rss / 2**20
        rows = [measure(server, folder, lines, options.edits) for lines in options.lines]
        result = {
            "start_wall_ms": start_wall,
            "start_cpu_ms": start_cpu,
            "memory_idle_mb": idle_mb,
            "memory_after_mb": server.usage.memory_info().rss / 2**20,
            "scripts": rows,
        }
        server.stop()
    if options.json:
        print(json.dumps(result, indent=2))
        return
    print("Server over stdio (median wall time; CPU of the server's process, mean)")
    print(f"  start to the answer of initialize   {start_wall:6.0f} ms wall   {start_cpu:6.0f} ms CPU")
    print(f"  memory, nothing open                {idle_mb:6.0f} MB")
    print(f"  memory, after the edits below       {result['memory_after_mb']:6.0f} MB")
    for row in rows:
        print(
            f"  {row['lines']} lines: open {row['open_wall_ms']:.0f} ms wall, {row['open_cpu_ms']:.0f} ms CPU;"
            f" change to findings {row['change_wall_ms']:.0f} ms wall (worst {row['change_wall_ms_worst']:.0f}),"
            f" {row['change_cpu_ms']:.0f} ms CPU, {row['edits']} edits"
        )


if __name__ == "__main__":
    main()
