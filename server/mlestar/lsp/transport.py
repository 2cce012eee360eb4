"""Bytes in and out, and the end of the process.

pygls reads stdin through the pool that its thread handlers use (busy workers make the server deaf), knows only one
spelling of the header, lets any ``print`` of a library onto the wire, always exits with 0, and does not notice that the
editor died while stdin stays open in another process. This module reads with a thread of its own, keeps a private copy
of the wire, ends with the code the specification asks for, and watches the editor's process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import BinaryIO

from mlestar.lsp.hardened import HardenedServer

logger = logging.getLogger("mlestar.transport")

_MAX_MESSAGE = 1 << 30


class Wire:
    """Writes whole messages; when the client is gone it says so once instead of raising in every handler."""

    def __init__(self, stream: BinaryIO, lost: Callable[[], None]) -> None:
        self._stream = stream
        self._lost = lost
        self._open = True

    def write(self, data: bytes) -> None:
        if not self._open:
            return
        try:
            self._stream.write(data)
            self._stream.flush()
        except (OSError, ValueError):
            self._open = False
            self._lost()

    def close(self) -> None:
        self._open = False


def read_message(stream: BinaryIO) -> bytes | None:
    """The next body, or None at the end of the stream. Raises ValueError when the framing is lost."""
    length: int | None = None
    while True:
        line = stream.readline(65536)
        if not line:
            return None
        text = line.strip()
        if not text:
            if length is None:
                continue
            break
        name, _, value = text.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
            if not 0 <= length <= _MAX_MESSAGE:
                raise ValueError(f"Content-Length {length} is out of range")
    body = stream.read(length)
    return body if body is not None and len(body) == length else None


def _parent_alive(pid: int, born: float | None) -> bool:
    import psutil

    from mlestar.births import lives

    try:
        return (born is None or lives(pid, born)) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True  # it exists and cannot be looked at


async def watch_parent(pid: int, stop: Callable[[], None], period: float = 1.0) -> None:
    """Call ``stop`` when process ``pid`` has ended (a new process with its number does not count)."""
    import psutil

    from mlestar.births import birth

    born: float | None = None
    with contextlib.suppress(psutil.Error, OSError):
        born = birth(pid)
    while _parent_alive(pid, born):  # noqa: ASYNC110  # no event tells of another process's end
        await asyncio.sleep(period)
    logger.warning("The editor's process %s has ended; shutting down", pid)
    stop()


async def converse(
    server: HardenedServer,
    source: BinaryIO,
    sink: BinaryIO,
    *,
    closing: Callable[[], Awaitable[None]],
) -> int:
    """Serve one client until ``exit``, the end of its stream, its death or SIGTERM; the exit code.

    ``closing`` is awaited before return: it ends what the server started.
    """
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    protocol = server.protocol
    protocol.on_exit = stopped.set
    protocol.set_writer(Wire(sink, stopped.set))
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(
            NotImplementedError, RuntimeError, ValueError
        ):  # not on Windows, not off the main thread
            loop.add_signal_handler(number, stopped.set)

    def post(call: Callable[..., None], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            loop.call_soon_threadsafe(call, *args)

    def read() -> None:
        try:
            while (body := read_message(source)) is not None:
                post(protocol.receive, body)
        except (OSError, ValueError) as error:
            logger.error("Cannot read from the client: %s", error)
        post(stopped.set)

    # a daemon: a read that never returns must not keep the process alive
    threading.Thread(target=read, name="client-reader", daemon=True).start()
    watcher: asyncio.Task[None] | None = None
    waiting = asyncio.ensure_future(stopped.wait())
    try:
        while not waiting.done():
            await asyncio.wait({waiting}, timeout=None if protocol.initialize_seen else 0.5)
            if watcher is None and server.process_id:
                watcher = asyncio.ensure_future(watch_parent(server.process_id, stopped.set))
    finally:
        if watcher is not None:
            watcher.cancel()
        await closing()
    return 0 if protocol.shutdown_requested else 1


def private_stdio() -> tuple[BinaryIO, BinaryIO]:
    """The client's two streams; stdin and stdout of this process point elsewhere, so that no library can touch them."""
    source = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return source, sink


def accept_one(port: int) -> tuple[BinaryIO, BinaryIO]:
    """Wait for one client on the loopback interface; its two streams. Port 0 takes a free one, told on stderr."""
    import socket

    with socket.create_server(("127.0.0.1", port)) as listener:
        print(f"mlestar lsp listens on 127.0.0.1:{listener.getsockname()[1]}", file=sys.stderr, flush=True)
        connection, _ = listener.accept()
    return connection.makefile("rb"), connection.makefile("wb")
