"""The benchmark of ablations: its variants are there, its data the same each time, its figures computed right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import mlestar
from benchmarks.ablation import report, slicer
from benchmarks.ablation.cases import CASES, SCRIPTS, Case, variant_texts
from benchmarks.ablation.data import MAKERS
from benchmarks.ablation.measure import Limit, Measured


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_script_has_six_ablations_also_after_the_edits(case: Case) -> None:
    text = (SCRIPTS / f"{case.name}.py").read_text("utf-8")
    changed = text.replace(*case.plans[-1])
    edited = changed.replace(*case.edit)
    for one in (text, changed, edited):
        found = [variant for _, variant in variant_texts(case, one)]
        assert len({one, *found}) == 7
    assert len({text, *(text.replace(*plan) for plan in case.plans), edited}) == 6


@pytest.mark.parametrize("name", MAKERS)
def test_data_is_made_alike_every_time(tmp_path: Path, name: str) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        MAKERS[name](tmp_path / folder, 0.005)
    for path in (tmp_path / "one").iterdir():
        if path.suffix == ".csv":
            assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    assert any((tmp_path / "one").iterdir())


def measured(mode: str, cpu_s: float, scores: list[str]) -> Measured:
    outcomes = [{"score": s, "status": "ok", "rung": "plain", "label": str(n)} for n, s in enumerate(scores)]
    return Measured(mode, cpu_s, cpu_s / 2, 10 * 1024**2, 1.0, outcomes)


def test_figures_are_ratios_of_medians_and_differences_are_named() -> None:
    study = report.Study("one", Limit(4.0, (1.0,), (4.0,)))
    study.modes = {
        "fresh-serial": [measured("fresh-serial", s, ["1.0", "2.0"]) for s in (9.0, 10.0, 11.0)],
        "branch": [measured("branch", 6.25, ["1.0", "2.5"])],
    }
    assert study.fewer("branch") == pytest.approx(1.6)
    assert study.share("branch") == pytest.approx(0.8)
    assert study.equal("branch") == (1, 2)
    assert any("2.5 instead of 2.0" in line for line in report.differences(study))
    assert "1.60x" in report.table(study) and "1.60x" in report.medians([study])


def test_slicing_takes_what_is_known_and_gives_the_same(tmp_path: Path) -> None:
    text = """import random, time
random.seed(1)
def work(x):
    begun = time.process_time()
    while time.process_time() - begun < 0.05:
        pass
    return [one * 2 for one in x]
a = work([random.random()])
alias = a
a.append(len(work(a)))
k = 1
drawn = work([random.random()])
__mlestar_report__(sum(a) + sum(alias) + sum(drawn) + k + random.random())
"""
    worker = Path(mlestar.__file__).parent / "runs" / "worker"
    (tmp_path / "store").mkdir()
    found = []
    for number, program in enumerate((text, text.replace("k = 1", "k = 3"))):
        path, out = tmp_path / f"{number}.py", tmp_path / f"{number}.json"
        path.write_text(program)
        order = {"program": str(path), "script": str(tmp_path / "train.py"), "out": str(out), "seed": 0}
        spec = tmp_path / "spec.json"
        spec.write_text(json.dumps({**order, "store": str(tmp_path / "store")}))
        command = [sys.executable, slicer.__file__, str(worker), str(spec)]
        subprocess.run(command, check=True, cwd=tmp_path, env={"PYTHONHASHSEED": "0", "PATH": ""})
        found.append(json.loads(out.read_text()))
    assert [one["failed"] for one in found] == [None, None]
    assert found[0]["taken"] == 0 and found[1]["taken"] >= 2
    assert found[1]["values"][0] == pytest.approx(found[0]["values"][0] + 2, abs=1e-12)
