"""The pool: never more than there is, nobody starved, fair between scripts, whoever is looked at first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlestar.runs.fairness import PATIENCE
from mlestar.runs.resources import Capacity, Claim, Grant, Pool, PoolClosed, State

from . import virtual_time

GB = 1024**3


@dataclass
class Log:
    """What a simulated machine saw: who held what, and when each run began and ended."""

    pool: Pool
    held: dict[int, Grant] = field(default_factory=dict)
    began: dict[str, list[float]] = field(default_factory=dict)
    ended: dict[str, list[float]] = field(default_factory=dict)
    most: int = 0

    async def work(self, claim: Claim, seconds: float, *, owner: str = "", priority: int = 0, after: float = 0) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(after)
        async with self.pool.take(claim, priority=priority, owner=owner) as grant:
            self.held[id(grant)] = grant
            self.began.setdefault(owner, []).append(loop.time())
            self.check()
            try:
                await asyncio.sleep(seconds)
            finally:
                del self.held[id(grant)]
        self.ended.setdefault(owner, []).append(loop.time())

    def check(self) -> None:
        capacity, held = self.pool.capacity, list(self.held.values())
        assert sum(g.threads for g in held) <= capacity.threads
        for name in capacity.gpus:
            assert sum(name in g.gpus for g in held) <= capacity.runs_a_gpu
        assert all(len(set(g.gpus)) == len(g.gpus) for g in held)
        if capacity.memory_bytes is not None:
            assert len(held) <= 1 or sum(g.memory_bytes for g in held) <= capacity.memory_bytes
        self.most = max(self.most, len(held))


claims = st.builds(
    Claim, st.integers(0, 6), st.none() | st.integers(1, 20).map(lambda n: n * GB), st.integers(0, 3)
)  # fmt: skip
jobs = st.lists(
    st.tuples(
        claims,
        st.integers(1, 50).map(float),  # how long it runs
        st.sampled_from("abc"),
        st.integers(-1, 2),
        st.integers(0, 40).map(float),  # when it is asked for
        st.none() | st.integers(0, 60).map(float),  # when it is cancelled
    ),
    max_size=25,
)
capacities = st.builds(
    Capacity,
    st.integers(1, 4),
    st.none() | st.just(16 * GB),
    st.integers(0, 2).map(lambda n: tuple("01"[:n])),
    st.integers(1, 2),
)


@given(capacities, jobs, st.integers(0, 20))
@settings(max_examples=150, deadline=None)
def test_never_more_than_there_is_and_everybody_gets_a_turn(
    capacity: Capacity, asked: list[tuple[Claim, float, str, int, float, float | None]], taken_gb: int
) -> None:
    """Whatever is asked, cancelled and used up by others meanwhile: all that is not cancelled runs, and all is given
    back."""

    async def play() -> None:
        loop = asyncio.get_running_loop()

        def available() -> int:  # others take memory for a while
            return (16 - (taken_gb if loop.time() < 60 else 0)) * GB

        pool = Pool(capacity, available=available)
        log = Log(pool)
        tasks = []
        for claim, seconds, owner, priority, after, cancelled in asked:
            task = asyncio.ensure_future(log.work(claim, seconds, owner=owner, priority=priority, after=after))
            tasks.append(task)
            if cancelled is not None:
                loop.call_later(cancelled, task.cancel)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for result, (*_, cancelled) in zip(results, asked, strict=True):
            assert result is None or (cancelled is not None and isinstance(result, asyncio.CancelledError)), result
        assert pool.state == State(0, 0, "")
        everything = Claim(capacity.threads, 15 * GB, len(capacity.gpus))
        async with pool.take(everything) as grant:
            assert (grant.threads, len(grant.gpus)) == (capacity.threads, len(capacity.gpus))

    virtual_time.run(play())


def simulate(pool: Pool, work: Sequence[tuple[int, Claim, float, str, int, float]]) -> Log:
    """``work``: how many, claim, seconds each, owner, priority, asked for at."""
    log = Log(pool)

    async def play() -> None:
        await asyncio.gather(
            *(
                log.work(claim, seconds, owner=owner, priority=priority, after=after)
                for count, claim, seconds, owner, priority, after in work
                for _ in range(count)
            )
        )

    virtual_time.run(play())
    return log


def test_a_thousand_runs_do_not_keep_five_of_another_script_waiting() -> None:
    log = simulate(Pool(Capacity(2)), [(1000, Claim(), 10, "study", 0, 0), (5, Claim(), 10, "small", 0, 33)])
    assert log.ended["small"][0] <= 33 + 20
    assert log.ended["small"][-1] <= 33 + 10 * 5 + 20  # half of the machine from the moment it asks
    assert log.ended["study"][-1] == 10 * 1005 / 2 + 5  # and the machine was never idle


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_time_is_shared_however_long_the_runs_are(seconds: int, others_seconds: int, threads: int) -> None:
    """Two scripts whose runs differ in length: at any time, as long as both have work, neither has had more than the
    other by more than a few runs."""
    log = simulate(
        Pool(Capacity(threads)),
        [(60, Claim(), seconds, "a", 0, 0), (60, Claim(), others_seconds, "b", 0, 0)],
    )
    both_busy_until = min(log.began["a"][-1], log.began["b"][-1])
    had = {
        name: sum(max(0.0, min(both_busy_until, begin + length) - begin) for begin in log.began[name])
        for name, length in (("a", seconds), ("b", others_seconds))
    }
    assert abs(had["a"] - had["b"]) <= 2 * (threads + 1) * max(seconds, others_seconds)


def test_an_owner_gets_no_credit_for_the_time_it_was_away() -> None:
    log = simulate(
        Pool(Capacity(1)),
        [(1, Claim(), 1, "late", 0, 0), (200, Claim(), 1, "busy", 0, 0), (50, Claim(), 1, "late", 0, 100)],
    )
    first = [t for t in log.began["late"] if 100 <= t < 120]
    assert 9 <= len(first) <= 11  # every other turn, not all of them


def test_a_claim_for_the_whole_machine_is_not_starved_by_small_ones() -> None:
    small = [(1, Claim(), 10.0, "small", 0, float(n)) for n in range(200)]
    log = simulate(Pool(Capacity(2)), [*small, (1, Claim(threads=2), 10, "big", 0, 5.5)])
    assert log.began["big"][0] <= 5.5 + 10 + 10


def test_others_overtake_a_big_claim_as_long_as_it_is_not_delayed() -> None:
    """4 threads; 3 are taken for long. The claim for 3 must wait for them; the free thread is used meanwhile."""
    log = simulate(
        Pool(Capacity(4)),
        [(1, Claim(3), 100, "long", 0, 0), (1, Claim(3), 10, "big", 0, 1), (30, Claim(), 7, "small", 0, 2)],
    )
    assert log.began["big"] == [100]
    assert sum(t < 100 for t in log.began["small"]) == 14  # one after the other on the fourth


def test_priority_goes_first_but_not_for_ever() -> None:
    log = simulate(Pool(Capacity(1)), [(100, Claim(), 5, "looked at", 1, 0), (3, Claim(), 5, "other", 0, 0)])
    assert all(t == 5 * n for n, t in enumerate(log.began["looked at"][:PATIENCE]))
    assert log.began["other"][0] == 5 * PATIENCE
    assert log.began["other"][1] == 5 * (2 * PATIENCE + 1)


async def test_the_script_that_is_looked_at_goes_first() -> None:
    pool, order = Pool(Capacity(1)), []

    async def one(owner: str, number: int, priority: int) -> None:
        async with pool.take(Claim(), owner=owner, priority=priority):
            order.append(f"{owner}{number}")
            await asyncio.sleep(0)

    async with pool.take(Claim()):
        tasks = [asyncio.create_task(one("a", n, 0)) for n in range(3)]
        tasks += [asyncio.create_task(one("b", n, n)) for n in range(3)]
        await asyncio.sleep(0)
        pool.raise_priority("b", 100)
    await asyncio.gather(*tasks)
    assert order == ["b2", "b1", "b0", "a0", "a1", "a2"]


def test_two_runs_that_need_most_of_the_memory_do_not_go_together() -> None:
    machine = Capacity(4, 16 * GB)
    log = simulate(Pool(machine), [(4, Claim(memory_bytes=10 * GB), 10, "a", 0, 0)])
    assert log.most == 1 and log.ended["a"][-1] == 40
    log = simulate(Pool(machine), [(4, Claim(memory_bytes=3 * GB), 10, "a", 0, 0)])
    assert log.most == 4


def test_a_run_that_is_larger_than_the_machine_goes_alone() -> None:
    log = simulate(Pool(Capacity(4, 16 * GB)), [(2, Claim(memory_bytes=40 * GB), 10, "a", 0, 0)])
    assert log.ended["a"] == [10, 20]


async def test_the_first_run_teaches_how_much_memory_the_next_ones_take() -> None:
    pool = Pool(Capacity(8, 16 * GB))
    log = Log(pool)
    first = [asyncio.create_task(log.work(Claim(), 0.02, owner="a")) for _ in range(4)]
    await asyncio.sleep(0.005)
    assert pool.state.running == 1, "nobody knows yet what it takes"
    pool.learn("a", [2 * GB])
    await asyncio.sleep(0)
    assert pool.state.running > 1
    await asyncio.gather(*first)
    assert pool.expected_memory("a") == int(1.15 * 2 * GB)
    pool.learn("a", [1 * GB] * 8)
    assert pool.expected_memory("a") == int(1.15 * GB), "the last runs count"


def test_memory_that_others_take_is_waited_for_and_a_run_alone_is_not_held_up() -> None:
    async def play() -> None:
        loop = asyncio.get_running_loop()
        taken = {"others": 8}
        pool = Pool(Capacity(4, 16 * GB), available=lambda: (16 - taken["others"]) * GB, own_use=lambda: 0)
        log = Log(pool)
        tasks = [asyncio.ensure_future(log.work(Claim(memory_bytes=5 * GB), 100, owner=str(n))) for n in range(2)]
        await asyncio.sleep(10)
        assert pool.state.running == 1
        taken["others"] = 2
        await asyncio.sleep(2.1)  # nothing is given back, but memory is looked at again
        assert pool.state.running == 2 and loop.time() < 20
        await asyncio.gather(*tasks)
        taken["others"] = 14
        async with pool.take(Claim(memory_bytes=5 * GB)) as grant:
            assert grant.short_of_memory

    virtual_time.run(play())


def test_memory_in_use_by_our_own_runs_is_not_counted_twice() -> None:
    async def play() -> None:
        own = {"bytes": 0}
        pool = Pool(Capacity(4, 16 * GB), available=lambda: 16 * GB - own["bytes"], own_use=lambda: own["bytes"])
        log = Log(pool)
        first = asyncio.ensure_future(log.work(Claim(memory_bytes=6 * GB), 100))
        await asyncio.sleep(1)
        own["bytes"] = 6 * GB
        second = asyncio.ensure_future(log.work(Claim(memory_bytes=6 * GB), 100))
        await asyncio.sleep(1)
        assert pool.state.running == 2
        await asyncio.gather(first, second)

    virtual_time.run(play())


def test_one_run_a_gpu_unless_told_otherwise() -> None:
    train = Claim(gpus=1)
    log = simulate(Pool(Capacity(8, None, ("0", "1"))), [(6, train, 10, "a", 0, 0)])
    assert log.most == 2 and log.ended["a"][-1] == 30
    log = simulate(Pool(Capacity(8, None, ("0", "1"), runs_a_gpu=2)), [(6, train, 10, "a", 0, 0)])
    assert log.most == 4 and log.ended["a"][-1] == 20


def test_runs_without_a_gpu_go_on_while_others_wait_for_one() -> None:
    log = simulate(
        Pool(Capacity(4, None, ("0",))), [(3, Claim(gpus=1), 100, "deep", 0, 0), (20, Claim(), 10, "tree", 0, 0)]
    )
    assert log.ended["tree"][-1] <= 100 and log.ended["deep"][-1] == 300


async def test_gpus_are_spread_and_can_be_found_out_later() -> None:
    pool = Pool(Capacity(4, None, (), 1))
    async with pool.take(Claim(gpus=1)) as grant:
        assert grant.gpus == (), "there is none: it runs without"
    pool.offer_gpus(("0", "1"), runs_a_gpu=2)
    async with pool.take(Claim(gpus=1)) as one, pool.take(Claim(gpus=1)) as other:
        assert {*one.gpus, *other.gpus} == {"0", "1"}
        with pytest.raises(ValueError, match="in use"):
            pool.offer_gpus(())


async def test_holding_lets_what_runs_go_on_and_says_why() -> None:
    seen: list[State] = []
    pool = Pool(Capacity(2), on_change=seen.append)
    log = Log(pool)
    tasks = [asyncio.create_task(log.work(Claim(), 0.01)) for _ in range(6)]
    await asyncio.sleep(0.001)
    pool.allow(0, "paused: on battery")
    await asyncio.sleep(0.03)
    assert pool.state == State(0, 4, "paused: on battery") == seen[-1]
    pool.allow(1, "one at a time: on battery")
    await asyncio.sleep(0)
    assert pool.state.running == 1
    pool.allow(None)
    await asyncio.gather(*tasks)
    assert seen[-1] == State(0, 0, "")


async def test_closing_refuses_who_waits_and_who_comes() -> None:
    pool = Pool(Capacity(1))
    log = Log(pool)
    running = asyncio.create_task(log.work(Claim(), 0.01))
    waiting = [asyncio.create_task(log.work(Claim(), 0.01)) for _ in range(3)]
    await asyncio.sleep(0.001)
    pool.close()
    for result in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(result, PoolClosed)
    await running
    with pytest.raises(PoolClosed):
        async with pool.take(Claim()):
            pass


async def test_a_turn_that_comes_as_the_caller_is_cancelled_is_given_back() -> None:
    pool = Pool(Capacity(1))
    async with pool.take(Claim()):
        task = asyncio.create_task(Log(pool).work(Claim(), 1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    task.cancel()  # it was granted when the context ended, and has not been resumed yet
    with pytest.raises(asyncio.CancelledError):
        await task
    assert pool.state == State(0, 0, "")
    async with pool.take(Claim()):
        pass
