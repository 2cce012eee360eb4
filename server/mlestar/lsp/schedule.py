"""What is computed when: findings at every keystroke, blocks and objective when the typing pauses.

Each document has at most one check and one analysis under way. The first edit after a pause is checked at once; edits
that arrive meanwhile replace one another, and the last of them is checked next. The analysis, which costs many times a
check, waits until the person pauses or a command needs it, and until somebody has looked at what it says: lenses,
hovers and actions are answered from the last one, moved along with the edits. `mlestar.lsp.rhythm` says how long a
pause is. Used on the event loop; checks and analyses run in a thread each.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Protocol, TypeVar
from urllib.parse import unquote

from mlestar.lsp.analysis import Analysed, Checked, Good
from mlestar.lsp.background import Background
from mlestar.lsp.documents import Document
from mlestar.lsp.rhythm import Rhythm

logger = logging.getLogger("mlestar.analysis")

T = TypeVar("T")

_FIRST_S = 30.0
"""How long an answer waits for the first check or analysis of a document: there is nothing older to answer from."""


class Work(Protocol):
    """What is scheduled. ``snapshot`` and the two that take results run on the loop, the other two in threads."""

    def snapshot(self, uri: str) -> Document | None: ...
    def check(self, document: Document) -> Checked: ...
    def analyse(self, document: Document, good: Good | None) -> Analysed: ...
    def checked(self, found: Checked) -> None: ...
    def analysed(self, known: Analysed) -> None: ...


class _Slot:
    """One document. ``unchecked`` and ``unanalysed``: it has changed since the last check or analysis began."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.rhythm = Rhythm()
        self.unchecked = False
        self.unanalysed = False
        self.forced = False
        """The settings changed: the same text gets another answer."""
        self.watched = False
        """Somebody was told of the last analysis, so that it is renewed without being asked."""
        self.urgent = False
        self.hurry = asyncio.Event()
        self.checking: asyncio.Task[None] | None = None
        self.analysing: asyncio.Task[None] | None = None
        self.found: Checked | None = None
        self.known: Analysed | None = None
        self.check_s = 0.0
        self.analyse_s = 0.0


