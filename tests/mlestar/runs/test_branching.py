"""Branching: every run of a family has the outcome of its plain run, whatever the script looks like."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from mlestar.runs.branching import Branched
from mlestar.runs.local import LocalExecutor
from mlestar.runs.resources import Capacity, Claim, Pool
from mlestar.runs.types import Refusal, Rung, RunResult, RunSpec, RunStatus

from .conftest import Bench, alive, own_interpreter, tree_state, until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux forks running programs")

SAME = ("status", "score", "reason", "exit_code", "signal", "stdout", "stderr", "stdout_bytes", "stderr_bytes",
        "failure", "inputs", "facts", "reports", "rows", "evaluation", "protection", "containment")  # fmt: skip


class Families(Bench):
    """A workspace whose runs go in families, beside plain ones."""

    local: LocalExecutor
    heard: list[tuple[int, str, str]]

    def specs(self, texts: Sequence[str], seeds: Sequence[int] = (), **changes: Any) -> list[RunSpec]:
        texts = [textwrap.dedent(text).lstrip("\n") for text in texts]
        seeds = seeds or [0] * len(texts)
        return [self.spec(text, seed=seed, **changes) for text, seed in zip(texts, seeds, strict=True)]

    def branched(self, specs: Sequence[RunSpec], slots: int = 2, **how: Any) -> Branched:
        pool = Pool(Capacity(slots))

        @contextlib.asynccontextmanager
        async def turn(index: int) -> AsyncIterator[None]:
            async with pool.take(Claim()):
                yield

        self.heard = []
        return Branched(self.local, specs, turn, lambda *heard: self.heard.append(heard), **how)

    async def outcomes(self, specs: Sequence[RunSpec], **how: Any) -> list[RunResult | Refusal]:
        before = tree_state(self.folder)
        family = self.branched(specs, **how)
        await family.carry_out()
        assert tree_state(self.folder) == before, "the runs changed the user's folder"
        return [outcome.result() for outcome in family.outcomes]

    async def like_plain(self, specs: Sequence[RunSpec], rung: Rung = Rung.BRANCH, **how: Any) -> list[RunResult]:
        """The results of a family, each compared with its plain run."""
        results: list[RunResult] = []
        for index, (spec, outcome) in enumerate(zip(specs, await self.outcomes(specs, **how), strict=True)):
            assert isinstance(outcome, RunResult), outcome
            plain = await self.local.run(spec)
            assert {n: getattr(outcome, n) for n in SAME} == {n: getattr(plain, n) for n in SAME}
            assert outcome.rung is rung
            heard = "".join(text for number, name, text in self.heard if number == index and name == "stdout")
            assert heard == plain.stdout
            results.append(outcome)
        return results


@pytest_asyncio.fixture
async def families(tmp_path: Path) -> AsyncIterator[Families]:
    folder = tmp_path / "work space é" / "proj"
    folder.mkdir(parents=True)
    home = tmp_path / "home"
    made = Families(folder, None, await own_interpreter(folder), home)  # type: ignore[arg-type]
    made.local = LocalExecutor(home=home)
    yield made
    await made.local.close()


def variants(text: str, **lines: str) -> list[str]:
    """``text`` and one variant for each marked line: ``# a`` marks the line that ``a`` replaces."""
    rows = textwrap.dedent(text).lstrip("\n").splitlines()
    made = ["\n".join(rows) + "\n"]
    for mark, new in lines.items():
        place = next(i for i, row in enumerate(rows) if row.endswith("# " + mark))
        indent = rows[place][: len(rows[place]) - len(rows[place].lstrip())]
        own = [indent + part for part in new.split("\n")] if new else []
        made.append("\n".join([*rows[:place], *own, *rows[place + 1 :]]) + "\n")
    return made


