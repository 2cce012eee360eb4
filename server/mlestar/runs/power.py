"""Runs in the background must not empty a battery or cook a laptop: when to hold them back, and why.

What the platform tells is read now and then; `Governor` turns it into how many runs may go. It holds them back as soon
as two readings agree and lets them go only after mains power has stayed for a while, so that a loose plug does not
start and stop them.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from mlestar.runs.resources import Pool

INTERVAL_S = 10.0
"""How often the platform is asked."""
SETTLED_S = 30.0
"""How long all must be well before runs go again."""
_NEAR_LIMIT = 5.0
"""Degrees below the temperature at which the machine protects itself."""


class OnBattery(str, enum.Enum):
    """What happens to runs while the machine lives on its battery or saves power."""

    PAUSE = "pause"
    """None is started; what runs already goes on to its end."""
    ONE = "one"
    """One at a time."""
    IGNORE = "ignore"
    """As on mains power."""


@dataclass(frozen=True)
class Power:
    """What the platform tells; what it does not tell is False."""

    on_battery: bool = False
    saver: bool = False
    """The user has asked to save power."""
    hot: bool = False
    """The machine is close to slowing down or stopping because of heat."""


def read_power(*, system: Path = Path("/")) -> Power:
    """Ask the platform; never raises. Up to some milliseconds (macOS: starts ``pmset``), so not on an event loop."""
    try:
        if sys.platform.startswith("linux"):
            return Power(_linux_battery(system), _linux_saver(system), _linux_hot(system))
        if sys.platform == "darwin":  # pragma: no cover - no Mac here
            settings, heat = _pmset("-g"), _pmset("-g", "therm")
            return Power(_unplugged(), macos_saver(settings), macos_hot(heat))
        return Power(_unplugged(), _windows_saver())  # pragma: no cover - no Windows machine here
    except Exception:  # drivers answer with every kind of nonsense; not knowing holds nobody back
        return Power()


def _linux_battery(system: Path) -> bool:
    """No source of power is connected and there is a battery that is not a mouse's."""
    batteries, sources = [], []
    for supply in (system / "sys/class/power_supply").glob("*"):
        kind = _text(supply / "type")
        if kind == "Battery" and _text(supply / "scope") != "Device" and _text(supply / "present") != "0":
            batteries.append(_text(supply / "status"))
        elif kind in ("Mains", "USB", "Wireless") and _text(supply / "scope") != "Device":
            sources.append(_text(supply / "online") not in ("", "0"))
    if not batteries or any(sources):
        return False
    return bool(sources) or "Discharging" in batteries


def _linux_saver(system: Path) -> bool:
    return _text(system / "sys/firmware/acpi/platform_profile") in ("low-power", "quiet")


def _linux_hot(system: Path) -> bool:
    for zone in (system / "sys/class/thermal").glob("thermal_zone*"):
        now = _degrees(zone / "temp")
        for trip in zone.glob("trip_point_*_type"):
            limit = _degrees(trip.with_name(trip.name.replace("_type", "_temp")))
            if limit > 40 and _text(trip) in ("hot", "critical") and limit - _NEAR_LIMIT <= now < 150:
                return True
    return False


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _degrees(path: Path) -> float:
    try:
        return int(_text(path)) / 1000
    except ValueError:
        return float("-inf")


def _unplugged() -> bool:
    battery = psutil.sensors_battery()
    return battery is not None and battery.power_plugged is False


def _pmset(*words: str) -> str:  # pragma: no cover - no Mac here
    done = subprocess.run(["pmset", *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=5, check=False)
    return done.stdout.decode("utf-8", "replace")


def macos_saver(text: str) -> bool:
    """From ``pmset -g``: is low power mode on?"""
    return re.search(r"^\s*(lowpowermode|powermode)\s+1\s*$", text, re.MULTILINE) is not None


def macos_hot(text: str) -> bool:
    """From ``pmset -g therm``: has the system slowed the processor down?"""
    limits = re.findall(r"^\s*CPU_(?:Speed|Scheduler)_Limit\s*=\s*(\d+)\s*$", text, re.MULTILINE)
    return any(int(limit) < 100 for limit in limits)


def _windows_saver() -> bool:  # pragma: no cover - no Windows machine here
    import ctypes

    state = (ctypes.c_ubyte * 12)()  # SYSTEM_POWER_STATUS: four bytes, the last says whether power is saved
    if not ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(state)):  # type: ignore[attr-defined,unused-ignore]
        return False
    return state[3] == 1


@dataclass(frozen=True)
class Order:
    """How many runs may go at a time (None: as many as fit), and why not more, in a few words for a person."""

    runs: int | None = None
    why: str = ""


class Governor:
    """Turns readings into orders, without haste."""

    def __init__(self, policy: OnBattery) -> None:
        self.policy = policy
        self._order = Order()
        self._asked = Order()
        self._well_since: float | None = None

    def update(self, power: Power, now: float) -> Order:
        """The order that holds after this reading; ``now`` in seconds of a clock that only rises."""
        wanted = _order(self.policy, power)
        confirmed, self._asked = wanted == self._asked, wanted
        if wanted.runs is not None:
            self._well_since = None
            if confirmed:
                self._order = wanted
        elif self._order.runs is not None:
            self._well_since = now if self._well_since is None else self._well_since
            if now - self._well_since >= SETTLED_S or self.policy is OnBattery.IGNORE:
                self._order = wanted
        return self._order


def _order(policy: OnBattery, power: Power) -> Order:
    if policy is not OnBattery.IGNORE and (power.on_battery or power.saver):
        why = "on battery" if power.on_battery else "saving power"
        return Order(0, f"paused: {why}") if policy is OnBattery.PAUSE else Order(1, f"one run at a time: {why}")
    return Order(1, "one run at a time: the machine is hot") if power.hot else Order()


class PowerWatch:
    """Asks the platform now and then and tells the pool. ``policy`` may be changed at any time."""

    def __init__(
        self, pool: Pool, policy: OnBattery = OnBattery.PAUSE, *, read: Callable[[], Power] = read_power
    ) -> None:
        self._pool, self._read = pool, read
        self._governor = Governor(policy)
        self._task: asyncio.Task[None] | None = None
        self._order = Order()

    @property
    def policy(self) -> OnBattery:
        return self._governor.policy

    @policy.setter
    def policy(self, policy: OnBattery) -> None:
        self._governor.policy = policy

    def start(self) -> None:
        """Begin to watch, unless it has begun. Needs a running loop."""
        if self._task is None and os.environ.get("MLESTAR_IGNORE_POWER") != "1":
            self._task = asyncio.ensure_future(self._watch())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        first = True
        while True:
            power = await loop.run_in_executor(None, self._read)
            order = self._governor.update(power, loop.time())
            if first and order == Order():  # what is so from the start need not be seen twice
                order = self._governor.update(power, loop.time())
            first = False
            if order != self._order:
                self._order = order
                self._pool.allow(order.runs, order.why)
            await asyncio.sleep(INTERVAL_S)
