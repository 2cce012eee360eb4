"""How a script is started, as settings say it, and what is said when its arguments are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlestar.runs.arguments import Start, parse_scripts, parse_start, split_arguments, start_of, usage_sentence
from mlestar.runs.types import RunStatus

from .conftest import Bench

ARGPARSE = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--epochs", type=int, default=3)
args = parser.parse_args()
__mlestar_report__(args.epochs)
"""


def test_a_string_is_split_as_a_shell_does() -> None:
    assert split_arguments("""--data "my data/x.csv" --name='a b' -v""") == (
        "--data", "my data/x.csv", "--name=a b", "-v",
    )  # fmt: skip
    with pytest.raises(ValueError, match="list of strings"):
        split_arguments('--data "open')


def test_a_table_is_read() -> None:
    raw = {"arguments": "--lr 0.1", "module": "pkg.train", "environment": {"EPOCHS": 5}, "working-folder": "src"}
    assert parse_start(raw) == Start(("--lr", "0.1"), "pkg.train", {"EPOCHS": "5"}, "src")
    assert parse_start(["--lr", 1]) == Start(("--lr", "1"))
    assert parse_start({"workingFolder": "x"}).working_folder == "x"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (3, "needs a table"),
        ({"module": "a-b"}, "python -m pkg.train"),
        ({"environment": {"A B": "1"}}, "map names"),
        ({"environment": "A=1"}, "map names"),
        ({"arguments": {"a": 1}}, "list of strings"),
        ({"colour": "red"}, "no setting 'colour'"),
    ],
)
def test_what_does_not_fit_is_said(raw: object, words: str) -> None:
    found, problems = parse_scripts({"train.py": raw, "other.py": {"arguments": "-x"}})
    assert list(found) == ["other.py"]
    assert len(problems) == 1 and "train.py" in problems[0] and words in problems[0]


def test_an_exact_path_goes_before_a_pattern(tmp_path: Path) -> None:
    scripts = {"*.py": Start(("all",)), "src/train.py": Start(("one",)), "src/*.py": Start(("some",))}
    assert start_of(tmp_path / "src" / "train.py", tmp_path, scripts).arguments == ("one",)
    assert start_of(tmp_path / "eval.py", tmp_path, scripts).arguments == ("all",)
    assert start_of(tmp_path / "note.txt", tmp_path, scripts) == Start()


CLICK_OUTPUT = "Usage: train.py [OPTIONS]\nTry 'train.py --help' for help.\n\nError: Missing option '--data'.\n"
TYPER_OUTPUT = "Usage: train.py [OPTIONS] PATH\n╭─ Error ───╮\n│ Missing argument 'PATH'. │\n╰──────╯\n"
FIRE_OUTPUT = "ERROR: The function received no value for the required argument: data\nUsage: train.py DATA\n"


@pytest.mark.parametrize(
    ("output", "words"),
    [(CLICK_OUTPUT, "--data"), (TYPER_OUTPUT, "PATH"), (FIRE_OUTPUT, "data")],
)
def test_other_libraries_words(output: str, words: str) -> None:
    assert usage_sentence("", 2, output) == f"the script needs arguments: {words}; set `arguments` for it"
    assert usage_sentence("", 1, output) is None and usage_sentence("", 2, "no words") is None


@pytest.mark.parametrize(
    ("text", "output", "words"),
    [
        (
            "from absl import flags\n",
            "FATAL Flags parsing error: flag --data=None: Flag --data must have a value other than None.\n",
            "the script needs arguments: --data; set `arguments` for it",
        ),
        (
            "import hydra\n",
            "Could not override 'nope'.\nTo append to your config use +nope=2\n",
            "the script does not understand its arguments (Could not override 'nope'.); set `arguments` for it",
        ),
    ],
)
def test_libraries_that_end_with_code_1(text: str, output: str, words: str) -> None:
    assert usage_sentence(text, 1, output) == words
    assert usage_sentence("import json\n", 1, output) is None


async def test_missing_and_wrong_arguments(bench: Bench) -> None:
    result = await bench.run(ARGPARSE)
    assert result.status is RunStatus.EXITED
    assert result.reason == "the script needs arguments: --data; set `arguments` for it"
    result = await bench.run(ARGPARSE, arguments=("--data", "x", "--epochs", "many"))
    assert result.status is RunStatus.EXITED and "invalid int value: 'many'" in result.reason
    assert (await bench.run(ARGPARSE, arguments=("--data", "x", "--epochs", "4"))).score == 4.0