STYLES: dict[str, tuple[str, dict[str, str]]] = {
    "top level": (
        """
        '''Doc.'''
        import sys, random, warnings
        import numpy as np
        print("loading")
        x = np.arange(100.0)
        x = x * 2  # a
        warnings.warn("careful")
        x = x + 1  # b
        print(x.sum(), file=sys.stderr)
        __mlestar_report__(float(x.sum()) + np.random.rand() + random.random())
        if x.sum() > 1e6:
            raise ValueError("too much")
        """,
        {"a": "", "b": "x = x + 1e5\nx = x + 1", "a2": "x = x * 3"},
    ),
    "main": (
        """
        import logging, sys
        log = logging.getLogger("train")
        def load():
            log.info("loading")
            return list(range(10))
        def features(rows):
            return [r * 2 for r in rows]  # a
        def main():
            logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(lineno)d %(message)s", level="INFO")
            rows = features(load())
            scale = 1  # b
            log.info("scoring")
            return __mlestar_report__(sum(rows) * scale)
        if __name__ == "__main__":
            print(main())
        """,
        {"a": "rows = rows[1:]\nreturn [r * 3 for r in rows]", "b": "scale = 0.5"},
    ),
    "class and loop": (
        """
        class Model:
            rate = 0.5  # a
            def __init__(self, width):
                self.width = width
                self.seen = []
            def fit(self, batch):
                self.seen.append(batch * self.rate)  # b
                return sum(self.seen)
        model = Model(3)
        for epoch in range(3):
            loss = model.fit(epoch)
            print("epoch", epoch, loss)
            __mlestar_report__(loss)  # c
        """,
        {"a": "rate = 0.25", "b": "self.seen.append(batch + 1)", "c": "__mlestar_report__(loss / 0)"},
    ),
    "generator and lambda": (
        """
        def numbers():
            state = 1
            while state < 50:
                state = state * 3  # a
                yield state
        double = lambda v: v * 2
        stream = numbers()
        first = next(stream)
        total = 0
        for value in stream:
            total += double(value)
            total += 1  # b
        __mlestar_report__(first + total)
        """,
        {"a": "state = state * 2 + 1", "b": ""},
    ),
    "arguments": (
        """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--width", type=int, default=3)
        options = parser.parse_args()
        width = options.width  # a
        print(options)
        __mlestar_report__(width)
        """,
        {"a": "width = options.width + 1"},
    ),
    "open file": (
        """
        lines = open("data.txt")
        head = next(lines)
        kept = open("kept.txt", "w")
        kept.write("begun ")
        total = 0  # a
        for line in lines:
            total += int(line)
            if total == 3:
                factor = 1  # b
                kept.write("three ")
        kept.write("done")
        kept.close()
        print(head, total, open("kept.txt").read())
        __mlestar_report__(total * factor)
        """,
        {"a": "total = 1 - 1", "b": "factor = 2\nkept.write('twice ')"},
    ),
    "how it ends": (
        """
        import atexit, os, sys
        atexit.register(print, "left")
        print("no line end", end="")
        __mlestar_report__(1.0)
        value = 1  # a
        other = 1  # b
        third = 1  # c
        """,
        {"a": "os._exit(3)", "b": "sys.exit('enough')", "c": "sys.exit(4)"},
    ),
    "failure in common code": (
        """
        limit = 5  # a
        def deep(n):
            if n > limit:
                raise KeyError(n)
            return deep(n + 1)
        try:
            deep(0)
        except KeyError as error:
            raise RuntimeError("it failed") from error
        """,
        {"a": "limit = 3\n\n\nlimit = limit - 1"},
    ),
    "never reached": (
        """
        import numpy as np
        def unused():
            return 1  # a
        __mlestar_report__(np.random.rand())
        """,
        {"a": "return 2"},
    ),
}


@pytest.mark.parametrize("style", STYLES)
async def test_every_run_is_as_its_plain_run(families: Families, style: str) -> None:
    (families.folder / "data.txt").write_text("head\n1\n2\n3\n4\n")
    text, changes = STYLES[style]
    rows = textwrap.dedent(text)
    texts = variants(rows, **{mark: new for mark, new in changes.items() if f"# {mark}\n" in rows})
    texts += [textwrap.dedent(text).lstrip("\n").replace("x * 2  # a", "x * 3")] if style == "top level" else []
    await families.like_plain(families.specs(texts))


async def test_a_difference_that_is_never_reached_costs_nothing(families: Families) -> None:
    text, changes = STYLES["never reached"]
    base, variant = await families.like_plain(families.specs(variants(text, **changes)))
    assert (variant.cpu_s, variant.wall_s) == (0.0, 0.0)
    assert variant.shared_s == pytest.approx(base.wall_s)


SEEDED = """
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    table = np.random.RandomState(3).rand(100, 4)
    print("loaded")
    rng = np.random.RandomState(SEED)
    noise = rng.rand(100)
    y = (table[:, 0] + noise > 1).astype(int)
    x = table + np.random.rand(100, 4)
    score = cross_val_score(LogisticRegression(), x, y, cv=3).mean()  # a
    __mlestar_report__(score)
    """


