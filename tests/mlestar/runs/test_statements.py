"""The limit of sharing: which statements of a variant must run again, on programs where the answer is known."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import mlestar

BOOT = Path(mlestar.__file__).parent / "runs" / "worker" / "boot.py"


def trace(folder: Path, text: str) -> list[dict[str, Any]]:
    """Every statement of the program, run in an interpreter of its own."""
    (folder / "program.py").write_text(dedent(text), "utf-8")
    out = folder / "out.json"
    order = {"program": str(folder / "program.py"), "script": str(folder / "train.py"), "out": str(out)}
    (folder / "spec.json").write_text(json.dumps(order), "utf-8")
    subprocess.run([sys.executable, str(BOOT), "statements", str(folder / "spec.json")], cwd=folder, check=True)
    told: list[dict[str, Any]] = json.loads(out.read_text("utf-8"))
    return told


def again(folder: Path, text: str, old: str, new: str) -> list[str]:
    """First lines of the statements of the variant that must run again; imports are free."""
    assert old in text
    base = {one["key"] for one in trace(folder, text)}
    variant = dedent(text.replace(old, new))
    lines = variant.splitlines()
    return [
        lines[one["line"] - 1].strip() for one in trace(folder, variant) if one["key"] not in base and not one["free"]
    ]


def test_only_what_depends_on_the_change_must_run_again(tmp_path: Path) -> None:
    text = """\
        a = 1
        b = [1, 2]
        c = a + 1
        b.append(3)
        d = c * 2
        e = len(b)
        print(d, e)
        """
    assert again(tmp_path, text, "a = 1", "a = 5") == ["a = 5", "c = a + 1", "d = c * 2", "print(d, e)"]
    assert again(tmp_path, text, "b.append(3)", "b.append(4)") == ["b.append(4)", "e = len(b)"]


def test_a_value_that_comes_out_the_same_stops_it(tmp_path: Path) -> None:
    text = "a = 3\nb = a > 2\nc = [b] * 3\n"
    assert again(tmp_path, text, "a = 3", "a = 4") == ["a = 4", "b = a > 2"]


def test_functions_count_where_they_are_used(tmp_path: Path) -> None:
    text = """\
        SCALE = 2
        def inner(x):
            return x * SCALE
        def outer(x):
            return inner(x) + 1
        first = 10
        second = outer(first)
        third = first + 1
        """
    assert again(tmp_path, text, "x * SCALE", "x - SCALE") == ["def inner(x):", "second = outer(first)"]
    assert again(tmp_path, text, "SCALE = 2", "SCALE = 3") == ["SCALE = 3", "second = outer(first)"]


def test_random_generators_are_read_by_those_who_draw(tmp_path: Path) -> None:
    text = """\
        import random
        random.seed(1)
        one = random.random()
        fixed = 5
        two = random.random()
        """
    assert again(tmp_path, text, "one = random.random()", "one = 0") == ["one = 0", "two = random.random()"]


def test_files_that_the_program_wrote_are_read_by_content(tmp_path: Path) -> None:
    text = """\
        with open("kept.txt", "w") as file: count = file.write("a" * 3)
        other = 1
        text = open("kept.txt").read()
        """
    found = again(tmp_path, text, '"a" * 3', '"b" * 3')
    assert found == [
        'with open("kept.txt", "w") as file: count = file.write("b" * 3)',
        'text = open("kept.txt").read()',
    ]


def test_what_cannot_be_pickled_counts_as_what_made_it(tmp_path: Path) -> None:
    text = "n = 3\nnumbers = (i for i in range(n))\nk = 1\ntotal = sum(numbers)\nlast = k + 1\n"
    assert again(tmp_path, text, "k = 1", "k = 2") == ["k = 2", "last = k + 1"]
    assert again(tmp_path, text, "n = 3", "n = 4") == [
        "n = 4",
        "numbers = (i for i in range(n))",
        "total = sum(numbers)",
    ]


@pytest.mark.parametrize("call", ["main()", "raise SystemExit(main())"])
def test_the_body_of_main_is_taken_apart(tmp_path: Path, call: str) -> None:
    text = f"""\
        def helper(x):
            return x + 1
        def main(start=1):
            a = helper(start)
            b = 2
            c = a * 2
            print(b, c)
        if __name__ == "__main__":
            {call}
        """
    found = again(tmp_path, text, "b = 2", "b = 3")
    assert [line for line in found if not line.startswith("def")] == ["b = 3", "print(b, c)"]


def test_main_stays_whole_where_its_names_would_clash(tmp_path: Path) -> None:
    text = """\
        a = 5
        def helper(): return a
        def main():
            a = 1
            print(a, helper())
        if __name__ == "__main__":
            main()
        """
    assert [one["line"] for one in trace(tmp_path, text)] == [1, 2, 3, 6]