class Schedule:
    """The two queues, one slot a document."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._slots: dict[str, _Slot] = {}
        self._one = asyncio.Lock()
        self.checker = Background(1, "check")
        self.background = Background(1, "analysis")

    # --- what happens to documents ----------------------------------------------------------------------------

    def submit(self, uri: str, *, forced: bool = False) -> None:
        """A document was opened or changed. ``forced``: not its text but the settings."""
        key = unquote(uri)
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = _Slot(uri)
            slot.watched = slot.urgent = True  # what is opened is looked at
        if not forced:
            slot.rhythm.edit(_now())
        slot.unchecked = slot.unanalysed = True
        slot.forced = slot.forced or forced
        slot.urgent = slot.urgent or forced
        if _idle(slot.checking):
            slot.checking = asyncio.get_running_loop().create_task(self._check(slot))

    def forget(self, uri: str) -> None:
        """The document was closed: drop what is known, and the results under way."""
        slot = self._slots.pop(unquote(uri), None)
        if slot is not None:
            slot.unchecked = slot.unanalysed = False

    def close(self) -> None:
        """Take no result any more; what is under way ends with the process."""
        for uri in list(self._slots):
            self.forget(uri)

    # --- answers ----------------------------------------------------------------------------------------------

    def latest(self, uri: str) -> Analysed | None:
        """The last analysis there is."""
        slot = self._slots.get(unquote(uri))
        return slot.known if slot else None

    def checked(self, uri: str) -> Checked | None:
        """The last check there is."""
        slot = self._slots.get(unquote(uri))
        return slot.found if slot else None

    async def findings(self, uri: str, patience: float) -> Checked | None:
        """The check of the newest text, waited for at most ``patience`` seconds; then the last one there is."""
        slot = self._slots.get(unquote(uri))
        if slot is None:
            return None
        if slot.checking is not None and not slot.checking.done():
            await asyncio.wait({slot.checking}, timeout=patience if slot.found else max(patience, _FIRST_S))
        return slot.found

    async def glance(self, uri: str) -> Analysed | None:
        """The last analysis, at once; it is renewed when the typing pauses. Waits only for the first of a document."""
        slot = self._slots.get(unquote(uri))
        if slot is None:
            return None
        slot.watched = True
        self._renew(slot)
        if slot.known is None:
            await self._wait(slot, _FIRST_S)
        return slot.known

    async def current(self, uri: str, patience: float) -> Analysed | None:
        """The analysis of the newest text, begun now, waited for at most ``patience`` seconds; then the last one."""
        slot = self._slots.get(unquote(uri))
        if slot is None:
            return None
        if slot.unanalysed:
            slot.urgent = True
            slot.hurry.set()
            self._renew(slot)
        await self._wait(slot, patience if slot.known is not None else max(patience, _FIRST_S))
        return slot.known

    async def _wait(self, slot: _Slot, patience: float) -> None:
        deadline = _now() + patience
        while (left := deadline - _now()) > 0:
            tasks = {task for task in (slot.analysing,) if not _idle(task)}
            if slot.known is None and slot.analysing is None and not _idle(slot.checking):
                tasks = {slot.checking}  # it starts the first analysis
            waiting = {task for task in tasks if task is not None}
            if not waiting:
                return
            await asyncio.wait(waiting, timeout=left)

    # --- at every keystroke -----------------------------------------------------------------------------------

    async def _check(self, slot: _Slot) -> None:
        while slot.unchecked:
            if (left := slot.rhythm.check_at(slot.check_s) - _now()) > 0:
                await asyncio.sleep(left)
                continue
            document = self._work.snapshot(slot.uri)
            slot.unchecked = False
            slot.rhythm.began()
            if document is None:
                break
            try:
                found, took = await _timed(self.checker, self._work.check, document)
            except Exception:
                # a defect of ours: the person keeps the last good answer, the log has the trace
                logger.exception("The check of %s failed", document.uri)
                continue
            slot.check_s = _cost(slot.check_s, took, first=slot.found is None)
            if not slot.unchecked and self._slots.get(unquote(slot.uri)) is slot:
                slot.found = found
                _told(self._work.checked, found)
        self._renew(slot)

    # --- when the typing pauses -------------------------------------------------------------------------------

    def _renew(self, slot: _Slot) -> None:
        if slot.unanalysed and (slot.watched or slot.urgent) and _idle(slot.analysing):
            slot.analysing = asyncio.get_running_loop().create_task(self._analyse(slot))

    async def _analyse(self, slot: _Slot) -> None:
        while slot.unanalysed:
            left = 0.0 if slot.urgent else slot.rhythm.pause_at(slot.analyse_s) - _now()
            if left > 0:
                slot.hurry.clear()
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(slot.hurry.wait(), left)
                continue
            async with self._one:
                if not slot.unanalysed or (not slot.urgent and slot.rhythm.pause_at(slot.analyse_s) > _now()):
                    continue  # superseded before it began
                await self._analyse_now(slot)

    async def _analyse_now(self, slot: _Slot) -> None:
        document = self._work.snapshot(slot.uri)
        forced, slot.unanalysed, slot.urgent, slot.forced = slot.forced, False, False, False
        if document is None:
            return
        before = slot.known
        if before is not None and not forced and before.document.same_text(document):
            slot.known = before.moved_to(document)  # undone, or undone and done again
            return
        good = before.good if before else None
        try:
            known, took = await _timed(self.background, self._work.analyse, document, good)
        except Exception:
            logger.exception("The analysis of %s failed", document.uri)
            return
        slot.analyse_s = _cost(slot.analyse_s, took, first=before is None)
        if self._slots.get(unquote(slot.uri)) is slot:
            slot.known = known
            _told(self._work.analysed, known)


async def _timed(where: Background, function: Callable[..., T], *args: object) -> tuple[T, float]:
    """The result, and the seconds of CPU that it took."""

    def work() -> tuple[T, float]:
        began = time.thread_time()
        return function(*args), time.thread_time() - began

    return await where.call(work)


def _cost(before: float, took: float, *, first: bool) -> float:
    """What such work takes. The first of a document reads everything and may import modules: it tells little."""
    if first:
        return 0.0
    return took if not before else (before + 2 * took) / 3


def _now() -> float:
    return asyncio.get_running_loop().time()


def _idle(task: asyncio.Task[None] | None) -> bool:
    return task is None or task.done()


def _told(listener: Callable[[T], None], result: T) -> None:
    try:
        listener(result)
    except Exception:
        logger.exception("Showing a result failed")
