"""Lazy work-done progress: shown only when the work turns out slow, never before the answer, cancellable.

A client that sent a token of its own gets its reports there; for others the server asks for a token. Nothing is
reported under a token that the client did not create or accept.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from mlestar.engine.types import Event

if TYPE_CHECKING:
    from mlestar.lsp.session import Session

logger = logging.getLogger("mlestar.progress")

DELAY_S = 0.4


def describe_event(event: Event) -> str:
    """``run 3 of 12: without features, seed 1; 40 s left``."""
    text = f"run {min(event.done + 1, event.total)} of {event.total}" if event.total else ""
    if event.message:
        text = f"{text}: {event.message}" if text else event.message
    if event.left:
        text += f"; {event.left} left"
    return text


class Progress:
    """One progress indicator. ``start`` once, ``report`` any time, ``finish`` once."""

    def __init__(
        self, session: Session, title: str, cancel: Callable[[], None], token: lsp.ProgressToken | None = None
    ) -> None:
        self._session = session
        self._title = title
        self._cancel = cancel
        self._token = token
        self._begun = False
        self._finished = False
        self._percentage = 0
        self._message: str | None = None
        self._starter: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._token is not None or self._session.capabilities.work_done_progress:
            self._starter = asyncio.ensure_future(self._begin_when_slow())

    async def _begin_when_slow(self) -> None:
        token = self._token
        if token is not None:
            self._session.progress_cancels[token] = self._cancel
        await asyncio.sleep(DELAY_S)
        if self._finished:
            return
        if token is None:
            token = f"mlestar-{uuid.uuid4()}"
            try:
                await self._session.ls.window_work_done_progress_create_async(
                    lsp.WorkDoneProgressCreateParams(token=token)
                )
            except JsonRpcException as error:
                logger.info("The client refused a progress token: %s", error)
                return
            self._token = token
            self._session.progress_cancels[token] = self._cancel
        if self._finished:
            self._session.progress_cancels.pop(token, None)
            return
        self._begun = True
        self._send(
            lsp.WorkDoneProgressBegin(
                title=self._title, cancellable=True, message=self._message, percentage=self._percentage
            )
        )

    def report(self, event: Event) -> None:
        if event.total:
            self._percentage = max(self._percentage, min(100, round(100 * event.done / event.total)))
        self._message = describe_event(event)
        if self._begun and not self._finished:
            self._send(lsp.WorkDoneProgressReport(cancellable=True, message=self._message, percentage=self._percentage))

    def finish(self, message: str) -> None:
        if self._finished:
            return
        self._finished = True
        if self._begun:
            self._send(lsp.WorkDoneProgressEnd(message=message))
        elif self._starter is not None and self._token is not None:
            self._starter.cancel()
        if self._token is not None:
            self._session.progress_cancels.pop(self._token, None)

    def _send(self, value: lsp.WorkDoneProgressBegin | lsp.WorkDoneProgressReport | lsp.WorkDoneProgressEnd) -> None:
        assert self._token is not None
        self._session.ls.protocol.notify(lsp.PROGRESS, lsp.ProgressParams(token=self._token, value=value))
