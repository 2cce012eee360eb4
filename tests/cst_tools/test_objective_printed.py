"""A printed line as the objective: by its label or by a pattern, from the setting or a comment."""

from __future__ import annotations

import re

import pytest

from cst_tools.analysis import analyse
from cst_tools.gates import check_variant
from cst_tools.script import Script
from cst_tools.types import Direction, Objective, ObjectiveKind

SCRIPT = "import lib\n\ndf = lib.load()\ndf['x'] = df['a'] * 2\nlib.run(df)\n"


def objective(choice: str | None, text: str = SCRIPT) -> Objective:
    found = analyse(Script.parse(text), objective=choice).objective
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("choice", "line", "number"),
    [
        ("printed AUC", "fold done, AUC: 0.913 (loss 0.2)", "0.913"),
        ("printed val_loss", "epoch 3 val_loss=1.5e-03", "1.5e-03"),
        ("printed 'Best score'", "Best score is -12.5", "-12.5"),
        (r"printed /score=(\S+) final/", "score=17 final", "17"),
        ("printed RMSE", "RMSE 1,234.5", "1,234.5"),
        ("printed AUC", '{"AUC": 0.5}', "0.5"),
    ],
)
def test_the_pattern_finds_the_number(choice: str, line: str, number: str) -> None:
    found = objective(choice)
    assert found.kind is ObjectiveKind.PRINTED and found.span is None and found.chosen_by_user
    match = re.search(found.expression, line)
    assert match is not None and match[1] == number


def test_the_label_of_a_longer_name_is_not_taken() -> None:
    assert re.search(objective("printed loss").expression, "val_loss 3 loss 4")[1] == "4"  # type: ignore[index]


def test_direction_by_label_or_by_word() -> None:
    assert objective("printed RMSE").direction is Direction.MINIMIZE
    assert objective("printed AUC").direction is Direction.MAXIMIZE
    assert objective("minimize printed regret").direction is Direction.MINIMIZE
    assert "more is better" in objective("printed quux").warnings[0]


def test_a_comment_points_too() -> None:
    found = objective(None, "# mlestar: objective minimize printed regret\n" + SCRIPT)
    assert found.kind is ObjectiveKind.PRINTED and found.direction is Direction.MINIMIZE


@pytest.mark.parametrize("choice", ["printed", "printed /(/", "printed /no group/", "printed /(a)(b)/"])
def test_what_is_no_pattern_says_what_is(choice: str) -> None:
    analysis = analyse(Script.parse(SCRIPT), objective=choice)
    assert analysis.objective is None and "AUC" in (analysis.no_objective_reason or "")


def test_variants_keep_a_printed_objective() -> None:
    before = analyse(Script.parse(SCRIPT), objective="printed AUC")
    checked = check_variant(before, SCRIPT.replace("* 2", "* 3"), ())
    assert not isinstance(checked, str) and checked[1] == before.objective
