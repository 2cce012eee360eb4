"""One call of a library through the memo: look it up, else make it and keep what it left behind.

Exact or not at all. A call is known again by everything it depends on: its name, the content and layout of all that it
receives (`prints`), the files it reads (`files`), versions, settings and, where it may draw from them, the global
random generators (`ambient`). What is kept is everything it leaves: its value, the new attributes of objects that
it changed, generators moved on, and what it printed, warned and recorded (`effects`). Costs are CPU seconds: what is
learnt about calls must not depend on what else the machine does.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, Optional

from .. import evaluation
from .attempts import Attempt, Found, Target
from .effects import Watch
from .entries import Entries, Lock
from .files import named_file, seconds_to_print
from .policy import Policy, rough_bytes
from .prints import Unfit


class Frame:
    """One call that is being made and may be kept."""

    def __init__(self, lock: Lock, composes: bool) -> None:
        self.lock, self.composes, self.spoilt = lock, composes, ""


class Memo:
    """The memo of one process."""

    def __init__(
        self,
        entries: Entries,
        policy: Policy,
        watch: Watch,
        salts: "tuple[str, str]",
        allowed: Callable[[], bool],
        workspace: str,
    ) -> None:
        self.workspace = workspace.rstrip("/") + "/"
        self.entries, self.policy, self.watch, self.salts, self.allowed = entries, policy, watch, salts, allowed
        self.frames: list[Frame] = []
        self.counts: dict[str, float] = {}
        self.reasons: dict[str, int] = {}
        self.on = True
        self._main = threading.main_thread()
        self.reset()

    def reset(self) -> None:
        self.counts = dict.fromkeys(("hits", "misses", "saved_s", "spent_s", "stored_bytes", "stored", "waited_s"), 0)
        self.reasons = {}

    def spoil(self, reason: str) -> None:
        """Keep nothing of the calls under way."""
        for frame in self.frames:
            frame.spoilt = reason

    def call(self, target: Target, function: Callable[..., Any], args: "tuple[Any, ...]", kwargs: Any) -> Any:
        """``function(*args, **kwargs)``, or what it left behind when the very same call was made before."""
        if not self.on or self.watch.own or threading.current_thread() is not self._main:
            return function(*args, **kwargs)
        if (self.frames and not self.frames[-1].composes) or evaluation.inside_metric():
            return function(*args, **kwargs)
        name = target.name
        if target.method:
            if not args:
                return function(*args, **kwargs)
            name = "{}.{}".format(type(args[0]).__qualname__, name)
        size = sum(map(rough_bytes, args)) + sum(map(rough_bytes, kwargs.values()))
        if target.file is not None:
            path = named_file(args[0] if args else kwargs.get(target.file))
            size += int(seconds_to_print(path) * 1e9) if path is not None else 0
        kind = (name, size.bit_length())
        if not self.policy.worth(kind, size):
            return function(*args, **kwargs)
        return self._through(target, kind, function, args, kwargs)

    # ---- the way through ---------------------------------------------------------------------------------------

    def _through(self, target: Target, kind: Any, function: Any, args: Any, kwargs: Any) -> Any:
        begun = time.process_time()
        self.watch.own = True  # what prints and loading call is not looked at
        attempt: Optional[Attempt] = None
        found: Optional[Found] = None
        lock: Optional[Lock] = None
        try:
            attempt = Attempt(self, target, args, kwargs)
            found = attempt.find()
            lock = self.entries.lock(attempt.keys()[1])
            if found is None and not lock.take():
                waiting = time.monotonic()
                lock.wait()
                self.counts["waited_s"] += time.monotonic() - waiting
                found = attempt.find()
        except Exception as error:  # not to be had exactly, or an unusual version of a library: the plain way
            self.refused(kind[0], error)
            if lock is not None:
                lock.release()
            attempt = found = lock = None
        finally:
            self.watch.own = False
        spent = time.process_time() - begun
        self.counts["spent_s"] += spent
        if attempt is None or lock is None:
            taken = time.process_time()
            value = function(*args, **kwargs)
            self.policy.learn(kind, time.process_time() - taken, spent)
            return value
        if found is not None:
            self._release(lock)
            return self._hit(kind, attempt, found, spent)
        return self._miss(kind, attempt, lock, function, args, kwargs, spent)

    def _hit(self, kind: Any, attempt: Attempt, found: Found, spent: float) -> Any:
        self.counts["hits"] += 1
        self.counts["saved_s"] += max(0.0, found.seconds - spent)
        self.policy.learn(kind, found.seconds, spent)
        return attempt.apply(found)

    def _miss(
        self, kind: Any, attempt: Attempt, lock: Lock, function: Any, args: Any, kwargs: Any, spent: float
    ) -> Any:
        self.counts["misses"] += 1
        frame = Frame(lock, attempt.target.composes)
        try:
            mark = self.watch.begin()
        except Unfit as reason:
            self.refused(kind[0], reason)
            self._release(lock)
            return function(*args, **kwargs)
        self.frames.append(frame)
        taken = time.process_time()
        try:
            value = function(*args, **kwargs)
        except BaseException:
            self._leave(frame)
            self.watch.end()
            self._release(lock)
            raise
        took = time.process_time() - taken
        self._leave(frame)
        after = time.process_time()
        self.watch.own = True
        try:
            if frame.spoilt:
                raise Unfit(frame.spoilt)
            if took >= self.policy.threshold_s and spent < self.policy.share * took:
                size = attempt.keep(value, mark, took)
                self.counts["stored_bytes"] += size
                self.counts["stored"] += bool(size)
        except Exception as error:  # the value is the user's; only nothing is kept
            self.refused(kind[0], error)
        finally:
            lock.release()
            self.watch.own = False
            self.watch.end()
        more = time.process_time() - after
        self.counts["spent_s"] += more
        self.policy.learn(kind, took, spent + more)
        return value

    def _release(self, lock: Lock) -> None:
        self.watch.own = True
        try:
            lock.release()
        finally:
            self.watch.own = False

    def _leave(self, frame: Frame) -> None:
        if frame in self.frames:
            del self.frames[self.frames.index(frame) :]

    def refused(self, name: str, reason: Any) -> None:
        if len(self.reasons) < 100:
            kind = "" if isinstance(reason, (str, Unfit)) else type(reason).__name__ + ": "
            text = "{}: {}{}".format(name, kind, reason)[:200]
            self.reasons[text] = self.reasons.get(text, 0) + 1
