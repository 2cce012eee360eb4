"""Work in daemon threads: answers and errors come back, and an exit does not wait for what still runs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from mlestar.lsp.background import Background


async def test_results_and_errors_come_back() -> None:
    background = Background(2, "test")
    assert await background.call(int, "7") == 7
    with pytest.raises(ValueError, match="invalid literal"):
        await background.call(int, "x")
    names = await asyncio.gather(*(background.call(lambda: threading.current_thread().name) for _ in range(20)))
    assert len(set(names)) <= 2


async def test_a_cancelled_caller_leaves_the_thread_to_its_work() -> None:
    background, done = Background(1, "test"), threading.Event()
    waiting = asyncio.ensure_future(background.call(lambda: (time.sleep(0.05), done.set())))
    await asyncio.sleep(0.01)
    waiting.cancel()
    assert await background.call(lambda: done.is_set()) is True


def test_an_exit_does_not_wait() -> None:
    program = (
        "import asyncio, time\nfrom mlestar.lsp.background import Background\n"
        "async def main():\n"
        "    task = asyncio.ensure_future(Background(1, 'x').call(time.sleep, 60))\n"
        "    await asyncio.sleep(0.05)\n"
        "    task.cancel()\n"
        "asyncio.run(main())\n"
    )
    began = time.monotonic()
    assert subprocess.run([sys.executable, "-c", program], timeout=30, check=False).returncode == 0
    assert time.monotonic() - began < 20
