"""Every labelled script: its blocks with role, container and first line, and its objective or why there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cst_tools.analysis import Analysis, analyse
from cst_tools.script import Script

CORPUS = Path(__file__).parent.parent / "corpus" / "scripts"
EXPECTED = sorted(CORPUS.glob("*.expected.json"))


def _script(expected: Path) -> Path:
    stem = expected.name.removesuffix(".expected.json")
    return next(CORPUS / f"{stem}{suffix}" for suffix in (".py", ".ipynb") if (CORPUS / f"{stem}{suffix}").exists())


def _analysis(path: Path) -> Analysis:
    return analyse(Script.parse(path.read_text("utf-8"), str(path)))


def described(analysis: Analysis) -> dict[str, Any]:
    """What the labels state, of an analysis."""
    objective = analysis.objective
    return {
        "problems": [problem.kind.value for problem in analysis.problems],
        "blocks": [
            {"line": b.first_line + 1, "role": b.role.value, "container": b.container, "title": b.title}
            for b in analysis.blocks
        ],
        "objective": None
        if objective is None
        else {
            "kind": objective.kind.value,
            "metric": objective.metric,
            "direction": objective.direction.value,
            "expression": objective.expression,
        },
    }


def test_the_corpus_covers_the_styles() -> None:
    assert len(EXPECTED) >= 18
    assert len(EXPECTED) == len([*CORPUS.glob("*.py"), *CORPUS.glob("*.ipynb")])


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda p: p.name.removesuffix(".expected.json"))
def test_blocks_and_objective(expected: Path) -> None:
    analysis = _analysis(_script(expected))
    stated = json.loads(expected.read_text("utf-8"))
    assert described(analysis) == {key: stated[key] for key in ("problems", "blocks", "objective")}
    if stated["objective"] is None:
        assert stated["reason"] in (analysis.no_objective_reason or "")


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda p: p.name.removesuffix(".expected.json"))
def test_blocks_are_sound(expected: Path) -> None:
    analysis = _analysis(_script(expected))
    script = analysis.script
    assert len({block.id for block in analysis.blocks}) == len(analysis.blocks)
    last = -1
    for block in analysis.blocks:
        assert block.first_line > last
        last = block.last_line
        assert block.span == script.index.lines_span(block.first_line, block.last_line)
        assert block.reason
        assert script.slice(block.span).strip()
    orders = [block.order for block in analysis.blocks]
    assert len(set(orders)) == len(orders)
