"""Runs that are asked for together: who carries them out, what is refused, given up, checked, remembered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mlestar.runs.families import Family, Member, Mismatch, Turn
from mlestar.runs.ladder import Ladder
from mlestar.runs.local import LocalExecutor
from mlestar.runs.types import Interpreter, Refusal, Rung, RunResult, RunSpec, RunStatus

SCRIPT = Path("/somewhere/train.py")
PYTHON = Interpreter(Path("/usr/bin/python3"), (3, 11, 7), {}, "setting")


def spec_of(name: str, seed: int = 0, text: str = "import numpy\n") -> RunSpec:
    return RunSpec(SCRIPT, SCRIPT.parent, text + f"# {name}\n", text, seed, PYTHON, "o", label=name)


class Plain(LocalExecutor):
    """Answers from a table instead of starting processes, and remembers what it was asked."""

    def __init__(self, home: Path, scores: Callable[[RunSpec], float] = lambda spec: 1.0, seconds: float = 0.0) -> None:
        super().__init__(home=home)
        self.asked: list[RunSpec] = []
        self.cancelled: list[str] = []
        self._scores, self._seconds = scores, seconds

    async def run(self, spec: RunSpec, on_output: object = None) -> RunResult:
        self.asked.append(spec)
        try:
            await asyncio.sleep(self._seconds)
        except asyncio.CancelledError:
            self.cancelled.append(spec.label)
            raise
        return RunResult(RunStatus.OK, self._scores(spec), "")


class Rungs:
    """A rung that gives what it is told to: a score, a refusal, or nothing until it is given up."""

    def __init__(self, rung: Rung, answers: dict[str, float | Refusal | None]) -> None:
        self.rung, self.answers = rung, answers
        self.families: list[list[str]] = []

    def __call__(self, local: object, specs: Sequence[RunSpec], turn: Turn, on_output: object) -> _Told:
        self.families.append([spec.label for spec in specs])
        return _Told(self, specs, turn)


class _Told:
    def __init__(self, rungs: Rungs, specs: Sequence[RunSpec], turn: Turn) -> None:
        self._rungs, self._specs, self._turn = rungs, specs, turn
        self.outcomes: tuple[asyncio.Future[RunResult | Refusal], ...] = tuple(
            asyncio.get_running_loop().create_future() for _ in specs
        )

    async def carry_out(self) -> None:
        for index, spec in enumerate(self._specs):
            answer = self._rungs.answers.get(spec.label, Refusal("no answer"))
            if answer is None:
                await asyncio.wait([self.outcomes[index]])
                continue
            async with self._turn(index):
                await asyncio.sleep(0)
            if isinstance(answer, Refusal):
                self.outcomes[index].set_result(answer)
            else:
                self.outcomes[index].set_result(RunResult(RunStatus.OK, answer, "", rung=self._rungs.rung))

    def give_up(self, index: int) -> None:
        if not self.outcomes[index].done():
            self.outcomes[index].set_result(RunResult(RunStatus.CANCELLED, None, "cancelled"))


@contextlib.asynccontextmanager
async def free(member: Member):  # type: ignore[no-untyped-def]
    yield


def members_of(*specs: RunSpec) -> list[Member]:
    loop = asyncio.get_running_loop()
    return [Member(spec, -number, None, loop.create_future()) for number, spec in enumerate(specs)]


@pytest.fixture
def ladder(tmp_path: Path) -> Ladder:
    return Ladder(tmp_path)


async def test_what_a_rung_refuses_goes_down_the_ladder_with_the_reason(tmp_path: Path, ladder: Ladder) -> None:
    branch = Rungs(Rung.BRANCH, {"base": 0.5, "a": Refusal("too many threads"), "b": Refusal("too many threads")})
    snapshot = Rungs(Rung.SNAPSHOT, {"a": 0.25, "b": Refusal("an open file", lasting=False)})
    members = members_of(spec_of("base"), spec_of("a"), spec_of("b"))
    plain = Plain(tmp_path)
    await Family(members, plain, ladder, {Rung.BRANCH: branch, Rung.SNAPSHOT: snapshot}, free).carry_out()
    base, a, b = (m.done.result() for m in members)
    assert (base.rung, base.score, base.notes) == (Rung.BRANCH, 0.5, ())
    assert (a.rung, a.score, a.notes) == (Rung.SNAPSHOT, 0.25, ("no branch: too many threads",))
    assert b.rung is Rung.PLAIN and b.notes[:2] == ("no branch: too many threads", "no snapshot: an open file")
    assert [spec.label for spec in plain.asked] == ["b"]
    assert Rung.BRANCH not in ladder.rungs(spec_of("later")) and Rung.SNAPSHOT in ladder.rungs(spec_of("later"))


async def test_a_refusal_of_some_does_not_close_the_rung(tmp_path: Path, ladder: Ladder) -> None:
    branch = Rungs(Rung.BRANCH, {"base": 0.5, "a": 0.25, "b": Refusal("polars was used before it")})
    members = members_of(spec_of("base"), spec_of("a"), spec_of("b"))
    await Family(members, Plain(tmp_path), ladder, {Rung.BRANCH: branch}, free).carry_out()
    assert members[2].done.result().rung is Rung.PLAIN
    assert Rung.BRANCH in ladder.rungs(spec_of("later"))


async def test_seeds_that_cannot_share_get_families_of_their_own(tmp_path: Path, ladder: Ladder) -> None:
    apart = Refusal("randomness was used before the first seed", by_seed=True)
    answers: dict[str, float | Refusal | None] = {"base 0": 0.5, "a 0": 0.4, "base 1": apart, "a 1": apart}

    class Twice(Rungs):
        def __call__(self, local: object, specs: Sequence[RunSpec], turn: Turn, on_output: object) -> _Told:
            told = super().__call__(local, specs, turn, on_output)
            if len({spec.seed for spec in specs}) == 1:
                self.answers = dict.fromkeys(answers, 0.75)
            return told

    branch = Twice(Rung.BRANCH, answers)
    specs = [spec_of("base 0"), spec_of("base 1", 1), spec_of("a 0"), spec_of("a 1", 1)]
    members = members_of(*specs)
    await Family(members, Plain(tmp_path), ladder, {Rung.BRANCH: branch}, free).carry_out()
    assert branch.families == [["base 0", "base 1", "a 0", "a 1"], ["base 1", "a 1"]]
    assert [m.done.result().score for m in members] == [0.5, 0.75, 0.4, 0.75]
    assert ladder.seeds_apart(spec_of("later")) and Ladder(tmp_path).seeds_apart(spec_of("later"))
    branch.families.clear()
    again = members_of(*specs)
    await Family(again, Plain(tmp_path), ladder, {Rung.BRANCH: branch}, free).carry_out()
    assert branch.families == [["base 0", "a 0"], ["base 1", "a 1"]]


async def test_one_run_can_be_given_up_anywhere(tmp_path: Path, ladder: Ladder) -> None:
    branch = Rungs(Rung.BRANCH, {"base": 0.5, "a": None, "b": Refusal("no", lasting=False)})
    plain = Plain(tmp_path, seconds=30)
    members = members_of(spec_of("base"), spec_of("a"), spec_of("b"))
    task = asyncio.ensure_future(Family(members, plain, ladder, {Rung.BRANCH: branch}, free).carry_out())
    await asyncio.wait([members[0].done])
    members[1].give_up()
    assert (await members[1].done).status is RunStatus.CANCELLED
    while not plain.asked:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    members[2].give_up()
    assert (await members[2].done).status is RunStatus.CANCELLED and plain.cancelled == ["b"]
    await asyncio.wait_for(task, 5)


async def test_cancelling_a_family_resolves_every_member(tmp_path: Path, ladder: Ladder) -> None:
    plain = Plain(tmp_path, seconds=30)
    members = members_of(spec_of("base"), spec_of("a"))
    task = asyncio.ensure_future(Family(members, plain, ladder, {}, free).carry_out())
    while len(plain.asked) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert {m.done.result().status for m in members} == {RunStatus.CANCELLED}
    assert sorted(plain.cancelled) == ["a", "base"]


@pytest.mark.parametrize(
    ("plain_scores", "distrusted"),
    [([0.5, 0.5], False), ([0.25, 0.25], True), ([0.25, 0.75], False)],
    ids=["equal", "another score", "not repeatable anyway"],
)
async def test_shared_work_is_checked_against_plain_runs(
    tmp_path: Path, ladder: Ladder, plain_scores: list[float], distrusted: bool
) -> None:
    found: list[Mismatch] = []
    answers = iter(plain_scores)
    plain = Plain(tmp_path, scores=lambda spec: next(answers))
    branch = Rungs(Rung.BRANCH, {"base": 0.5, "a": 0.5})
    members = members_of(spec_of("base"), spec_of("a"))
    members[1].give_up()
    rungs = {Rung.BRANCH: branch}
    family = Family(members, plain, ladder, rungs, free, self_check=1.0, on_mismatch=found.append)
    await family._on_rung(Rung.BRANCH, branch, members[:1])
    await asyncio.gather(*family._checks)
    assert members[0].done.result().score == 0.5
    assert all(not spec.reuse for spec in plain.asked)
    assert bool(found) is distrusted
    assert (Rung.BRANCH in ladder.rungs(spec_of("later"))) is not distrusted


def test_the_ladder_forgets_when_the_imports_or_the_packages_change(tmp_path: Path) -> None:
    ladder = Ladder(tmp_path)
    before = ladder.rungs(spec_of("x"))
    ladder.refuse(spec_of("x"), before[0], "because")
    assert before[0] not in Ladder(tmp_path).rungs(spec_of("y"))
    assert ladder.reasons(spec_of("y")) == (f"no {before[0].value}: because",)
    assert before[0] in ladder.rungs(spec_of("x", text="import numpy, polars\n"))
    other = replace(PYTHON, packages={"numpy": "2"})
    assert before[0] in ladder.rungs(replace(spec_of("x"), interpreter=other))
    assert ladder.rungs(replace(spec_of("x"), reuse=False)) == ()


def test_a_broken_memory_is_no_memory(tmp_path: Path) -> None:
    (tmp_path / "ladder.json").write_text('{"half')
    ladder = Ladder(tmp_path)
    rungs = ladder.rungs(spec_of("x"))
    assert rungs and not ladder.seeds_apart(spec_of("x"))
    ladder.refuse(spec_of("x"), rungs[0], "because")
    assert rungs[0] not in Ladder(tmp_path).rungs(spec_of("x"))
