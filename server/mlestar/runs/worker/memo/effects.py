"""What a call does beside its result: text printed, warnings, values sent to the server, files, other programs.

While a call is watched, all of it goes its usual way and is noted down; on a later hit the harmless part is done again
and whatever else was seen makes the call one that is not kept.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any, Callable, Optional

from .. import evaluation, wire
from .prints import Unfit

_MOST_TEXT = 1_000_000
_REFUSED = ("subprocess.", "socket.connect", "socket.bind", "os.system", "os.exec", "os.fork", "os.posix_spawn",
            "os.spawn", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink",
            "os.putenv", "os.unsetenv", "os.chdir", "sqlite3.connect", "urllib.Request", "shutil.")  # fmt: skip


class Watch:
    """Watches the whole process while at least one call is under way; a call's part is what came since its start."""

    def __init__(self, channel: wire.Channel, skip: "tuple[str, ...]", script: str) -> None:
        self._channel, self._skip, self._script = channel, skip, script
        self._depth = 0
        self.own = False
        """Whether what happens now is the memo's own doing."""
        self.done: list[tuple[Any, ...]] = []
        self.opened: list[str] = []
        self.trouble: list[str] = []
        self._undo: list[Callable[[], None]] = []
        sys.addaudithook(self._audit)

    def begin(self) -> "tuple[int, int, int]":
        """A mark, for `since`. Raises Unfit when this process's output cannot be watched."""
        if self._depth == 0:
            self.done, self.opened, self.trouble = [], [], []
            try:
                self._install()
            except Exception as error:
                self._remove()
                raise Unfit("its output cannot be watched ({})".format(error)) from None
        self._depth += 1
        return len(self.done), len(self.opened), len(self.trouble)

    def end(self) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._remove()

    def since(self, mark: "tuple[int, int, int]", allowed: "list[str]") -> "list[tuple[Any, ...]]":
        """What has to be done again for the part since ``mark``. Raises Unfit when something cannot be."""
        if len(self.trouble) > mark[2]:
            raise Unfit(self.trouble[mark[2]])
        for path in set(self.opened[mark[1] :]) - {self._script, *allowed}:  # a warning shows a line of the script
            if not any(_same(path, other) for other in allowed):
                raise Unfit("it reads {}".format(path))
        done = self.done[mark[0] :]
        if sum(len(item[2]) for item in done if item[0] == "print") > _MOST_TEXT:
            raise Unfit("it prints too much")
        return done

    # ---- noting down -------------------------------------------------------------------------------------------

    def _install(self) -> None:
        for name in ("stdout", "stderr"):
            self._watch_stream(name, getattr(sys, name))
        original = warnings._showwarnmsg_impl  # type: ignore[attr-defined]
        if warnings.showwarning is not warnings._showwarning_orig:  # type: ignore[attr-defined]
            raise Unfit("warnings go a way of their own")

        def shown(message: Any) -> None:
            self._warned(message)
            sys_done, self.done = self.done, []  # its text on stderr comes again with the warning
            try:
                original(message)
            finally:
                self.done = sys_done

        warnings._showwarnmsg_impl = shown  # type: ignore[attr-defined]
        self._undo.append(lambda: setattr(warnings, "_showwarnmsg_impl", original))

        def sent(event: "dict[str, Any]") -> None:
            if not ("input" in event or "note" in event):
                self.done.append(("send", event))

        self._channel.observers.append(sent)
        self._undo.append(lambda: self._channel.observers.remove(sent))
        self._undo.append(evaluation.observe(lambda scored: self.done.append(("scored", tuple(scored)))))

    def _remove(self) -> None:
        while self._undo:
            self._undo.pop()()

    def _watch_stream(self, name: str, stream: Any) -> None:
        write, own = stream.write, "write" in stream.__dict__

        def noted(text: Any) -> Any:
            self.done.append(("print", name, text))
            return write(text)

        def undo() -> None:
            if own:
                stream.write = write
            else:
                del stream.write

        stream.write = noted
        self._undo.append(undo)

    def _warned(self, message: Any) -> None:
        category = message.category
        self.done.append(
            ("warn", category, str(message.message), message.filename, message.lineno, message.filename == self._script)
        )

    def _audit(self, event: str, args: "tuple[Any, ...]") -> None:
        if self._depth == 0 or self.own:
            return
        if event == "open":
            self._opened(*args[:3])
        elif event.startswith(_REFUSED):
            self.trouble.append("it does {}".format(event))

    def _opened(self, path: Any, mode: Any, flags: Any) -> None:
        try:
            whole = os.path.abspath(os.fsdecode(path)) if isinstance(path, (str, bytes, os.PathLike)) else ""
            writes = (
                any(x in mode for x in "wax+") if isinstance(mode, str) else bool(flags & (os.O_WRONLY | os.O_RDWR))
            )
            if writes and whole != os.devnull:
                self.trouble.append("it writes {}".format(whole))
            elif whole and not whole.startswith((*self._skip, "/proc/", "/sys/", "/dev/")):
                self.opened.append(whole)
        except Exception:
            self.trouble.append("it opens something")  # inside a hook nothing may surface in the user's program

    # ---- doing it again ----------------------------------------------------------------------------------------

    def again(self, done: "list[tuple[Any, ...]]") -> None:
        """Print, warn, send and record what the call did when it was made."""
        for item in done:
            if item[0] == "print":
                getattr(sys, item[1]).write(item[2])
            elif item[0] == "warn":
                self._warn(*item[1:])
            elif item[0] == "send":
                self._channel.send(**item[1])
            else:
                evaluation.record(evaluation.Scored(*item[1]))

    def _warn(self, category: Any, text: str, filename: str, line: int, in_script: bool) -> None:
        home: Optional[Any] = None
        if in_script:
            frame: Any = sys._getframe()
            while frame is not None and frame.f_code.co_filename != self._script:
                frame = frame.f_back
            filename, line = self._script, frame.f_lineno if frame is not None else line
            home = sys.modules.get("__main__")
        else:
            home = next((m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == filename), None)
        registry = None if home is None else home.__dict__.setdefault("__warningregistry__", {})
        name = getattr(home, "__name__", None)
        warnings.warn_explicit(text, category, filename, line, module=name, registry=registry)


def _same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False
