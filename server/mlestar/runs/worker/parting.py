"""The fork itself: a child of the supervisor's, with files, streams and events of its own, that waits for its turn.

The child belongs to the supervisor, not to the program it was forked from, so that its CPU time and its end are told
apart from others'.
"""

from __future__ import annotations

import os
import select
import signal
import time
from typing import TYPE_CHECKING

from . import forking, handles, private

if TYPE_CHECKING:
    from .branching import Branching

_PATIENCE_S = 60.0
"""How long a child may take to be ready (its own view of the files is made meanwhile)."""


def far_open(path: str, flags: int) -> int:
    """Open out of the way of scripts that close or reuse low descriptors."""
    import fcntl

    low = os.open(path, flags | os.O_CLOEXEC)
    try:
        high = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, 100)
    except OSError:
        return low
    os.close(low)
    return high


def fork(branch: "Branching", group: "list[int]") -> bool:
    """Fork a child for ``group``. In the child, once it is its turn: True. In the parent: False; the server knows."""
    read, write = os.pipe()
    try:
        pid = forking.fork()
    except (forking.CannotFork, OSError) as error:
        os.close(read)
        os.close(write)
        branch.say(unborn=group[0], reason=str(error)[:1000], lasting=isinstance(error, forking.CannotFork))
        return False
    if pid == 0:
        os.close(read)
        _become(branch, group, write)
        return True
    os.close(write)
    answer = _child_said(read)
    os.close(read)
    if answer == "ready\n":
        branch.say(born=group[0], pid=pid, parent=branch.key)
        return False
    _kill(pid)
    lasting = answer.startswith("refused: ")
    reason = answer[9:].strip() if lasting else "the forked process did not come to life"
    branch.say(unborn=group[0], reason=reason[:1000], lasting=lasting)
    return False


def _child_said(descriptor: int) -> str:
    """What comes before the end of file, at most for `_PATIENCE_S`."""
    text, deadline = b"", time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        if not select.select([descriptor], [], [], deadline - time.monotonic())[0]:
            break
        piece = os.read(descriptor, 4096)
        if not piece:
            break
        text += piece
    return text.decode("utf-8", "replace")


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _become(branch: "Branching", group: "list[int]", report: int) -> None:
    """In the child: become the run of ``group`` and wait for the turn. Ends the process when that cannot be."""
    try:
        os.setsid()
        parent, branch.key, branch.pid = branch.key, group[0], os.getpid()
        branch.stop_listening()
        branch.listen()
        place = branch.folder
        handles.redirect_streams(
            {
                os.path.join(place, "{}.{}".format(name, parent)): os.path.join(place, "{}.{}".format(name, branch.key))
                for name in ("out", "err")
            }
        )
        branch.channel.move(os.path.join(place, "events.{}".format(branch.key)))
        problem = private.make_private(branch.spec, branch.key)
        if problem is not None:
            words = "refused: {}".format(problem).replace("\n", " ")
            os.write(report, words.encode("utf-8", "replace")[:2000] + b"\n")
            os._exit(0)
        branch.stand_for(group)
        _write_own_text(branch)
        os.write(report, b"ready\n")
        os.close(report)
    except BaseException as error:
        try:
            words = "refused: {}: {}".format(type(error).__name__, error).replace("\n", " ")
            os.write(report, words.encode("utf-8", "replace")[:2000] + b"\n")
        finally:
            os._exit(1)
    branch.hear()


def _write_own_text(branch: "Branching") -> None:
    """Processes that the script spawns, and whoever reads it, find the run's own program under the script's path."""
    script, text = branch.spec["script"], branch.texts[branch.members[0]]
    try:
        with open(script, "rb") as file:
            if file.read() == text:
                return
        mode = os.stat(script).st_mode & 0o7777
        os.unlink(script)  # it may be read-only
        with open(script, "wb") as target:
            target.write(text)
        os.chmod(script, mode | 0o400)
    except OSError:
        return  # a script that lies where nothing can be written
