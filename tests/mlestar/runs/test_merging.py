"""One program out of several: whichever program a process stands for, it does what that program's own text does."""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import random
import textwrap
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mlestar.runs.worker import merging
from mlestar.runs.worker.merging import Merged, Ways, merge

SCRIPT = "/nowhere/train.py"
CORPUS = sorted((Path(__file__).parents[2] / "corpus" / "scripts").glob("*.py"))


def _state(values: dict[str, Any]) -> dict[str, Any]:
    """What is comparable of a program's globals."""
    plain = (int, float, str, bytes, bool, tuple, list, dict, set, type(None))
    return {n: repr(v) for n, v in values.items() if isinstance(v, plain) and not n.startswith("__")}


def _run(code: Any, line: Callable[[int], int], given: dict[str, Any]) -> tuple[str, str, Any, dict[str, Any]]:
    values: dict[str, Any] = {"__name__": "__main__", "__file__": SCRIPT, **given}
    output = io.StringIO()
    ended: Any = None
    with contextlib.redirect_stdout(output):
        try:
            exec(code, values)
        except BaseException as error:
            places = [n for f, n in traceback.walk_tb(error.__traceback__) if f.f_code.co_filename == SCRIPT]
            ended = (type(error).__name__, str(error), [line(n) for n in places])
    return output.getvalue(), str(values.get("__doc__")), ended, _state(values)


def plainly(text: str) -> tuple[str, str, Any, dict[str, Any]]:
    return _run(compile(text, SCRIPT, "exec", dont_inherit=True), lambda n: n, {})


def merged(made: Merged, program: int) -> tuple[tuple[str, str, Any, dict[str, Any]], list[int]]:
    """What the merged program does in the process that ends up with ``program``, and where it parted from others."""
    ways, parted = Ways(made), list[int]()
    values: dict[str, Any] = {}

    def choose(number: int, way: int) -> bool:
        groups = ways.groups(number)
        if len(groups) > 1 and ways.late(number):
            assert 0 in ways.programs, "only with the leader may a definition wait"
            ways.passed(number)
            return False
        if len(groups) > 1:
            parted.append(number)
            mine = next(group for group in groups.values() if program in group)
            due = ways.narrow(mine)
            exec(compile(ast.Module(body=due, type_ignores=[]), SCRIPT, "exec", dont_inherit=True), current)
        (taken,) = ways.groups(number)
        return taken == way

    code = compile(made.tree, SCRIPT, "exec", dont_inherit=True)
    setattr(builtins, merging.CHOOSE, choose)
    current: dict[str, Any] = {}
    try:
        current.update({"__name__": "__main__", "__file__": SCRIPT})
        output = io.StringIO()
        ended: Any = None
        with contextlib.redirect_stdout(output):
            try:
                exec(code, current)
            except BaseException as error:
                places = [n for f, n in traceback.walk_tb(error.__traceback__) if f.f_code.co_filename == SCRIPT]
                ended = (type(error).__name__, str(error), [made.lines.of(program, n) for n in places])
        values = _state(current)
        return (output.getvalue(), str(current.get("__doc__")), ended, values), parted
    finally:
        delattr(builtins, merging.CHOOSE)


def dedent(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def check(texts: Sequence[str], documents: bool = False) -> tuple[Merged, list[list[int]]]:
    """Every program does the same merged as alone. Returns the hunks at which each parted."""
    texts = [dedent(t) for t in texts]
    made = merge(texts, SCRIPT)
    partings = []
    for program, text in enumerate(texts):
        if program in made.refused:
            partings.append([])
            continue
        alone = plainly(text)
        together, parted = merged(made, program)
        assert together[0] == alone[0], f"program {program} printed something else:\n{ast.unparse(made.tree)}"
        assert together[2] == alone[2], f"program {program} ended otherwise:\n{ast.unparse(made.tree)}"
        if documents:
            assert together[1] == alone[1]
        if alone[2] is not None:
            partings.append(parted)  # who crashed before the first reader of a definition never made it
            continue
        extra = {n: v for n, v in together[3].items() if n not in alone[3]}
        unread = {n for s in made.late_imports[program] for n in (getattr(s, "name", ""), ast.unparse(s).split(" ")[0])}
        expected = {n: v for n, v in alone[3].items() if n in together[3] or n not in unread}
        assert {n: v for n, v in together[3].items() if n not in extra} == expected
        assert not extra.keys() & _words(text), "what only others define must not be there for those who read it"
        partings.append(parted)
    return made, partings


def _words(text: str) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}


