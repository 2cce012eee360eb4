"""However the user's script ends, the command says how and what to do next, and the journal keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import Command

SCORE = "accuracy = sum(values) / len(values)\nprint('accuracy:', accuracy)\n"


@pytest.fixture
def mlestar(tmp_path: Path) -> Command:
    folder = tmp_path / "work"
    folder.mkdir()
    return Command(tmp_path / "state", folder)


@pytest.mark.parametrize(
    ("name", "text", "options", "status", "sentences"),
    [  # the first sentence is kept in the journal
        (
            "crash",
            "values = [0.5]\nraise ValueError('no column age')\n",
            (),
            "crashed",
            ("ValueError in line 2: no column age", "run the script by itself"),
        ),
        (
            "hang",
            "import time\nvalues = [0.5]\ntime.sleep(600)\n",
            ("--timeout", "1s"),
            "timeout",
            ("still running after 1 s", "more time with --timeout"),
        ),
        ("nan", "values = [float('nan')]\n", (), "bad-score", ("the objective was nan", "missing or infinite values")),
        (
            "exit3",
            "import sys\nvalues = [0.5]\nsys.exit(3)\n",
            (),
            "exited",
            ("the script ended itself with code 3", "run the script by itself"),
        ),
        (
            "killed",
            "import os\nvalues = [0.5]\nos.kill(os.getpid(), 9)\n",
            (),
            "killed",
            ("SIGKILL", "memory is the usual cause", "--parallel 1"),
        ),
        (
            "hungry",
            "values = [0.5]\nhold = []\nwhile len(hold) < 64:\n    hold.append(b'x' * 2**25)\n",
            ("--memory", "300MB"),
            "out-of-memory",
            ("memory", "--parallel 1"),
        ),
        (
            "options",
            "import argparse\nvalues = [0.5]\np = argparse.ArgumentParser()\np.add_argument('x')\np.parse_args()\n",
            (),
            "exited",
            ("the script needs arguments: x", "after `--`"),
        ),
        (
            "module",
            "import no_such_package_here\nvalues = [0.5]\n",
            (),
            "crashed",
            ("No module named 'no_such_package_here'", "install it there", "--interpreter"),
        ),
        (
            "file",
            "values = [float(line) for line in open('data/train.csv')]\n",
            (),
            "crashed",
            ("data/train.csv", "check that the file is there"),
        ),
        (
            "keyboard",
            "values = [float(input('how many? '))]\n",
            (),
            "crashed",
            ("EOFError", "nobody can type"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalnum() else "",
)
def test_a_script_without_a_score(
    mlestar: Command, name: str, text: str, options: tuple[str, ...], status: str, sentences: tuple[str, ...]
) -> None:
    script = mlestar.folder / f"{name}.py"
    script.write_text(text + SCORE)
    answer = mlestar("ablate", script.name, "--seeds", "2", *options)
    assert answer.code == 3, answer.said
    assert "gives no score as it is" in answer.said
    for sentence in sentences:
        assert sentence in answer.said
    assert "Traceback" not in answer.said

    # recorded, with its reason
    listed = mlestar("journal", script.name, "--runs")
    assert listed.code == 0
    assert status in listed.said
    assert sentences[0] in listed.said


def test_a_script_that_prints_a_hundred_megabytes_has_its_score(mlestar: Command) -> None:
    (mlestar.folder / "loud.py").write_text(
        "import sys\nvalues = [0.25, 0.75]\n"
        "for _ in range(100):\n    sys.stdout.write(('x' * 1023 + '\\n') * 1024)\n" + SCORE
    )
    answer = mlestar("ablate", "loud.py", "--seeds", "2", "--json")
    assert answer.code == 0, answer.said
    assert answer.json["baseline"]["scores"] == [0.5, 0.5]
    assert len(answer.out) < 100_000
    journal = mlestar.home / "journal.sqlite3"
    assert journal.stat().st_size < 10_000_000


def test_optimise_ends_like_ablate_when_the_script_fails(mlestar: Command) -> None:
    (mlestar.folder / "exit3.py").write_text("import sys\nvalues = [0.5]\nsys.exit(3)\n" + SCORE)
    answer = mlestar("optimise", "exit3.py", "--apply")
    assert answer.code == 3, answer.said
    assert "ended itself with code 3" in answer.said


def test_a_script_that_failed_is_asked_again(mlestar: Command) -> None:
    (mlestar.folder / "needs.py").write_text("values = [float(line) for line in open('train.csv')]\n" + SCORE)
    assert mlestar("ablate", "needs.py", "--seeds", "2").code == 3
    (mlestar.folder / "train.csv").write_text("0.5\n0.25\n")
    answer = mlestar("ablate", "needs.py", "--seeds", "2", "--json")
    assert answer.code == 0, answer.said
    assert answer.json["baseline"]["scores"] == [0.375, 0.375]


def test_a_spent_budget_is_no_failure_of_the_script(mlestar: Command) -> None:
    (mlestar.folder / "slow.py").write_text("import time\nvalues = [0.5]\ntime.sleep(600)\n" + SCORE)
    answer = mlestar("ablate", "slow.py", "--budget", "1s")
    assert answer.code == 4, answer.said
    assert "budget was spent" in answer.said
    assert "--budget" in answer.said
