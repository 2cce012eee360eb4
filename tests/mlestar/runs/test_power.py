"""When runs are held back: made-up laptops, desktops and answers of other systems."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlestar.runs import power
from mlestar.runs.power import SETTLED_S, Governor, OnBattery, Order, Power, PowerWatch, read_power
from mlestar.runs.resources import Capacity, Claim, Pool, State
from mlestar.runs.worker import background

from . import virtual_time

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's files")

AC = {"type": "Mains", "online": "1"}
UNPLUGGED = {"type": "Mains", "online": "0"}
EMPTYING = {"type": "Battery", "present": "1", "status": "Discharging"}
RESTING = {"type": "Battery", "present": "1", "status": "Unknown"}
FULL = {"type": "Battery", "present": "1", "status": "Full"}
MOUSE = {"type": "Battery", "scope": "Device", "present": "1", "status": "Discharging"}
EMPTY_BAY = {"type": "Battery", "present": "0", "status": "Unknown"}


def supplies(system: Path, *found: dict[str, str]) -> Path:
    for number, supply in enumerate(found):
        folder = system / "sys/class/power_supply" / f"S{number}"
        folder.mkdir(parents=True)
        for name, text in supply.items():
            (folder / name).write_text(text + "\n")
    return system


@on_linux
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((), False),
        ((AC, FULL), False),
        ((AC, EMPTYING), False),  # a charger too weak for the load is still a charger
        ((UNPLUGGED, EMPTYING), True),
        ((UNPLUGGED, EMPTYING, RESTING), True),  # two batteries are emptied one after the other
        ((UNPLUGGED, RESTING, RESTING), True),
        ((UNPLUGGED, {"type": "USB", "online": "1"}, EMPTYING), False),  # charged over USB-C
        ((EMPTYING,), True),  # no source is shown at all
        ((FULL,), False),
        ((UNPLUGGED,), False),  # a desktop with a strange firmware
        ((MOUSE,), False),
        ((UNPLUGGED, EMPTY_BAY), False),
    ],
)
def test_batteries(tmp_path: Path, found: tuple[dict[str, str], ...], expected: bool) -> None:
    assert read_power(system=supplies(tmp_path, *found)).on_battery is expected


@on_linux
def test_saver_and_heat(tmp_path: Path) -> None:
    profile = tmp_path / "sys/firmware/acpi/platform_profile"
    profile.parent.mkdir(parents=True)
    profile.write_text("low-power\n")
    zone = tmp_path / "sys/class/thermal/thermal_zone0"
    zone.mkdir(parents=True)
    for name, text in {"trip_point_0_type": "passive", "trip_point_0_temp": "70000", "trip_point_1_type": "critical",
                       "trip_point_1_temp": "100000", "temp": "80000"}.items():  # fmt: skip
        (zone / name).write_text(text + "\n")
    assert read_power(system=tmp_path) == Power(saver=True)
    profile.write_text("balanced\n")
    (zone / "temp").write_text("96000\n")
    assert read_power(system=tmp_path) == Power(hot=True)
    (zone / "temp").write_bytes(b"\xff?")
    assert read_power(system=tmp_path) == Power()


def test_this_machine_answers() -> None:
    assert isinstance(read_power(), Power)


def test_what_macos_says() -> None:
    said = "System-wide power settings:\nCurrently in use:\n standby              1\n lowpowermode         {}\n"
    assert power.macos_saver(said.format(1)) and not power.macos_saver(said.format(0))
    heat = "Note: No thermal warning level has been recorded\n\tCPU_Scheduler_Limit \t= 100\n\tCPU_Speed_Limit \t= {}\n"
    assert power.macos_hot(heat.format(60)) and not power.macos_hot(heat.format(100))


def test_a_loose_plug_does_not_start_and_stop_runs() -> None:
    governor = Governor(OnBattery.PAUSE)
    orders = [governor.update(Power(on_battery=n % 2 == 0), n * 10.0).runs for n in range(20)]
    assert orders == [None] * 20
    assert governor.update(Power(on_battery=True), 200) == Order()
    assert governor.update(Power(on_battery=True), 210) == Order(0, "paused: on battery")
    for n in range(20):  # now it flickers again: nothing goes until all has been well for long enough
        assert governor.update(Power(on_battery=n % 2 == 0), 220.0 + 10 * n).runs == 0
    assert governor.update(Power(), 410 + SETTLED_S).runs is None


@pytest.mark.parametrize(
    ("policy", "reading", "order"),
    [
        (OnBattery.PAUSE, Power(saver=True), Order(0, "paused: saving power")),
        (OnBattery.ONE, Power(on_battery=True), Order(1, "one run at a time: on battery")),
        (OnBattery.IGNORE, Power(on_battery=True, saver=True), Order()),
        (OnBattery.IGNORE, Power(hot=True), Order(1, "one run at a time: the machine is hot")),
        (OnBattery.PAUSE, Power(on_battery=True, hot=True), Order(0, "paused: on battery")),
    ],
)
def test_policies(policy: OnBattery, reading: Power, order: Order) -> None:
    governor = Governor(policy)
    governor.update(reading, 0)
    assert governor.update(reading, 10) == order


@given(st.lists(st.booleans(), max_size=60))
def test_runs_are_held_no_longer_than_needed_and_never_released_early(readings: list[bool]) -> None:
    governor = Governor(OnBattery.PAUSE)
    for n, on_battery in enumerate(readings):
        held = governor.update(Power(on_battery=on_battery), n * 10.0).runs == 0
        lately = readings[max(0, n - int(SETTLED_S / 10)) : n + 1]
        if all(readings[max(0, n - 1) : n + 1]) and n:
            assert held
        if not any(lately) and len(lately) > SETTLED_S / 10:
            assert not held


def test_the_watch_holds_the_pool_and_lets_it_go() -> None:
    async def play() -> None:
        loop = asyncio.get_running_loop()
        seen: list[tuple[float, State]] = []
        pool = Pool(Capacity(1), on_change=lambda state: seen.append((loop.time(), state)))
        watch = PowerWatch(pool, read=lambda: Power(on_battery=5 < loop.time() < 100))
        watch.start()
        done = []

        async def one() -> None:
            async with pool.take(Claim()):
                await asyncio.sleep(10)
            done.append(loop.time())

        await asyncio.gather(*(one() for _ in range(6)))
        await watch.close()
        assert any(state.held == "paused: on battery" for _, state in seen)
        began = [t for t in done if t < 60]
        assert len(began) <= 3, "what ran went on, nothing was started"
        assert 100 + SETTLED_S <= min(t for t in done if t >= 60) - 10 <= 100 + SETTLED_S + 25

    # the reading is made in a thread, which a clock that jumps cannot wait for: here it is made at once
    async def with_readings_at_once() -> None:
        loop = asyncio.get_running_loop()

        def at_once(_: object, function: object, *args: object) -> asyncio.Future[object]:
            future = loop.create_future()
            future.set_result(function(*args))  # type: ignore[operator]
            return future

        loop.run_in_executor = at_once  # type: ignore[assignment, method-assign]
        await play()

    virtual_time.run(with_readings_at_once())


async def test_a_machine_that_starts_on_battery_is_held_at_once() -> None:
    pool = Pool(Capacity(1))
    watch = PowerWatch(pool, read=lambda: Power(on_battery=True))
    watch.start()
    await asyncio.sleep(0.1)
    assert pool.state.held == "paused: on battery"
    await watch.close()


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="the system has no scheduling classes")
def test_a_run_steps_back_and_so_do_its_children() -> None:
    code = (
        "import runpy, subprocess, sys\n"
        "runpy.run_path(sys.argv[1])['step_back']()\n"
        "print(subprocess.run([sys.executable, '-c', 'import os; print(os.nice(0), os.sched_getscheduler(0))'],"
        " capture_output=True, text=True).stdout)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, background.__file__],
        start_new_session=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(max(10, os.nice(0))), str(os.SCHED_BATCH)], done.stderr