def loud(made: Merged) -> int:
    return sum(not hunk.late for hunk in made.hunks)


# ---------------------------------------------------------------------- what makes no difference


def test_the_same_program_never_parts() -> None:
    made, partings = check(["a = 1\nprint(a)\n"] * 3)
    assert made.hunks == [] and partings == [[], [], []]


def test_comments_layout_and_moved_lines_are_no_difference_and_lines_are_told() -> None:
    leader = "a = [1,\n     2]\nprint(a)\nprint(a[5])\n"
    other = "# what for\n\n\na = [1, 2]   # a list\nprint(a)\n\n\nprint(a[\n  5\n])\n"
    made, _ = check([leader, other])
    assert made.hunks == []
    assert [made.lines.of(1, n) for n in (1, 3, 4)] == [4, 5, 8]


PROBED = 'getattr(__import__("builtins"), "__mlestar_call__", lambda s, t, c: c)({}, "print", print)("x", {})\n'


def test_the_line_in_a_probe_is_no_difference_and_keeps_telling_the_line() -> None:
    made, _ = check([PROBED.format(0, 1), "\n\n" + PROBED.format(2, 1)])
    assert made.hunks == []
    made, _ = check([PROBED.format(0, 1), "\n" + PROBED.format(1, 2)])
    sites = [n.args[0].value for n in ast.walk(made.tree) if isinstance(n, ast.Call) and len(n.args) == 3
             and isinstance(n.args[0], ast.Constant)]  # fmt: skip
    assert [made.lines.of(p, s + 1) - 1 for p, s in zip((1, 0), sites, strict=True)] == [1, 0]


def test_a_changed_docstring_nobody_reads_is_no_difference() -> None:
    leader = '"""Train."""\ndef f():\n    """Old."""\n    return 1\nprint(f())\n'
    made, _ = check(
        [leader, leader.replace("Old", "New").replace("Train", "Train well"), leader.replace('    """Old."""\n', "")]
    )
    assert made.hunks == []


def test_a_changed_docstring_somebody_reads_is_one() -> None:
    leader = '"""Train."""\ndef f():\n    """Old."""\n    return 1\nprint(__doc__, f.__doc__)\n'
    made, _ = check([leader, leader.replace("Old", "New"), leader.replace("Train", "Learn")], documents=True)
    assert loud(made) == 2


# ---------------------------------------------------------------------- imports and other new definitions


def test_new_imports_wait_until_the_ways_part() -> None:
    leader = """
        import math
        from collections import Counter
        a = 1
        print(a)
        b = math.sqrt(a)
        print(b, Counter)
        """
    variant = """
        import math
        import string
        from collections import Counter, OrderedDict
        a = 1
        print(a)
        b = len(string.digits)
        print(b, OrderedDict)
        """
    made, partings = check([leader, variant])
    assert loud(made) == 1 and len(partings[1]) == 1
    number = partings[1][0]
    assert not made.hunks[number].late
    assert [ast.unparse(s) for s in made.late_imports[1]] == ["import string", "from collections import OrderedDict"]


def test_removed_and_reordered_imports_stay() -> None:
    leader = "import math\nimport string\nimport json\nprint(math.pi)\n"
    variant = "import json\nimport math\nprint(math.e)\n"
    made, _ = check([leader, variant])
    assert loud(made) == 1, ast.unparse(made.tree)


