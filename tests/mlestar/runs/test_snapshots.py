"""Runs that go on from another's snapshot end as the plain run ends, or say why they cannot."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from textwrap import dedent
from typing import Any

import pytest

from mlestar.runs import prefixes
from mlestar.runs.local import LocalExecutor
from mlestar.runs.output import Stream
from mlestar.runs.prefixes import Program
from mlestar.runs.snapshots import Snapshotted, _Marked
from mlestar.runs.types import Refusal, Rung, RunResult, RunStatus
from mlestar.runs.worker.alike import Shapes

from .conftest import Bench, alive, tree_state

REPORT = "__import__('builtins').__mlestar_report__"


@contextlib.asynccontextmanager
async def at_once(_: int) -> AsyncIterator[None]:
    yield


async def family(bench: Bench, texts: Sequence[str], **changes: Any) -> list[RunResult | Refusal]:
    """Outcomes of the texts, the first leading; the user's folder must be as it was."""
    local = LocalExecutor(home=bench.home)
    seeds = changes.pop("seeds", [0] * len(texts))
    specs = [bench.spec(text, seed=seed, **changes) for text, seed in zip(texts, seeds, strict=True)]
    before = tree_state(bench.folder)
    at_work = Snapshotted(local, specs, at_once, None)
    try:
        await at_work.carry_out()
    finally:
        await local.close()
    assert tree_state(bench.folder) == before, "a run changed the user's folder"
    return [outcome.result() for outcome in at_work.outcomes]


async def plain(bench: Bench, text: str, **changes: Any) -> RunResult:
    return await bench.run(text, **changes)


async def check(bench: Bench, texts: Sequence[str], shared: int, **changes: Any) -> list[RunResult | Refusal]:
    """The outcomes; ``shared`` of the others went on from a snapshot, and each is what the plain run gives."""
    texts = [dedent(text).replace("REPORT", REPORT) for text in texts]
    found = await family(bench, texts, **changes)
    went_on = 0
    for text, outcome, seed in zip(texts, found, changes.get("seeds", [0] * len(texts)), strict=True):
        if isinstance(outcome, Refusal):
            continue
        alone = await plain(bench, text, seed=seed, **{k: v for k, v in changes.items() if k != "seeds"})
        for name in ("status", "score", "reports", "stdout", "stderr", "evaluation", "rows", "exit_code"):
            assert getattr(outcome, name) == getattr(alone, name), (name, outcome)
        assert {f.path for f in outcome.inputs} == {f.path for f in alone.inputs}
        went_on += outcome is not found[0] and outcome.rung is Rung.SNAPSHOT
    assert went_on == shared, found
    return found


STYLES = {
    "numbers": (
        """\
        import random
        random.seed(3)
        table = [random.random() for _ in range(1000)]
        print("loaded", len(table))
        scale = 2.0
        noise = random.random()
        REPORT(sum(table) * scale + noise + random.random())
        """,
        [("scale = 2.0", "scale = 1.0"), ("noise = random.random()", "noise = 0.0")],
    ),
    "functions, lambdas and classes": (
        """\
        import math
        FACTOR = 3
        def power(x, by=FACTOR):
            return x ** by + OFFSET
        class Box:
            made = []
            def __init__(self, value):
                self.value = value
                Box.made.append(value)
            def __add__(self, other):
                return Box(self.value + other.value)
        SHIFT = 100
        square = lambda x: x * x + SHIFT
        def counter():
            count = 0
            def step():
                nonlocal count
                count += 1
                return count
            return step
        step = counter()
        step(), step()
        power.calls = 4
        OFFSET = 1
        boxes = [Box(1), Box(2)]
        same = boxes[0]
        boxes[0].value = 5
        extra = 1
        same.value += extra
        OFFSET = 10
        REPORT((boxes[0] + boxes[1]).value + power(2) + square(3) + step() + len(Box.made) + power.calls)
        """,
        [("extra = 1", "extra = 2"), ("OFFSET = 10", "OFFSET = 20")],
    ),
    "a module's settings and the log": (
        """\
        import logging, os, sys, warnings
        logging.basicConfig(level=logging.INFO, format="%(levelname)s! %(message)s")
        logger = logging.getLogger("train")
        warnings.filterwarnings("ignore")
        os.environ["MODE"] = "fast"
        sys.setrecursionlimit(2345)
        logger.info("before")
        k = 1
        warnings.warn("unseen")
        logger.info("after %d", k)
        print(os.environ["MODE"], sys.getrecursionlimit())
        REPORT(k)
        """,
        [("k = 1", "k = 2")],
    ),
}


