"""Every plan for every block of the corpus: it can be carried out, passes the gates and stays in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from cst_tools.analysis import analyse
from cst_tools.edits import apply_patches
from cst_tools.gates import check_variant
from cst_tools.script import Script
from cst_tools.types import Facts
from mlestar.playbook import carry_out, propose
from mlestar.types import BlockContext, NotApplicable

CORPUS = Path(__file__).parents[2] / "corpus"
SCRIPTS = sorted(p for p in CORPUS.rglob("*") if p.suffix in (".py", ".ipynb"))
PACKAGES = {"lightgbm": "4.5.0", "optuna": "4.1.0", "scikit-learn": "1.9.0", "pandas": "3.0.0"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.stem)
def test_every_plan_of_the_corpus(path: Path) -> None:
    script = Script.parse(path.read_text(encoding="utf-8", errors="surrogateescape"), path.name)
    analysis = analyse(script)
    if analysis.objective is None:
        assert script.tree is None or analysis.no_objective_reason
        return
    for block in analysis.blocks:
        ctx = BlockContext(script, analysis.blocks, analysis.objective, block, Facts(), PACKAGES)
        plans = propose(ctx)
        assert not (block.protected and plans)
        for plan in plans:
            rewrite = carry_out(ctx, plan)
            assert not isinstance(rewrite, NotApplicable), (plan.id, rewrite.reason)
            applied = apply_patches(script, analysis.blocks, rewrite.patches)
            assert not isinstance(applied, str), (plan.id, applied)
            assert applied.text != script.text
            checked = check_variant(analysis, applied.text, rewrite.patches)
            assert not isinstance(checked, str), (plan.id, block.id, checked)


def test_the_corpus_gets_plans() -> None:
    found: set[str] = set()
    for path in SCRIPTS:
        analysis = analyse(Script.parse(path.read_text(encoding="utf-8", errors="surrogateescape"), path.name))
        if analysis.objective is None:
            continue
        for block in analysis.blocks:
            ctx = BlockContext(analysis.script, analysis.blocks, analysis.objective, block, Facts(), PACKAGES)
            found |= {plan.id for plan in propose(ctx)}
    assert len(found) >= 15, found