@pytest.mark.parametrize(
    "variant",
    [
        "import string\nfrom cmath import sqrt\nprint(sqrt(4))\nx = sqrt(9)\nprint(x)\n",
        "import string\nfrom os import *\nprint(sqrt(4))\nx = sqrt(9)\nprint(x)\n",
        "from math import sqrt\nimport nowhere_to_be_found\nprint(sqrt(4))\nx = sqrt(16)\nprint(x)\n",
        "from math import sqrt\nfrom math import pow as print\nprint(2, 2)\nx = sqrt(16)\n",
        "from math import sqrt\nprint(sqrt(4))\nx = len(globals()) > 3\nimport string\nprint(x)\n",
    ],
)
def test_imports_that_mean_more_part_the_ways_at_once(variant: str) -> None:
    check(["from math import sqrt\nprint(sqrt(4))\nx = sqrt(9)\nprint(x)\n", variant])


def test_local_modules_are_not_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loud_helper.py").write_text("print('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    leader, variant = "a = 1\nprint(a)\na = 2\n", "import loud_helper\na = 1\nprint(a)\na = 3\n"
    made = merge([leader, variant], SCRIPT)
    assert made.hunks[0].late is False and made.hunks[0].alternatives == [0, 1]


def test_another_future_is_refused() -> None:
    made, _ = check(["a = 1\n", "from __future__ import annotations\na = 1\n", "a = 2\n"])
    assert list(made.refused) == [1] and "__future__" in made.refused[1]


def test_the_same_future_is_kept_in_front() -> None:
    leader = '"""d"""\nfrom __future__ import annotations\na: int = 1\nprint(a)\n'
    check([leader, leader.replace("print(a)", "print(-a)"), leader.replace("a: int = 1", "a: nothing = 1")])


def test_new_helpers_wait_and_changed_ones_do_not() -> None:
    leader = """
        SIZE = 3
        def shape(n):
            return n * SIZE
        def main():
            print(shape(1))
            b = shape(2)
            print(b)
        main()
        """
    new = leader.replace("SIZE = 3", "SIZE = 3\n        EXTRA = {'a': [1, -2]}").replace(
        "        def main", "        def helper(x, n=2) -> int:\n            return x ** n\n        def main"
    )
    made, partings = check([leader, new.replace("b = shape(2)", "b = helper(shape(2)) + EXTRA['a'][0]")])
    assert loud(made) == 1 and sum(hunk.late for hunk in made.hunks) == 2
    assert partings[1] == [next(h.number for h in made.hunks if not h.late)]
    check([leader, leader.replace("def shape(n):", "def shape(n, k=1):").replace("n * SIZE", "n * SIZE + k")])


def test_a_new_definition_that_reads_what_changes_does_not_wait() -> None:
    leader = "n = 1\nprint(n)\nn = 2\nprint(n)\nn = 3\n"
    variant = "n = 1\ndef f(x=n):\n    return x\nprint(n)\nn = 2\nprint(n)\nn = f()\nprint(n)\n"
    made, _ = check([leader, variant])
    assert not made.hunks[0].late


def test_programs_that_share_a_way_but_not_its_definitions_do_not_share_it() -> None:
    leader = "x = 1\nprint(x)\ny = 2\n"
    one = "def helper():\n    return 5\nx = 1\nprint(x)\ny = helper()\n"
    two = "x = 1\nprint(x)\ny = helper()\n"
    made, _ = check([leader, one, two, one.replace("5", "6")])
    assert loud(made) == 1 and made.hunks[-1].alternatives == [0, 1, 2, 3]


def test_a_changed_constant_or_signature_parts_the_ways_where_it_is_first_read() -> None:
    leader = """
        DEPTH = 3
        PARAMS = {'a': 1, 'b': [1, 2]}
        def fit(x, depth=2):
            return x * depth + PARAMS['a']
        def other(x):
            return -x
        print(other(3))
        y = other(4)
        def train():
            return fit(y)
        print(y)
        print(train())
        print(DEPTH)
        """
    depth = leader.replace("DEPTH = 3", "DEPTH = 4")
    params = leader.replace("'b': [1, 2]", "'b': [3]").replace("'a': 1", "'a': 2")
    signature = leader.replace("fit(x, depth=2)", "fit(x, depth=5, *more)")
    made, _ = check([leader, depth, params, signature])
    text = ast.unparse(made.tree)
    assert text.index("print(y)") < text.index("__mlestar_choose__(0, 1)") < text.index("print(train())")
    assert text.index("print(train())") < text.index("DEPTH = 4")
    check([leader, depth.replace("y = other(4)", "y = other(4) + DEPTH"), params + "        PARAMS = 0\n"])
    check(
        [
            leader,
            leader.replace("DEPTH = 3", "DEPTH = 4\n        print(3)"),
            params.replace("print(y)", "raise KeyError(y)"),
        ]
    )
    check([leader.replace("print(y)", "print(eval('DEPTH'))"), depth.replace("print(y)", "print(eval('DEPTH'))")])
    made, _ = check([leader, leader.replace("DEPTH = 3\n", "").replace("print(DEPTH)", "print(0)")])


# ---------------------------------------------------------------------- what names mean


def test_a_name_that_becomes_local_keeps_its_meaning_for_the_others() -> None:
    leader = "x = 1\ndef f():\n    print(x)\n    return 2\nprint(f())\n"
    local = "x = 1\ndef f():\n    x = 5\n    return x\nprint(f())\n"
    late = "x = 1\ndef f():\n    print(x)\n    if x > 5:\n        x = 3\n    return 2\nprint(f())\n"
    check([leader, local, late])
    check([leader.replace("print(x)", "pass"), local, leader])


def test_a_name_bound_by_one_and_read_by_another_keeps_its_meaning() -> None:
    leader = "x = 1\ndef f():\n    return 2\nprint(f())\n"
    binds, reads = leader.replace("return 2", "x = 3\n    return x"), leader.replace("return 2", "return x")
    made, _ = check([leader, binds, reads])
    check([leader, reads, binds])
    assert made.refused == {}


def test_comprehension_variables_are_not_bindings() -> None:
    leader = "x = 1\ndef f():\n    a = [x for x in range(3)]\n    return a, x\nprint(f())\n"
    check([leader, leader.replace("    a =", "    x = 7\n    a =")])
    check([leader, leader.replace("[x for x in range(3)]", "[(y := x) for x in range(3)]").replace("a, x", "a, y")])


def test_closures_generators_and_declarations() -> None:
    leader = """
        total = 0
        def outer(n):
            global total
            total += n
            k = n
            def inner():
                nonlocal k
                k += 1
                return k
            return inner() + inner()
        print(outer(3), total)
        """
    check(
        [
            leader,
            leader.replace("k += 1", "k += 2"),
            leader.replace("total += n", "total -= n"),
            leader.replace("            global total\n", "            total = 5\n"),
            leader.replace("nonlocal k", "k = 0"),
            leader.replace("return inner() + inner()", "yield inner()").replace("outer(3)", "list(outer(3))"),
            leader.replace("k = n\n", "k = n\n            total = total * 2\n"),
        ]
    )


def test_only_nested_scopes_read_the_name() -> None:
    leader = "n = 1\ndef f():\n    g = lambda: n\n    return g()\nprint(f())\n"
    binds = leader.replace("return g()", "n = 2\n    return g()")
    check([leader, binds, leader.replace("return g()", "return -g()")])


def test_classes() -> None:
    leader = """
        base = 1
        class Model:
            rate = 0.5
            base = base + 1
            __hidden = 3
            def __init__(self, n=base):
                self.n = n
                super().__init__()
            @property
            def value(self):
                return self.n * self.rate + self.__hidden
            @staticmethod
            def make():
                return Model()
        m = Model.make()
        print(m.value, sorted(n for n in vars(Model) if not n.startswith('__')))
        """
    check(
        [
            leader,
            leader.replace("rate = 0.5", "rate = 0.25"),
            leader.replace("return self.n * self.rate", "k = 2\n                return k * self.n + self.rate"),
            leader.replace("return Model()", "return Model(n=9)"),
            leader.replace("n=base", "n=7"),
            leader.replace("            __hidden = 3\n", "            __hidden = 3\n            other: int = 4\n"),
            leader.replace("self.__hidden", "__class__.__name__.count('o') + self.__hidden"),
        ]
    )


def test_dataclass_fields_keep_their_order() -> None:
    leader = """
        from dataclasses import dataclass, fields
        @dataclass
        class C:
            a: int = 1
            b: float = 2.0
            def total(self):
                return self.a + self.b
        print([f.name for f in fields(C)], C(), C().total())
        """
    check([leader, leader.replace("b: float = 2.0", "c: int = 5\n            b: float = 3.0"),
           leader.replace("self.a + self.b", "self.a - self.b")])  # fmt: skip


# ---------------------------------------------------------------------- statements of every kind


def test_every_compound_statement() -> None:
    leader = """
        import contextlib
        for i in range(4):
            if i == 1:
                print('one')
            elif i == 2:
                print('two')
            else:
                print('else')
            if i == 3:
                break
        else:
            print('never')
        n = 0
        while n < 3:
            n += 1
            try:
                print(1 / (n - 2))
            except ZeroDivisionError as error:
                print('zero', error)
            else:
                print('fine')
            finally:
                print('done')
        with contextlib.suppress(KeyError) as s:
            print({}['x'])
        def gen():
            for i in range(3):
                yield i
            return 5
        print(list(gen()))
        print([*map(lambda v, k=2: v * k, (1, 2))], f"{n!r:>4} {n + 1}")
        """
    variants = [
        ("print('two')", "print('zwei'); n = 1"),
        ("        else:\n            print('never')\n", ""),
        ("            print('never')", "            print('x')"),
        ("                print('fine')", "                print('good')\n                continue"),
        ("                print('done')", "                pass"),
        (
            "except ZeroDivisionError as error:\n                print('zero', error)",
            "except ArithmeticError:\n                raise",
        ),
        ("print({}['x'])", "print({}['x' 'y'][1])"),
        ("                yield i\n", "                yield i * i\n                print('between')\n"),
        ("lambda v, k=2: v * k", "lambda v, k=3: v + k"),
        ("{n!r:>4}", "{n!r:>5}"),
        ("if i == 3:\n                break", "if i == 3:\n                print(9 // 0)"),
        ("n += 1", "n += 2"),
    ]
    texts = [leader, *(leader.replace(old, new) for old, new in variants)]
    assert len(set(texts)) == len(texts)
    _, partings = check(texts)
    assert all(len(parted) >= 1 for parted in partings[1:])
    for text in texts[1:]:
        check([leader, text])


def test_match_and_one_line_bodies() -> None:
    leader = """
        def kind(v):
            match v:
                case [a, *rest] if a: return len(rest)
                case {'k': k, **more}: return k
                case str() as s: return s
                case _: return None
        for v in ([1, 2], {'k': 4}, 's', 3): print(kind(v)); x = v
        print(x)
        """
    changes = [("return len(rest)", "return rest"), ("return k\n", "k += 1; return k\n"), ("if a:", "if not a:")]
    check([leader, *(leader.replace(old, new) for old, new in [*changes, ("; x = v", "; x = [v]")])])


def test_decorators_and_async() -> None:
    leader = """
        import asyncio, functools
        @functools.lru_cache(maxsize=None)
        def f(n):
            print('once')
            return n
        async def g():
            async with asyncio.Lock():
                await asyncio.sleep(0)
            return [i async for i in h()]
        async def h():
            yield 1
            yield 2
        f(1), f(1)
        print(asyncio.run(g()))
        """
    check([leader, leader.replace("maxsize=None", "maxsize=0"), leader.replace("print('once')", "print('twice')"),
           leader.replace("yield 2", "yield 3"), leader.replace("await asyncio.sleep(0)", "pass")])  # fmt: skip


def test_deleted_appended_and_main_guard() -> None:
    leader = """
        def main():
            a = 1
            b = 2
            print(a + b)
        if __name__ == "__main__":
            main()
        """
    check(
        [
            leader,
            leader.replace("            b = 2\n", ""),
            leader + "        print('end')\n",
            leader.replace("a = 1\n", "a = 1\n            del a\n            a = 7\n"),
            leader.replace('== "__main__"', '!= "__main__"'),
            leader.replace("            main()\n", "            main()\n            main()\n"),
            "        pass\n",
        ]
    )


def test_the_ways_part_as_late_as_possible() -> None:
    leader = "\n".join(f"print({n})" for n in range(30)) + "\n"
    early, late = leader.replace("print(3)\n", "print(33)\nprint(34)\n"), leader.replace("print(25)", "print(-25)")
    both = leader.replace("print(20)\nprint(21)\nprint(22)\nprint(23)\n", "print('x')\n").replace(
        "print(3)\n", "print(33)\n"
    )
    made, partings = check([leader, early, late, both])
    assert [len(p) for p in partings] == [2, 2, 2, 2] or [len(p) for p in partings][:3] == [2, 1, 2]
    crossing = leader.replace("".join(f"print({n})\n" for n in range(10, 20)), "print('all')\n")
    inner = leader.replace("print(15)\n", "print('in')\n")
    made, _ = check([leader, crossing, inner])
    assert made.hunks[0].alternatives == [0, 1, 0], "the inner one goes on with the leader into the crossing one"


def test_what_follows_its_own_lines_is_refused_and_what_does_not_compile() -> None:
    made, _ = check(["a = 1\n", "import inspect\na = inspect.getsource(len)\n", "a = (\n", "a = 3\n"])
    assert sorted(made.refused) == [1, 2]


def test_compiled_functions_are_kept_whole() -> None:
    leader = """
        def jit(f):
            assert '__mlestar_choose__' not in f.__code__.co_names
            return f
        @jit
        def f():
            a = 1
            return a
        print(f())
        """
    check([leader, leader.replace("a = 1", "a = 2")])


def test_no_name_of_ours_appears_in_the_scripts_scopes() -> None:
    leader = """
        def f():
            a = 1
            print(sorted(locals()))
        f()
        class C:
            a = 2
        print(sorted(vars(C)), sorted(n for n in globals() if 'mle' in n))
        """
    check([leader, leader.replace("a = 1", "b = 1"), leader.replace("a = 2", "b = 2")])


# ---------------------------------------------------------------------- many programs


class _Maker:
    """Random programs that end: nested statements over a few names, functions and classes that are called."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0

    def program(self) -> list[ast.stmt]:
        """Definitions such as scripts begin with, most of them made once, and statements that use them."""
        made = [s for _ in range(self.random.randint(4, 9)) for s in self.statement(0, False)]
        for number in range(1, 4):
            for statement in self.definition(number):
                made.insert(self.random.randint(0, min(len(made), 4)), statement)
        return made

    def definition(self, number: int) -> list[ast.stmt]:
        r = self.random
        other = f"{r.choice('KH')}{r.randint(1, 5)}"
        forms = [
            f"K{number} = {r.randint(0, 99)}",
            f"K{number} = {{'k': [{r.randint(0, 9)}, -1]}}",
            f"def H{number}(v, w={r.randint(0, 2)}):\n    return str(v) + str({other})[:5]",
            f"def H{number}(*v):\n    u = {r.randint(0, 9)}\n    return u, {other}",
            f"class H{number}:\n    at: int = {r.randint(0, 9)}\n    def __init__(self, v):\n        print(v, K1)",
            f"from math import {r.choice(['sqrt', 'floor'])} as H{number}",
            "import string, json",
        ]
        return ast.parse(r.choice(forms)).body

    def name(self) -> str:
        return self.random.choice("abcdeAB")

    def value(self) -> str:
        r = self.random
        return r.choice(
            [str(r.randint(0, 5)), self.name(), f"{self.name()} + 1", f"[{self.name()} for a in (1, 2)]",
             f"K{r.randint(1, 5)}", f"K{r.randint(1, 5)}", f"str(H{r.randint(1, 5)}(2))[:5]", "string.digits",
             f"(lambda {self.name()}: {self.name()})(2)", f"len(str({self.name()}))", f"({self.name()} := 7)"]
        )  # fmt: skip

    def statement(self, depth: int, function: bool) -> list[ast.stmt]:
        r = self.random
        kind = r.randint(0, 15 if depth < 3 else 7)
        block = lambda inside=function: [s for _ in range(r.randint(1, 3)) for s in self.statement(depth + 1, inside)]  # noqa: E731
        body = lambda inside=function: textwrap.indent(ast.unparse(ast.Module(block(inside), [])), "    ")  # noqa: E731
        if kind == 0:
            text = f"{r.choice('ABab')} = {r.randint(0, 9)}"
        elif kind <= 2:
            text = f"{self.name()} = {self.value()}"
        elif kind <= 5:
            text = f"print({r.randint(0, 99)}, {self.value()})"
        elif kind == 6:
            name = self.name()
            imports = [f"import math as {name}", "import string", f"from math import pi as {name}"]
            text = r.choice([f"del {name}", "raise ValueError(3)", *imports])
        elif kind == 7:
            text = r.choice(["return", f"return {self.name()}", f"yield {self.name()}"]) if function else "print('top')"
        elif kind == 8:
            text = f"if {self.value()}:\n{body()}\nelse:\n{body()}"
        elif kind == 9:
            text = f"for {self.name()} in range(2):\n{body()}"
        elif kind == 10:
            text = (
                f"try:\n{body()}\nexcept (NameError, TypeError, ValueError) as e:\n{body()}\nfinally:\n    print('f')"
            )
        elif kind <= 13:
            self.count += 1
            name, mark = f"f{self.count}", r.choice(["", "", f"    global {self.name()}\n"])
            text = f"def {name}({r.choice(['', 'a', 'a=1', 'b=2'])}):\n{mark}{body(True)}\n"
            text += f"try:\n    print(repr({name}(1))[:9])\nexcept Exception as e:\n    print(type(e).__name__)"
        else:
            self.count += 1
            text = f"class C{self.count}:\n{body(False)}\nprint(sorted(n for n in vars(C{self.count}) if n < '_'))"
        try:
            compile(text, "x", "exec") if not function else compile(
                f"def x():\n{textwrap.indent(text, '    ')}", "x", "exec"
            )
        except SyntaxError:
            return [ast.Pass()]
        return ast.parse(text).body

    def edit(self, text: str) -> str:
        """The program with one to three statements somewhere in it changed."""
        for _ in range(self.random.randint(1, 3)):
            tree = ast.parse(text)
            lists = [getattr(n, f) for n in ast.walk(tree) for f in ("body", "orelse", "finalbody")
                     if isinstance(getattr(n, f, None), list) and getattr(n, f)]  # fmt: skip
            chosen = self.random.choice(lists)
            place, how = self.random.randrange(len(chosen)), self.random.randint(0, 6)
            new = self.statement(2, False)
            if how >= 5:
                new, number = self.definition(self.random.randint(1, 5)), self.random.randint(0, 4)
                names = {getattr(s, "name", "") or ast.unparse(s)[:2] for s in new}
                old = [s for s in tree.body if (getattr(s, "name", "") or ast.unparse(s)[:2]) in names]
                at = tree.body.index(old[0]) if old else min(number, len(tree.body))
                tree.body[at : at + len(old[:1])] = new
            elif how == 0:
                chosen[place : place + 1] = new
            elif how == 1:
                chosen[place:place] = new
            elif how == 2:
                chosen[place : place + 1] = [] if len(chosen) > 1 else [ast.Pass()]
            elif how == 3:
                other = self.random.randrange(len(chosen))
                chosen[place], chosen[other] = chosen[other], chosen[place]
            else:
                chosen.append(chosen[place])
            changed = "\n" * self.random.randint(0, 2) + ast.unparse(ast.fix_missing_locations(tree)) + "\n"
            with contextlib.suppress(SyntaxError):
                compile(changed, "x", "exec")
                text = changed
        return text


@pytest.mark.parametrize("seed", range(12))
def test_random_programs_with_random_edits(seed: int) -> None:
    for n in range(12):
        maker = _Maker(seed * 1000 + n)
        leader = ast.unparse(ast.fix_missing_locations(ast.Module(maker.program(), []))) + "\n"
        try:
            compile(leader, "x", "exec")
        except SyntaxError:
            continue
        made, _ = check([leader, *(maker.edit(leader) for _ in range(maker.random.randint(1, 4)))])
        assert made.refused == {}