@pytest.mark.parametrize("style", STYLES)
async def test_every_variant_ends_as_its_plain_run(bench: Bench, style: str) -> None:
    text, changes = STYLES[style]
    await check(bench, [text, *(text.replace(*change) for change in changes)], shared=len(changes))


async def test_tables_arrays_and_models_are_taken_over(bench: Bench) -> None:
    pytest.importorskip("sklearn")
    text = """\
        import numpy as np
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import cross_val_score
        np.random.seed(1)
        pd.set_option("display.precision", 3)
        df = pd.DataFrame(np.random.normal(size=(300, 4)), columns=list("abcd"))
        df["t"] = [f"w{i % 7}" for i in range(300)]
        y = (df["a"] + np.random.normal(size=300) > 0).astype(int).to_numpy()
        whole = np.arange(20.0)
        part, backwards = whole[5:10], whole[::-2]
        generator = np.random.default_rng(5)
        unseeded = np.random.default_rng()
        generator.random()
        print(df.head(3))
        model = LogisticRegression(C=1.0).fit(df[list("abcd")], y)
        part += 1
        df["a"] = df["a"] * 2
        print(df.head(3), whole, backwards)
        fresh = np.random.default_rng().random()
        weights = np.random.permutation(len(y))[:5].sum()
        score = roc_auc_score(y, model.predict_proba(df[list("abcd")])[:, 1])
        print(generator.random(), unseeded.random(), fresh, weights, whole.sum())
        REPORT(score)
        """
    changes = [("part += 1", "part += 2"), ("import pandas", "import math\n        import pandas")]
    await check(bench, [text, *(text.replace(*change) for change in changes)], shared=len(changes), wall_s=240.0)


async def test_what_the_prefix_wrote_is_there_for_each_and_apart(walled: Bench) -> None:
    (walled.folder / "data").mkdir()
    (walled.folder / "data" / "in.txt").write_text("7")
    (walled.folder / "old.txt").write_text("old")
    text = """\
        import os, tempfile
        value = int(open("data/in.txt").read())
        os.makedirs("out/deep")
        with open("out/deep/cache.txt", "w") as file:
            file.write("cached")
        os.remove("old.txt")
        with open("data/in.txt", "w") as file:
            file.write("8")
        place = os.path.join(tempfile.gettempdir(), "kept.txt")
        here = os.path.abspath(__file__)
        with open(place, "w") as file:
            file.write("temporary")
        more = 1
        with open("out/deep/cache.txt") as file:
            text = file.read()
        with open("out/deep/cache.txt", "w") as file:
            file.write("of %d" % more)
        print(text, os.path.exists("old.txt"), open("data/in.txt").read(), open(place).read(), here == __file__)
        REPORT(value + more)
        """
    await check(walled, [text, text.replace("more = 1", "more = 2"), text.replace("more = 1", "more = 3")], shared=2)


async def test_a_failing_variant_fails_alike(bench: Bench) -> None:
    text = "import math\nprint('first')\nx = 4.0\nprint('second')\nREPORT(math.sqrt(x))\n"
    found = await check(
        bench, [text, text.replace("x = 4.0", "x = -4.0"), text.replace("x = 4.0", "raise SystemExit(3)")], 2
    )
    assert [r.status for r in found if isinstance(r, RunResult)] == [RunStatus.OK, RunStatus.CRASHED, RunStatus.EXITED]
    crashed = found[1]
    assert isinstance(crashed, RunResult) and crashed.failure is not None and crashed.failure.line == 4