async def test_seeds_share_what_comes_before_the_first_seeded_statement(families: Families) -> None:
    texts = [t.replace("SEED", str(40 + s)) for s in (0, 1, 2) for t in variants(SEEDED, a="score = x.mean()")]
    results = await families.like_plain(families.specs(texts, [0, 0, 1, 1, 2, 2]))
    assert len({r.score for r in results}) == 6
    assert all(r.shared_s > 0 for r in results[1:])


async def test_folds_that_follow_the_seed_part_the_seeds(families: Families) -> None:
    text = SEEDED.replace("np.random.RandomState(SEED)", "np.random.RandomState(7)").replace(
        " + np.random.rand(100, 4)", ""
    )
    results = await families.like_plain(families.specs([text, text], [0, 1]))
    assert results[0].score != results[1].score


async def test_unseeded_generators_part_the_seeds(families: Families) -> None:
    text = "import numpy as np\nprint('once')\n__mlestar_report__(np.random.default_rng().random())\n"
    results = await families.like_plain(families.specs([text, text, text], [0, 1, 2]))
    assert len({r.score for r in results}) == 3


async def test_seeds_are_refused_once_randomness_was_used(families: Families) -> None:
    text = """
        import random
        first = random.random()
        other = random.Random(SEED).random()
        value = 1  # a
        __mlestar_report__(first + other + value)
        """
    texts = [t.replace("SEED", str(s)) for s in (0, 1) for t in variants(text, a="value = 2")]
    specs = families.specs(texts, [0, 0, 1, 1])
    outcomes = await families.outcomes(specs)
    for spec, outcome in zip(specs[:2], outcomes[:2], strict=True):
        assert isinstance(outcome, RunResult)
        assert outcome.score == (await families.local.run(spec)).score
    for refused in outcomes[2:]:
        assert isinstance(refused, Refusal)
        assert refused.by_seed


async def test_seeds_that_decide_something_unseen_are_refused_at_the_end(families: Families) -> None:
    text = "import random\n__mlestar_report__(random.random())\n"
    first, second = await families.outcomes(families.specs([text, text], [0, 1]))
    assert isinstance(first, RunResult)
    assert isinstance(second, Refusal)
    assert second.by_seed


async def test_a_printed_objective_counts_what_was_printed_before(families: Families) -> None:
    text = """
        print("score: 0.25")
        last = 0.5  # a
        print("score:", last)
        """
    specs = families.specs(variants(text, a="last = 0.75"), printed_pattern=r"score: ([\d.]+)")
    results = await families.like_plain(specs)
    assert [r.reports for r in results] == [(0.25, 0.5), (0.25, 0.75)]


async def test_written_files_are_each_runs_own(families: Families) -> None:
    (families.folder / "models").mkdir()
    (families.folder / "models" / "best.txt").write_text("users")
    text = """
        import os, pathlib, tempfile, time
        place = pathlib.Path("models/best.txt")
        place.write_text("base")
        held = open("log.txt", "a+")
        held.write("start\\n")
        held.flush()
        folder = tempfile.mkdtemp()
        pathlib.Path(folder, "cache").write_text("0")
        value = 1  # a
        pathlib.Path(folder, "cache").write_text(str(value))
        place.write_text(place.read_text() + str(value))
        held.write(f"value {value}\\n")
        held.seek(0)
        time.sleep(0.3)
        print(place.read_text(), held.read(), pathlib.Path(folder, "cache").read_text(), sorted(os.listdir(".")))
        print(sum(1 for _ in open(__file__)))
        __mlestar_report__(float(place.read_text()[4:]))
        """
    texts = variants(text, a="value = 2\n\n")
    texts.append(texts[0].replace("value = 1", "value = 3"))
    results = await families.like_plain(families.specs(texts), slots=3)
    assert [r.score for r in results] == [1.0, 2.0, 3.0]


async def test_joblib_and_probes(families: Families) -> None:
    text = """
        import numpy as np
        from joblib import Parallel, delayed
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import accuracy_score
        x = np.random.rand(200, 3)
        y = (x[:, 0] > 0.5).astype(int)
        sums = Parallel(n_jobs=2)(delayed(sum)(row) for row in x[:4])
        model = RandomForestClassifier(5, n_jobs=2, random_state=0)  # a
        __mlestar_call__(8, "model.fit", model.fit)(x, y)
        sums = Parallel(n_jobs=2)(delayed(max)(row) for row in x[:4])
        __mlestar_report__(accuracy_score(y, model.predict(x)) + sum(sums))
        """
    texts = variants(text, a="model = RandomForestClassifier(2, max_depth=1, random_state=0)")
    await families.like_plain(families.specs(texts, probes=True))


