"""`mlestar check` as people and machines run it: exit codes, streams, processes, files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import processes
import pytest
from command import Command

LEAKY = """\
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

X, y = load_wine(return_X_y=True)
X = StandardScaler().fit_transform(X)
A, B, a, b = train_test_split(X, y, random_state=0)
model = LogisticRegression().fit(A, a)
print(model.score(B, b))
"""


@pytest.fixture
def mlestar(tmp_path: Path) -> Command:
    (tmp_path / "work").mkdir()
    return Command(tmp_path / "home", tmp_path / "work")


@pytest.fixture
def project(mlestar: Command) -> Path:
    (mlestar.folder / "train.py").write_text(LEAKY)
    return mlestar.folder


def many(folder: Path, count: int, repeat: int = 1) -> None:
    for number in range(count):
        body = "".join(f"def f{n}(x):\n    return x + {n}\n\n\n" for n in range(200 * repeat))
        (folder / f"script{number:03}.py").write_text(f"# {number}\n{body}{LEAKY}")


def workers(process: subprocess.Popen[bytes], count: int) -> set[tuple[int, float]]:
    """The processes of a command once there are so many."""
    deadline = time.monotonic() + 30
    while len(known := processes.of_server(process.pid)) < count:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)
    return known


def test_forms_go_to_standard_output_alone(mlestar: Command, project: Path) -> None:
    (project / "broken.py").write_text("def (:\n")
    for form in ("json", "sarif", "github"):
        answer = mlestar("check", ".", "--format", form)
        assert answer.code == 1
        assert "broken.py: not checked" in answer.err
        assert "not checked" not in answer.out or form == "sarif"
    assert json.loads(mlestar("check", ".", "--format", "sarif").out)["version"] == "2.1.0"
    assert mlestar("check", ".", "--json").json == mlestar("check", ".", "--format", "json").json
    assert mlestar("check", ".", "--format", "github").out.startswith("::error file=train.py,line=7,")


def test_fix_mends_the_file_and_the_program_still_runs(mlestar: Command, project: Path) -> None:
    assert mlestar("check", "train.py", "--diff").code == 1
    assert (project / "train.py").read_text() == LEAKY
    answer = mlestar("check", "train.py", "--fix")
    assert (answer.code, answer.err) == (0, "Fixed 1 finding in 1 file (L101).\n")
    done = subprocess.run([sys.executable, "train.py"], cwd=project, capture_output=True, text=True, check=True)
    assert 0.5 < float(done.stdout) <= 1
    assert mlestar("check", "train.py", "--diff").code == 0


def test_a_pipe_in_and_out(mlestar: Command, project: Path) -> None:
    command = [sys.executable, "-m", "mlestar", "check", "-", "--stdin-filename", "src/a.py"]
    done = subprocess.run(
        command, input=LEAKY.encode(), env=mlestar.environment, cwd=project, capture_output=True, check=False
    )
    assert done.returncode == 1 and done.stdout.startswith(b"src/a.py:7:5: L101")
    crlf = LEAKY.replace("\n", "\r\n").encode()
    done = subprocess.run(
        [*command, "--fix"], input=crlf, env=mlestar.environment, cwd=project, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.count(b"\n") == done.stdout.count(b"\r\n") and b"X = StandardScaler" not in done.stdout


def test_a_baseline_lets_the_old_pass(mlestar: Command, project: Path) -> None:
    assert mlestar("check", ".", "--baseline", "known.json", "--write-baseline").code == 0
    assert mlestar("check", ".", "--baseline", "known.json").code == 0
    (project / "new.py").write_text(LEAKY)
    answer = mlestar("check", ".", "--baseline", "known.json")
    assert answer.code == 1 and "new.py:7:5: L101" in answer.out and "train.py" not in answer.out


def test_the_order_is_that_of_the_files_however_many_processes(mlestar: Command, project: Path) -> None:
    many(project, 12)
    alone = mlestar("check", ".", "--jobs", "1")
    assert mlestar("check", ".", "--jobs", "4") == alone
    assert alone.out.count(" L101 ") == 13


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("jobs", ["1", "3"])
def test_ctrl_c_ends_it_at_once_and_leaves_no_process(mlestar: Command, project: Path, jobs: str) -> None:
    many(project, 40, repeat=10)
    process = mlestar.start("check", ".", "--jobs", jobs)
    known = workers(process, 0 if jobs == "1" else 3)
    time.sleep(1.5)
    assert process.poll() is None
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # a terminal tells the whole group
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - began < 5
    assert process.returncode == 130
    assert b"Traceback" not in err and out == b""
    assert not processes.alive(known, mlestar.home)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_workers_leave_when_the_command_is_killed(mlestar: Command, project: Path) -> None:
    many(project, 40, repeat=10)
    process = mlestar.start("check", ".", "--jobs", "3")
    known = workers(process, 3)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 15
    while processes.alive(known, mlestar.home):
        assert time.monotonic() < deadline, "a worker outlived its command"
        time.sleep(0.1)
    process.communicate()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("train.py", "--format", "xml"), "'xml' is none of text, json, sarif, github"),
        (("train.py", "--severity", "low"), "'low' is none of error, warning, information"),
        (("train.py", "--jobs", "0"), "--jobs"),
        (("train.py", "--fix", "--diff"), "give one of them"),
        (("train.py", "--unsafe-fixes"), "it goes with --fix or --diff"),
        (("train.py", "--select", "L999"), "--select: there is no rule L999"),
        (("train.py", "--write-baseline"), "add --baseline FILE"),
        (("train.py", "--baseline", "none.json"), "none.json does not exist; write it with"),
        (("missing.py",), "missing.py does not exist; check the spelling"),
        (("empty",), "no .py or .ipynb files here"),
    ],
)
def test_what_cannot_be_done_says_what_can(
    mlestar: Command, project: Path, words: tuple[str, ...], sentence: str
) -> None:
    (project / "empty").mkdir()
    answer = mlestar("check", *words)
    assert answer.code == 2
    assert sentence in " ".join(answer.said.replace("│", " ").split())
    assert "Traceback" not in answer.err


def test_rules_explain_themselves_offline(mlestar: Command) -> None:
    rules = mlestar("rule", "--all", "--format", "json").json
    assert [rule["code"] for rule in rules] == sorted(rule["code"] for rule in rules)
    assert {"L101", "S001", "N001"} <= {rule["code"] for rule in rules}
    assert all(rule["page"].startswith(f"# {rule['code']}: {rule['rule']}\n") and rule["summary"] for rule in rules)
    page = mlestar("rule", "transformer-fitted-before-split", "--format", "markdown")
    assert page.out == next(rule["page"] for rule in rules if rule["code"] == "L101")
    assert mlestar("rule", "l101", "--format", "json").json["code"] == "L101"
    assert "transformer-fitted-before-split" in mlestar("rule", "--all").said.replace(" ", "")
    assert mlestar("rule", "L101", "--format", "html").code == 2