async def test_other_seeds_part_before_randomness_and_not_after(bench: Bench) -> None:
    before = "import random\nrows = [1, 2]\nseed = {}\nrandom.seed(seed)\nREPORT(random.random() + len(rows))\n"
    await check(bench, [before.format("3"), before.format("(3+7919*1)")], shared=1, seeds=[0, 1])
    after = "import random\nrows = [random.random()]\nseed = {}\nREPORT(random.random() + sum(rows))\n"
    found = await check(bench, [after.format("3"), after.format("(3+7919*1)")], shared=0, seeds=[0, 1])
    assert isinstance(found[1], Refusal) and found[1].by_seed


@pytest.mark.parametrize(
    ("first", "rest", "words"),
    [
        ("numbers = (i for i in range(9))", "REPORT(sum(numbers) + k)", "generator"),
        ("file = open('notes.txt', 'w')", "file.write('x'); REPORT(k)", "file"),
        ("import threading\nlock = threading.Lock()", "lock.acquire(); REPORT(k)", "lock"),
        (
            "import threading, time\ndef wait(): time.sleep(0.5)\none = threading.Thread(target=wait)\none.start()",
            "REPORT(k)",
            "thread",
        ),
    ],
)
async def test_what_cannot_be_taken_over_is_said(bench: Bench, first: str, rest: str, words: str) -> None:
    text = f"import os\n{first}\nk = 1\n{rest}\n"
    found = await check(bench, [text, text.replace("k = 1", "k = 2")], shared=0)
    assert isinstance(found[1], Refusal) and words in found[1].reason, found[1]


async def test_what_the_rest_does_not_read_is_left_behind(bench: Bench) -> None:
    text = "numbers = (i for i in range(9))\nx = sum(numbers)\nk = 1\nREPORT(x + k)\n"
    await check(bench, [text, text.replace("k = 1", "k = 2")], shared=1)


async def test_reading_what_was_left_behind_is_no_crash_of_the_variant(bench: Bench) -> None:
    text = "x = 5\nk = 1\nfor _ in range(k - k):\n    x = 2\nREPORT(x + k)\n"
    found = await check(bench, [text, text.replace("k = 1", "k = 2")], shared=0)
    assert isinstance(found[1], Refusal) and "'x'" in found[1].reason


async def test_an_earlier_place_serves_where_a_later_one_cannot(bench: Bench) -> None:
    text = "x = 5\nk = 1\nnumbers = (i for i in range(9))\nj = 1\nREPORT(sum(numbers) + k + j + x)\n"
    found = await check(bench, [text, text.replace("k = 1", "k = 2"), text.replace("j = 1", "j = 2")], shared=2)
    assert len(found) == 3


async def test_a_changed_local_module_is_not_overlooked(bench: Bench) -> None:
    bench.folder.joinpath("settings.py").write_text("DEPTH = 1\n")
    text = "import settings\nsettings.DEPTH = 5\nk = 1\nREPORT(settings.DEPTH + k)\n"
    found = await check(bench, [text, text.replace("k = 1", "k = 2")], shared=0)
    assert isinstance(found[1], Refusal) and "settings" in found[1].reason


async def test_nothing_is_shared_inside_main(bench: Bench) -> None:
    text = "def main():\n    k = 1\n    REPORT(k)\nif __name__ == '__main__':\n    main()\n"
    found = await check(bench, [text, text.replace("k = 1", "k = 2")], shared=0)
    assert all(isinstance(outcome, Refusal) for outcome in found)


async def test_tensors_keep_sharing_and_the_optimiser_its_network(bench: Bench) -> None:
    pytest.importorskip("torch")
    text = """\
        import torch
        torch.manual_seed(0)
        net = torch.nn.Linear(3, 1)
        optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
        x = torch.randn(20, 3)
        half = x[:10]
        loss = (net(x) ** 2).mean()
        loss.backward()
        optimizer.step()
        k = 1.0
        half += k
        for _ in range(3):
            optimizer.zero_grad()
            loss = (net(x) ** 2).mean()
            loss.backward()
            optimizer.step()
        REPORT(loss.item() + torch.rand(1).item())
        """
    await check(bench, [text, text.replace("k = 1.0", "k = 2.0")], shared=1)