REFUSED = {
    "a thread": """
        import threading
        def work():
            global value
            value = len('a')  # a
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        __mlestar_report__(value)
        """,
    "a thread beside": """
        import threading, time
        stop = threading.Event()
        thread = threading.Thread(target=stop.wait)
        thread.start()
        value = len('a')  # a
        stop.set()
        thread.join()
        __mlestar_report__(value)
        """,
    "a process of its own": """
        import os
        reading, writing = os.pipe()
        if os.fork() == 0:
            value = len('a')  # a
            os.write(writing, str(value).encode())
            os._exit(0)
        os.wait()
        __mlestar_report__(float(os.read(reading, 10)))
        """,
    "a connection": """
        import socket
        one, two = socket.socketpair()
        value = len('a')  # a
        __mlestar_report__(value)
        """,
}


@pytest.mark.parametrize("what", REFUSED)
async def test_where_a_fork_is_not_safe_the_others_are_refused(families: Families, what: str) -> None:
    specs = families.specs(variants(REFUSED[what], a="value = len('ab')"))
    first, second = await families.outcomes(specs)
    assert isinstance(first, RunResult)
    assert first.score == 1.0, first
    assert isinstance(second, Refusal)
    assert second.reason


async def test_one_that_does_not_end_is_ended_alone(families: Families) -> None:
    text = """
        import time
        value = 1  # a
        time.sleep(0.5)
        __mlestar_report__(value)
        """
    endless = "import os\nif os.fork() == 0:\n    os.setsid()\nwhile True: time.sleep(0.01)"
    started = time.monotonic()
    outcomes = await families.outcomes(families.specs(variants(text, a=endless), wall_s=6.0))
    assert time.monotonic() - started < 20
    assert [o.status for o in outcomes if isinstance(o, RunResult)] == [RunStatus.OK, RunStatus.TIMEOUT]


async def test_one_that_takes_too_much_memory_is_ended_alone(families: Families) -> None:
    text = """
        import time
        value = 1  # a
        time.sleep(1)
        __mlestar_report__(value)
        """
    greedy = "value = bytearray(600_000_000)\ntime.sleep(20)"
    specs = families.specs(variants(text, a=greedy), memory_bytes=300_000_000)
    first, second = await families.outcomes(specs)
    assert isinstance(first, RunResult)
    assert isinstance(second, RunResult)
    assert (first.status, second.status) == (RunStatus.OK, RunStatus.OUT_OF_MEMORY)
    assert "286 MB" in second.reason


async def test_a_fork_that_stands_still_is_refused(families: Families) -> None:
    text = """
        import time
        value = 1  # a
        __mlestar_report__(value)
        """
    specs = families.specs(variants(text, a="time.sleep(60)"))
    first, second = await families.outcomes(specs, quiet_s=1.0)
    assert isinstance(first, RunResult)
    assert isinstance(second, Refusal)
    assert not second.lasting


async def test_more_branches_than_may_wait(families: Families) -> None:
    text = (
        "\n".join(f"v{i} = {i}  # m{i}_" for i in range(14))
        + "\n__mlestar_report__("
        + "+".join(f"v{i}" for i in range(14))
        + ")\n"
    )
    specs = families.specs(variants(text, **{f"m{i}_": f"v{i} = 1000" for i in range(14)}))
    outcomes = await families.outcomes(specs, slots=1)
    total = sum(range(14))
    assert [o.score for o in outcomes if isinstance(o, RunResult)] == [total] + [total - i + 1000 for i in range(14)]


async def test_warm_processes_share_the_imports_alone(families: Families) -> None:
    text = """
        '''Doc.'''
        from __future__ import annotations
        import numpy as np
        "no docstring"
        print(__doc__, np.random.rand())
        value = 1  # a
        def f(x: NotThere) -> None:
            raise ValueError(value)
        __mlestar_report__(value)
        f(1)
        """
    texts = variants(text, a="\nvalue = 2")
    specs = families.specs([*texts, texts[0]], [0, 0, 3])
    results = await families.like_plain(specs, Rung.WARM, early=True)
    assert results[1].shared_s > 0


