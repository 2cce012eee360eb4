"""How long from an edit to its findings, and what the idle server costs.

    python benchmarks/latency.py [--lines 1000 5000] [--bursts 5] [--json]

Starts the real server (`mlestar lsp`) and talks to it over stdio, as an editor does. For each length one script is
opened and edited as people edit (`benchmarks/editing.py`): statements, comments and strings character by character,
lines deleted, pasted, broken and mended. An edit costs the CPU milliseconds of the server's process, all threads, from
the change until the diagnostics of its version have come and the server is idle. What the server puts off until the
typing pauses (blocks, objective, lenses) is counted apart, as the pause behind each piece of typing. CPU says more
than the wall clock on a busy machine.
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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import psutil
from editing import SCRIPTS, Edit, Text

from cst_tools.positions import LineIndex

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
        """All threads of the server, the ended ones too. The usual counters count in steps of 10 ms."""
        if sys.platform == "linux":
            return 1000 * time.clock_gettime(
                (~self.process.pid << 3) | 2
            )  # the process' clock, as the kernel numbers it
        times = self.usage.cpu_times()
        return float(1000 * (times.user + times.system))

    def memory_mb(self) -> float:
        return float(self.usage.memory_info().rss / 2**20)

    def settled_cpu_ms(self) -> float:
        """CPU once the server has nothing more to do: what follows the answer belongs to the keystroke too."""
        last = self.cpu_ms()
        while True:
            time.sleep(0.05)
            now = self.cpu_ms()
            if now - last < 0.2:
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


class Session:
    """One open document, edited."""

    def __init__(self, server: Server, path: Path, text: str) -> None:
        self.server = server
        self.text = Text(text)
        self.version = 1
        path.write_text(text, "utf-8")
        self.uri = path.as_uri()
        server.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": self.uri, "languageId": "python", "version": 1, "text": text}},
        )
        self._index = LineIndex(text)

    def send(self, edit: Edit) -> None:
        self.version += 1
        changes = []
        for start, end, new in edit.changes:
            places = [self._index.to_position(at) for at in (start, end)]
            first, last = ({"line": line, "character": character} for line, character in places)
            changes.append({"range": {"start": first, "end": last}, "text": new})
            self._index = self._index.edited(start, end, new)
        document = {"uri": self.uri, "version": self.version}
        self.server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def wait(self) -> dict[str, Any]:
        return self.server.diagnostics(self.uri, self.version)

    def lenses(self) -> None:
        self.server.request("textDocument/codeLens", {"textDocument": {"uri": self.uri}})

    def close(self) -> None:
        self.server.notify("textDocument/didClose", {"textDocument": {"uri": self.uri}})


def measure(server: Server, folder: Path, lines: int, rounds: int) -> dict[str, Any]:
    text = parsed_length(script_of(lines))
    before = server.settled_cpu_ms()
    clock = time.perf_counter()
    session = Session(server, folder / f"script_{lines}.py", text)
    found = session.wait()["params"]["diagnostics"]
    opened_wall = 1000 * (time.perf_counter() - clock)
    session.lenses()
    opened_cpu = server.settled_cpu_ms() - before
    by_script = {script.__name__: replay(session, script) for script in SCRIPTS}
    edits = [edit for row in by_script.values() for edit in row]
    cpus = [cpu for cpu, _ in edits]
    burst = bursts(session, rounds)
    session.close()
    return {
        "lines": text.count("\n"),
        "findings": len(found),
        "open_wall_ms": opened_wall,
        "open_cpu_ms": opened_cpu,
        "edits": len(edits),
        "edit_cpu_ms": statistics.median(cpus),
        "edit_cpu_ms_p95": percentile(cpus, 0.95),
        "edit_cpu_ms_worst": max(cpus),
        "edit_wall_ms": statistics.median(wall for _, wall in edits),
        "edit_wall_ms_p95": percentile([wall for _, wall in edits], 0.95),
        "by_script": {
            name: {
                "edits": len(row),
                "median": statistics.median(cpu for cpu, _ in row),
                "worst": max(cpu for cpu, _ in row),
            }
            for name, row in by_script.items()
        },
        **burst,
    }


def replay(session: Session, script: Callable[[Text], Iterator[Edit]]) -> list[tuple[float, float]]:
    """CPU and wall milliseconds of each edit."""
    server = session.server
    edits = []
    before = server.settled_cpu_ms()
    for edit in script(session.text):
        clock = time.perf_counter()
        session.send(edit)
        session.wait()
        wall = 1000 * (time.perf_counter() - clock)
        after = server.settled_cpu_ms()
        edits.append((after - before, wall))
        before = after
    session.lenses()  # as an editor asks for them when the typing pauses
    quiet_cpu_ms(server)
    return edits


def bursts(session: Session, rounds: int) -> dict[str, Any]:
    """One edit, and ten of them 30 ms apart: until the findings of the last are there, and with the pause behind."""
    at = len(session.text.now) // 2
    at = session.text.now.index("\n", at)
    ones: list[float] = []
    tens: list[float] = []
    one_alls: list[float] = []
    ten_alls: list[float] = []
    for _ in range(rounds):
        for count, settled, all_of_it in ((1, ones, one_alls), (10, tens, ten_alls)):
            before = quiet_cpu_ms(session.server)
            clock = time.perf_counter()
            for number, edit in enumerate(session.text.type(at, " # letters"[:count])):
                time.sleep(max(0.0, clock + 0.03 * number - time.perf_counter()))
                session.send(edit)
            session.wait()
            settled.append(session.server.settled_cpu_ms() - before)
            session.lenses()
            all_of_it.append(quiet_cpu_ms(session.server) - before)
            session.text.change((at, at + count, ""))
            session.send(Edit(((at, at + count, ""),)))
            session.wait()
    return {
        "one_cpu_ms": statistics.median(ones),
        "ten_cpu_ms": statistics.median(tens),
        "first_ten_cpu_ms": tens[0],
        "one_with_pause_cpu_ms": statistics.median(one_alls),
        "ten_with_pause_cpu_ms": statistics.median(ten_alls),
    }


def quiet_cpu_ms(server: Server) -> float:
    """CPU once nothing more happens for longer than a pause in typing: the analysis that waits for one included."""
    last, since = server.cpu_ms(), time.perf_counter()
    while time.perf_counter() - since < 1.6:
        time.sleep(0.1)
        now = server.cpu_ms()
        if now - last > 1.0:
            since = time.perf_counter()
        last = now
    return last


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--bursts", type=int, default=5, help="rounds of one edit and ten edits 30 ms apart")
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
        idle_mb = server.memory_mb()
        rows = [measure(server, folder, lines, options.bursts) for lines in options.lines]
        result = {
            "start_wall_ms": start_wall,
            "start_cpu_ms": start_cpu,
            "memory_idle_mb": idle_mb,
            "memory_after_mb": server.memory_mb(),
            "scripts": rows,
        }
        server.stop()
    if options.json:
        print(json.dumps(result, indent=2))
        return
    print("Server over stdio. CPU is that of the server's process, all threads, until it is idle again.")
    print(f"  start to the answer of initialize   {start_wall:6.0f} ms wall   {start_cpu:6.0f} ms CPU")
    print(f"  memory, nothing open                {idle_mb:6.0f} MB")
    print(f"  memory, after the edits below       {result['memory_after_mb']:6.0f} MB")
    for row in rows:
        print(
            f"  {row['lines']} lines, {row['findings']} findings:"
            f" open {row['open_wall_ms']:.0f} ms wall, {row['open_cpu_ms']:.0f} ms CPU\n"
            f"    an edit ({row['edits']} of them)      {row['edit_cpu_ms']:6.1f} ms CPU,"
            f" p95 {row['edit_cpu_ms_p95']:.1f}, worst {row['edit_cpu_ms_worst']:.1f};"
            f" wall {row['edit_wall_ms']:.1f}, p95 {row['edit_wall_ms_p95']:.1f}\n"
            f"    the pause after typing     {row['one_with_pause_cpu_ms'] - row['one_cpu_ms']:6.1f} ms CPU:"
            " blocks, objective and lenses\n"
            f"    ten edits 30 ms apart      {row['ten_cpu_ms']:6.1f} ms CPU,"
            f" {row['ten_cpu_ms'] / row['one_cpu_ms']:.2f} times one (the first such ten"
            f" {row['first_ten_cpu_ms'] / row['one_cpu_ms']:.2f}); with the pause"
            f" {row['ten_with_pause_cpu_ms']:.1f}, {row['ten_with_pause_cpu_ms'] / row['one_with_pause_cpu_ms']:.2f}"
            " times one with its pause"
        )
        for script, part in row["by_script"].items():
            print(
                f"      {script.replace('_', ' '):24s} {part['edits']:3d} edits, median {part['median']:6.1f},"
                f" worst {part['worst']:6.1f} ms CPU"
            )


if __name__ == "__main__":
    main()