async def test_giving_up_ends_that_run_alone(bench: Bench) -> None:
    text = f"import time\nx = 1\nk = 1\ntime.sleep(k - 1)\n{REPORT}(x + k)\n"
    local = LocalExecutor(home=bench.home)
    specs = [bench.spec(t) for t in (text, text.replace("k = 1", "k = 600"), text.replace("k = 1", "k = 1.5"))]
    at_work = Snapshotted(local, specs, at_once, None)
    working = asyncio.ensure_future(at_work.carry_out())
    await at_work.outcomes[2]
    at_work.give_up(1)
    await working
    results = [outcome.result() for outcome in at_work.outcomes]
    assert [r.status for r in results if isinstance(r, RunResult)] == [RunStatus.OK, RunStatus.CANCELLED, RunStatus.OK]
    assert not alive(str(bench.folder))
    await local.close()


async def test_a_leader_given_up_before_it_began_keeps_nobody_waiting(bench: Bench) -> None:
    text = f"import time\nx = 1\nk = 1\n{REPORT}(x + k)\n"
    local = LocalExecutor(home=bench.home)
    at_work = Snapshotted(local, [bench.spec(text), bench.spec(text.replace("k = 1", "k = 2"))], at_once, None)
    at_work.give_up(0)
    await asyncio.wait_for(at_work.carry_out(), 20)
    led, other = (outcome.result() for outcome in at_work.outcomes)
    assert isinstance(led, RunResult) and led.status is RunStatus.CANCELLED
    assert isinstance(other, Refusal) and not other.lasting
    await local.close()


# ------------------------------------------------------------------------------------------ where programs part


def parted(one: str, two: str) -> tuple[int, frozenset[str]]:
    leader, other = Program.parse(dedent(one)), Program.parse(dedent(two))
    assert leader is not None and other is not None
    return prefixes.shared(leader, other, Shapes())


def test_programs_part_at_the_first_heavy_statement_that_differs() -> None:
    assert parted("import a\nx = 1\ny = 2\n", "import a\nimport b\nx = 1\ny = 3\n") == (1, frozenset({"b"}))
    assert parted("x = 1\n", "x = 1\n") == (1, frozenset())
    assert parted("x = 1\ny = 1\n", "x = True\ny = 1\n")[0] == 0


def test_a_definition_that_differs_counts_where_it_is_used() -> None:
    one = "def f(): return 1\ndef g(): return f()\nx = 1\ny = g()\nz = 2\n"
    assert parted(one, one.replace("return 1", "return 2"))[0] == 1
    one = one.replace("x = 1", "x = eval('f()')")
    assert parted(one, one.replace("return 1", "return 2"))[0] == 0


def test_only_what_may_still_be_read_is_needed() -> None:
    program = Program.parse("a = 1\nb = 2\nc = 3\ndef f(): return a\nb = 5\nprint(b, c, f())\n")
    assert program is not None
    wanted = prefixes.needed(program, 3)
    assert wanted is not None and {"a", "c"} <= wanted and "b" not in wanted
    lazy = Program.parse("a = 1\nf = lambda: a\nlimit = 3\nt = read()\nprint(f(), t.query('x > @limit'))\n")
    assert lazy is not None and {"a", "limit"} <= (prefixes.needed(lazy, 4) or set())
    assert prefixes.needed(Program.parse("a = 1\nprint(globals())\n") or program, 1) is None


def test_marks_are_taken_out_of_a_stream_however_it_is_cut() -> None:
    for cut in range(1, 30):
        stream = _Marked(Stream("stdout", 1000, None, None), b"\x00mark:")
        data = b"before\x00mark:3;after\x00ma"
        for start in range(0, len(data), cut):
            stream.add(data[start : start + cut])
        stream.finish()
        assert stream.kept.text() == "beforeafter\x00ma"
        assert stream.at[3].kept.text() == "before"