async def test_a_text_that_does_not_compile_is_refused(families: Families) -> None:
    texts = ["value = 1\n__mlestar_report__(value)\n", "value = = 1\n", "value = 2\n__mlestar_report__(value)\n"]
    for early in (False, True):
        outcomes = await families.outcomes(families.specs(texts), early=early)
        assert [o.score if isinstance(o, RunResult) else "refused" for o in outcomes] == [1.0, "refused", 2.0]


ENDLESS = """
    import os, subprocess, sys, time
    mark = MARK
    value = 1  # a
    if value:
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60) #" + mark], start_new_session=True)
    time.sleep(0 if value == 2 else 60)
    __mlestar_report__(value)
    """


async def begun(family: Branched, mark: str, count: int) -> asyncio.Task[None]:
    task = asyncio.ensure_future(family.carry_out())
    assert await until(lambda: len(alive(mark)) >= count, 15), "the runs did not begin"
    return task


async def test_giving_up_one_run_leaves_the_others(families: Families) -> None:
    mark = "mlestar-mark-" + uuid.uuid4().hex
    texts = variants(ENDLESS.replace("MARK", repr(mark)), a="value = 2")
    texts.append(texts[0].replace("value = 1", "value = 3"))
    family = families.branched(families.specs(texts), slots=1)
    task = await begun(family, mark, 1)  # the trunk sleeps, the others wait
    family.give_up(2)
    family.give_up(0)
    await task
    first, second, third = (outcome.result() for outcome in family.outcomes)
    assert isinstance(first, RunResult)
    assert isinstance(second, RunResult)
    assert isinstance(third, RunResult)
    assert (first.status, second.status, third.status) == (RunStatus.CANCELLED, RunStatus.OK, RunStatus.CANCELLED)
    assert second.score == 2.0
    assert not alive(mark)


async def test_a_leader_that_is_given_up_before_the_difference(families: Families) -> None:
    mark = "mlestar-mark-" + uuid.uuid4().hex
    text = f"import time\nmark = {mark!r}\nprint('here')\ntime.sleep(1)\nvalue = 1  # a\n__mlestar_report__(value)\n"
    family = families.branched(families.specs(variants(text, a="value = 2")))
    task = asyncio.ensure_future(family.carry_out())
    assert await until(lambda: bool(families.heard), 15)
    family.give_up(0)
    await task
    first, second = (outcome.result() for outcome in family.outcomes)
    assert isinstance(first, RunResult)
    assert isinstance(second, RunResult)
    assert (first.status, second.status, second.score) == (RunStatus.CANCELLED, RunStatus.OK, 2.0)


async def test_cancelling_the_family_leaves_no_process(families: Families) -> None:
    mark = "mlestar-mark-" + uuid.uuid4().hex
    texts = variants(ENDLESS.replace("MARK", repr(mark)), a="value = 3")
    family = families.branched(families.specs(texts))
    task = await begun(family, mark, 2)
    started = time.monotonic()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 3.5
    assert not alive(mark)
    assert all(o.result().status is RunStatus.CANCELLED for o in family.outcomes)  # type: ignore[union-attr]
    assert not list((families.home / "scratch").rglob("run-*"))


async def test_a_killed_server_leaves_no_process(families: Families, tmp_path: Path) -> None:
    mark = "mlestar-mark-" + uuid.uuid4().hex
    program = tmp_path / "server.py"
    texts = variants(ENDLESS.replace("MARK", repr(mark)), a="value = 3")
    families.script.write_text(texts[0])
    program.write_text(
        textwrap.dedent(
            f"""
            import asyncio, contextlib
            from pathlib import Path
            from mlestar.runs import find_interpreter
            from mlestar.runs.branching import Branched
            from mlestar.runs.local import LocalExecutor
            from mlestar.runs.types import RunSpec
            script = Path({str(families.script)!r})
            async def main():
                python = await find_interpreter({sys.executable!r}, script.parent, script)
                specs = [RunSpec(script, script.parent, t, t, 0, python, "o") for t in {texts!r}]
                local = LocalExecutor(home=Path({str(families.home)!r}))
                await Branched(local, specs, lambda i: contextlib.AsyncExitStack()).carry_out()
            asyncio.run(main())
            """
        )
    )
    server = subprocess.Popen([sys.executable, str(program)])  # noqa: ASYNC220 - it only starts it
    try:
        assert await until(lambda: len(alive(mark)) >= 2, 15), "the runs did not begin"
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        assert await until(lambda: not alive(mark), 5), "processes are left"
    finally:
        server.kill()
        server.wait()
