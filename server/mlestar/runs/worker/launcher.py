"""The process between the server and a run: builds the protection, starts the run, watches the server, kills the tree.

Started with the server's own Python (``-I -S``). Its stdin is the lifeline: the server holds the other end and
never writes, so end of file means that the server cancelled or died, even by SIGKILL. stdout and stderr go straight
from the script to the server. What came of the run is written to ``launcher.json`` in the scratch folder.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import sys
import time
from typing import Any, Optional

from . import copying

_GRACE_S = 2.5
"""After asking the supervisor to end the run (it needs at most 1.7 s) it is killed itself."""


class _Server:
    """Whether the server still wants the run."""

    def __init__(self, server_pid: int) -> None:
        self.pid = server_pid
        self.stopped = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, *_: Any) -> None:
        self.stopped = True

    def gone(self) -> bool:
        """Never blocks. A stray copy of the pipe's other end cannot deceive it: the parent's pid is looked at too."""
        if not self.stopped:
            if self.pid and os.getppid() != self.pid:
                self.stopped = True
            elif select.select([0], [], [], 0)[0]:
                self.stopped = os.read(0, 1) == b""
        return self.stopped


def _attempt(spec: dict[str, Any], mode: str, server: _Server, bubble: Optional[str] = None) -> dict[str, Any]:
    """One try with one protection, in a child of its own, so that a half-built one disappears with it.

    ``bubble`` is bubblewrap's path when the namespaces are to come from it.
    """
    report_read, report_write = os.pipe()
    life_read, life_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(report_read)
        os.close(life_write)
        from . import contain  # not on Windows, which has no `resource`

        if bubble is not None:
            contain.contain_in_bubble(bubble, spec, life_read, report_write)
        contain.contain(spec, mode, life_read, report_write)
    os.close(report_write)
    os.close(life_read)
    text, asked, deadline = b"", False, float("inf")
    while True:
        ready = select.select([report_read], [], [], 0.2 if asked else 0.25)[0] if asked else None
        if ready is None:
            ready = select.select([report_read, 0], [], [], 0.25)[0]
        if report_read in ready:
            piece = os.read(report_read, 65536)
            if not piece:
                break
            text += piece
        if not asked and server.gone():
            asked, deadline = True, time.monotonic() + _GRACE_S
            os.close(life_write)
        if time.monotonic() > deadline:
            _kill_supervisor(text, pid)
            deadline = float("inf")
    if not asked:
        os.close(life_write)
    os.close(report_read)
    _, status, usage = os.wait4(pid, 0)
    answer: dict[str, Any] = {}
    for line in text.splitlines():
        answer.update(json.loads(line))
    if "ended" not in answer and "unavailable" not in answer:
        answer.update(ended="signal", signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 9, lost=True)
    scale = 1 if sys.platform == "darwin" else 1024
    answer["cpu_s"] = usage.ru_utime + usage.ru_stime
    answer["peak"] = max(int(answer.get("peak", 0)), int(usage.ru_maxrss) * scale)
    return answer


def _kill_supervisor(text: bytes, pid: int) -> None:
    victims = [json.loads(line)["init"] for line in text.splitlines() if b'"init"' in line]
    for victim in [*victims, pid]:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _bubble() -> Optional[str]:
    from . import bubble

    return bubble.found()


def _in_bubble(spec: dict[str, Any], server: _Server) -> Optional[dict[str, Any]]:
    """One try with namespaces from bubblewrap; None where there is none, or the workspace is too big to copy."""
    program = _bubble()
    if program is None or copying.copy_workspace(spec, server.gone, bound=True) is not None:
        return None
    answer = _attempt(spec, "copy", server, program)
    if "unavailable" in answer or answer.get("lost"):
        return None
    return {**answer, "protection": "copy"}


def _run(spec: dict[str, Any]) -> dict[str, Any]:
    server = _Server(int(spec.get("server_pid") or 0))
    refused: list[str] = []
    for mode in spec["protections"]:
        if server.gone():
            return {"ended": "cancelled"}
        if spec.get("no_namespaces") and spec.get("namespaces", True):
            spec["namespaces"] = False
            answer = _in_bubble(spec, server) if "copy" in spec["protections"] else None
            if answer is not None:
                return {**answer, "refused": refused}
        untouched = json.loads(json.dumps(spec))
        if mode == "copy":
            problem: Optional[str] = copying.copy_workspace(spec, server.gone)
            if problem is not None:
                refused.append(problem)
                break
        answer = _attempt(spec, mode, server)
        if answer.get("no_namespaces"):
            spec["no_namespaces"] = True
            if mode == "copy":
                bubbled = None
                if (
                    spec.get("namespaces", True) and _bubble() is not None
                ):  # known only now: the copy is made anew, to be mounted in place
                    shutil.rmtree(os.path.join(spec["scratch"], "copy"), ignore_errors=True)
                    bubbled = _in_bubble(untouched, server)
                    if bubbled is None:
                        spec = untouched
                        shutil.rmtree(os.path.join(spec["scratch"], "copy"), ignore_errors=True)
                        copying.copy_workspace(spec, server.gone)
                spec["namespaces"] = False
                answer = bubbled or _attempt(spec, mode, server)
        if "unavailable" not in answer:
            answer["protection"] = mode
            answer["refused"] = refused
            return answer
        if answer.get("missing"):
            return {"ended": "error", "reason": str(answer["unavailable"]), "refused": refused}
        refused.append(str(answer["unavailable"]))
    return {"ended": "error", "reason": "; ".join(refused), "refused": refused}


def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    if os.name == "nt":  # pragma: no cover - no Windows machine here
        from . import windows

        answer = windows.run(spec)
    else:
        answer = _run(spec)
    target = os.path.join(spec["scratch"], "launcher.json")
    with open(target + ".new", "w", encoding="utf-8") as file:
        json.dump(answer, file)
    os.replace(target + ".new", target)
