"""A measured rewrite on a text that moved on: found again, or refused with the reason. Never a wrong edit."""

from __future__ import annotations

from pathlib import Path

import pytest

from cst_tools.analysis import analyse
from cst_tools.edits import IMPORTS_ID, apply_edits, apply_patches, import_patch, make_patch
from cst_tools.script import Script
from mlestar.config import Settings
from mlestar.engine.types import CandidateReport, Cost, RefinementReport
from mlestar.lsp.analysis import Analysed, Good
from mlestar.lsp.capabilities import ClientCapabilities
from mlestar.lsp.documents import Document, Layout, Part
from mlestar.lsp.rebase import measured_edits, workspace_edit
from mlestar.types import Effect, Plan, Rewrite, Verdict

TEXT = '''\
"""Irises 🙂."""
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

X, y = load_iris(return_X_y=True)
A, B, a, b = train_test_split(X, y, random_state=0)

model = LogisticRegression(C=0.001)
model.fit(A, a)
print("accuracy", model.score(B, b))
'''
NEW_MODEL = "model = RandomForestClassifier(\n    n_estimators=50,\n    random_state=0,\n)"


def known(text: str, version: int = 7) -> Analysed:
    document = Document("file:///s.py", Path("/s.py"), version, (Part("file:///s.py", text, version),))
    analysis = analyse(Script.parse(text, "/s.py"))
    sound = analysis if analysis.script.tree is not None else analyse(Script.parse(TEXT))
    good = Good(sound, document)
    return Analysed(document, Settings(), Layout(document, "utf-16"), analysis, good)


def measured(text: str = TEXT) -> tuple[RefinementReport, CandidateReport]:
    """What the engine reports of a refinement of ``text``."""
    analysis = analyse(Script.parse(text, "/s.py"))
    [block] = [block for block in analysis.blocks if "LogisticRegression(" in analysis.script.slice(block.span)]
    old = analysis.script.slice(block.span)
    code = old[: old.index("model = Log")] + NEW_MODEL + old[old.index("C=0.001)") + len("C=0.001)") :]
    patches = [make_patch(analysis.script, block, code)]
    wanted = ["from sklearn.ensemble import RandomForestClassifier"]
    added = import_patch(analysis.script, analysis.blocks, wanted, ["LogisticRegression"])
    assert added is not None
    assert not isinstance(added, str)
    patches.append(added)
    applied = apply_patches(analysis.script, analysis.blocks, patches)
    assert not isinstance(applied, str)
    plan = Plan("playbook/forest", block.id, "Grow a forest", "It may help.", "playbook")
    candidate = CandidateReport(
        Rewrite(plan, tuple(patches), "forest"),
        plan,
        Verdict.BETTER,
        "it gains",
        confirmed=Effect(0.1, 0.05, 0.15, 5),
        runs=10,
        new_text=applied.text,
        edits=applied.edits,
    )
    report = RefinementReport(
        "s1", block, analysis.objective, None, (candidate,), candidate, Cost(), True, text=analysis.script.text
    )
    return report, candidate


def rebased(text: str) -> str:
    """The text after the rewrite; an AssertionError with the reason where it is refused."""
    edits = measured_edits(known(text), *measured())
    assert not isinstance(edits, str), edits
    return apply_edits(text, edits)


def refused(text: str) -> str:
    edits = measured_edits(known(text), *measured())
    assert isinstance(edits, str), apply_edits(text, edits)
    return edits


def expected(text: str) -> str:
    out = text.replace("model = LogisticRegression(C=0.001)", NEW_MODEL, 1)
    new = "from sklearn.ensemble import RandomForestClassifier\n"
    return out.replace("from sklearn.linear_model import LogisticRegression\n", new, 1)


def test_the_text_that_was_measured() -> None:
    assert rebased(TEXT) == expected(TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("X, y = load_iris", "# 🙂 more\n\n\nX, y = load_iris"),
        ("random_state=0)\n", "random_state=1, stratify=y)\n"),
        ('print("accuracy"', 'print("done")\nprint("accuracy"'),
        ('"""Irises 🙂."""\n', '"""Irises."""\n\f\n'),
    ],
)
def test_a_change_elsewhere_moves_the_rewrite_along(old: str, new: str) -> None:
    text = TEXT.replace(old, new)
    assert text != TEXT
    assert rebased(text) == expected(text)


def test_a_name_that_is_used_elsewhere_meanwhile_stays() -> None:
    text = TEXT + "print(LogisticRegression())\n"
    assert "RandomForestClassifier\nfrom sklearn.linear_model import LogisticRegression\n" in rebased(text)


def test_line_ends_of_the_text_as_it_is_now() -> None:
    text = TEXT.replace("\n", "\r\n")
    assert rebased(text) == expected(TEXT).replace("\n", "\r\n")


def test_an_import_that_came_meanwhile_is_kept_and_not_doubled() -> None:
    text = TEXT.replace(
        "from sklearn.linear", "import os\nfrom sklearn.ensemble import RandomForestClassifier\nfrom sklearn.linear"
    )
    new = rebased(text)
    assert new.count("import RandomForestClassifier") == 1
    assert "import os\n" in new
    assert NEW_MODEL in new


def test_an_import_that_went_meanwhile_does_not_come_back() -> None:
    text = TEXT.replace("from sklearn.datasets import load_iris\n", "").replace("load_iris(return_X_y=True)", "load()")
    assert "load_iris" not in rebased(text)


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("C=0.001", "C=0.002"),
        TEXT.replace("model = LogisticRegression(C=0.001)\n", ""),
        TEXT.replace("LogisticRegression(C=0.001)", "LogisticRegression(C=0.001)  # mine"),
        TEXT + "x = (\n",
        "",
        expected(TEXT),
    ],
)
def test_a_block_that_changed_is_refused_with_a_reason(text: str) -> None:
    assert refused(text).endswith((".", "again"))


def test_a_candidate_without_a_rewrite_is_refused() -> None:
    report, candidate = measured()
    bare = CandidateReport(None, candidate.plan, Verdict.REJECTED, "a gate refused it")
    assert "a gate refused it" in str(measured_edits(known(TEXT), report, bare))


def test_edits_carry_the_version_where_the_client_takes_it() -> None:
    now = known(TEXT, version=41)
    edits = measured_edits(now, *measured())
    assert not isinstance(edits, str)
    versioned = workspace_edit(now, edits, ClientCapabilities(document_changes=True))
    assert not isinstance(versioned, str)
    assert versioned.document_changes is not None
    assert [c.text_document.version for c in versioned.document_changes] == [41]  # type: ignore[union-attr]
    plain = workspace_edit(now, edits, ClientCapabilities())
    assert not isinstance(plain, str)
    assert plain.changes is not None
    assert list(plain.changes) == ["file:///s.py"]


def test_the_import_block_is_known_by_its_id() -> None:
    assert IMPORTS_ID in {patch.block_id for patch in (measured()[1].rewrite or pytest.fail("no rewrite")).patches}
