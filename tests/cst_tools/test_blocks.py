"""Blocks: whole lines, stable ids, names, protection; and finding one again after edits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cst_tools.analysis import Analysis, analyse
from cst_tools.blocks import find_blocks, locate
from cst_tools.script import Script
from cst_tools.types import Block, BlockKind, ProblemKind, Role

CORPUS = Path(__file__).parent.parent / "corpus" / "scripts"

FLAT = """import pandas as pd
from sklearn.svm import SVC

# the table
# of the ticket office
df = pd.read_csv("a.csv")
print(df.shape)
df = df.dropna()

df["b"] = df["a"] * 2
X, y = df[["a", "b"]], df["y"]

clf = SVC(C=2)
clf.fit(X, y)
print(clf.score(X, y))
"""


def _blocks(text: str, **settings_: str) -> tuple[Block, ...]:
    return find_blocks(Script.parse(text), roles=settings_)


def _by_role(text: str, role: Role) -> Block:
    return next(b for b in _blocks(text) if b.role is role)


def test_spans_are_whole_lines_with_the_comments_above() -> None:
    script = Script.parse(FLAT)
    load = _by_role(FLAT, Role.LOAD)
    assert script.slice(load.span) == (
        '# the table\n# of the ticket office\ndf = pd.read_csv("a.csv")\nprint(df.shape)'
    )
    assert (load.first_line, load.last_line) == (3, 6)


def test_names_and_protection() -> None:
    features = _by_role(FLAT, Role.FEATURES)
    assert set(features.defines) == {"df", "X", "y"}
    assert features.reads == ("df",)
    assert features.kind is BlockKind.STATEMENTS
    protected = {b.role for b in _blocks(FLAT) if b.protected}
    assert protected == {Role.OTHER, Role.LOAD, Role.EVALUATE}
    assert _blocks(FLAT)[0].id == "imports"


def test_ids_survive_edits_elsewhere_and_inside() -> None:
    before = {b.id for b in _blocks(FLAT)}
    changed = FLAT.replace("import pandas as pd\n", "import pandas as pd\nimport numpy as np\n").replace(
        "C=2", "C=3, tol=1"
    )
    changed = changed.replace("df = df.dropna()\n", "df = df.dropna()\ndf = df[df.a > 0]  # new\n\n\n")
    assert {b.id for b in _blocks(changed)} == before


def test_ids_are_unique() -> None:
    code = "df = df.dropna()\nm = SVC()\ndf = df.dropna()\nm = SVC()\n"
    ids = [b.id for b in _blocks(code)]
    assert len(set(ids)) == 4
    assert ids[2] == f"{ids[0]}-2"


def test_functions_and_classes_are_named_by_themselves() -> None:
    code = """
@cache
# decorated
def load():
    return pd.read_csv("a")

class Net(nn.Module):
    def forward(self, x): return x

class App:
    def read(self):
        self.df = pd.read_csv("a")
    def learn(self):
        self.m = SVC()
        self.m.fit(self.df, 1)
        print(self.m.score(self.df, 1))
App().learn()
"""
    found = {b.id: b for b in _blocks(code)}
    assert found["load"].kind is BlockKind.FUNCTION
    assert found["load"].first_line == 1
    assert found["Net"].kind is BlockKind.CLASS
    assert found["Net"].title == "class Net"
    assert found["App.read"].container == "App"
    assert found["App.read"].defines == ("read",)
    assert any(b.container == "App.learn" and b.role is Role.MODEL and "self.m" in b.defines for b in found.values())


def test_statements_on_one_line_are_one_block() -> None:
    code = "a = 1; df = pd.read_csv('a'); m = SVC()\nm.fit(df, 1)\n"
    assert [(b.first_line, b.last_line) for b in _blocks(code)] == [(0, 0), (1, 1)]


def test_header_comments_stay_outside() -> None:
    code = "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nimport a\n\n# %%\n# notes\ndf = pd.read_csv('a')\n"
    script = Script.parse(code)
    assert [script.slice(b.span) for b in find_blocks(script)] == ["import a", "# notes\ndf = pd.read_csv('a')"]


def test_comment_of_a_deeper_suite_is_not_taken() -> None:
    code = "for c in cols:\n    df[c] = 1\n    # end\ndf = df.dropna()\n"
    clean = _by_role(code, Role.CLEAN)
    assert clean.first_line == 3


def test_glue_joins_and_constants_are_adopted() -> None:
    lines = ["DEPTH = 4", "SEED = 1", "df = df.dropna()", "n = 3", "df = df.drop_duplicates()", "m = Tree(1)"]
    code = "\n".join([*lines, "clf = DecisionTreeClassifier(max_depth=DEPTH)"])
    found = _blocks(code)
    assert [(b.role.value, b.first_line, b.last_line) for b in found] == [
        ("model", 0, 0), ("other", 1, 1), ("clean", 2, 4), ("other", 5, 5), ("model", 6, 6),
    ]  # fmt: skip


def test_the_objective_protects_its_block() -> None:
    code = "m = SVC()\nm.fit(X, y); print(accuracy_score(y, m.predict(X)))\n"
    analysis = analyse(Script.parse(code))
    assert analysis.objective is not None
    holder = analysis.block_at(code.index("accuracy_score"))
    assert holder is not None
    assert holder.protected
    assert "holds the objective" in holder.reason


def test_settings_overrule_roles() -> None:
    clean = _by_role(FLAT, Role.CLEAN)
    by_id = {b.first_line: b for b in find_blocks(Script.parse(FLAT), roles={clean.id: "features"})}
    assert by_id[clean.first_line].role is Role.FEATURES
    assert by_id[clean.first_line].reason == "the settings say so"
    by_title = find_blocks(Script.parse(FLAT), roles={"clean df": "preprocess"})
    assert Role.PREPROCESS in {b.role for b in by_title}
    wrong = analyse(Script.parse(FLAT), roles={"clean df": "cleen"})
    assert [p.kind for p in wrong.problems] == [ProblemKind.BAD_DIRECTIVE]
    assert "Did you mean clean?" in wrong.problems[0].message


def test_a_block_never_reaches_over_a_followed_function() -> None:
    body = "def main():\n    df = pd.read_csv('a')\n    m = SVC()\n    m.fit(df, 1)\n"
    code = f"a = logging.getLogger()\n{body}main()\nb = 1\n"
    found = _blocks(code)
    assert [(b.first_line, b.last_line) for b in found] == [(0, 0), (2, 2), (3, 3), (4, 4), (5, 6)]


# ------------------------------------------------------------------ finding a block again


def _relocated(old: str, new: str, role: Role, old_blocks: tuple[Block, ...] | None = None) -> Block | str:
    block = next(b for b in (old_blocks or _blocks(old)) if b.role is role)
    text = Script.parse(old).slice(block.span)
    return locate(Script.parse(new), _blocks(new), block, text)


def test_found_by_id() -> None:
    found = _relocated(FLAT, "import os\n" + FLAT.replace("C=2", "C=9"), Role.MODEL)
    assert isinstance(found, Block)
    assert found.role is Role.MODEL


def test_found_by_text_when_it_moved_into_a_function() -> None:
    moved = "def main():\n" + "".join(f"    {line}\n" if line else "\n" for line in FLAT.splitlines()) + "main()\n"
    found = _relocated(FLAT, moved, Role.FEATURES)
    assert isinstance(found, Block)
    assert found.container == "main"
    assert 'df["b"]' in Script.parse(moved).slice(found.span)


def test_found_by_structure() -> None:
    new = FLAT.replace('df["b"] = df["a"] * 2', 'df["b"] = df["a"] * 2\nextra = df["a"].shift(1)')
    found = _relocated(FLAT, new, Role.FEATURES)
    assert isinstance(found, Block)
    assert "extra" in found.defines


def test_gone_is_refused() -> None:
    answer = _relocated(FLAT, FLAT.replace("clf = SVC(C=2)\n", ""), Role.MODEL)
    assert isinstance(answer, str)
    assert "no longer" in answer


def test_twins_are_refused() -> None:
    old = "m = SVC(C=1)\nm.fit(X, y)\n"
    body = "    m = SVC(C=1)\n    m.fit(X, y)\n    print(m.score(X, y))\n"
    new = f"def f():\n{body}def g():\n{body}f()\ng()\n"
    answer = _relocated(old, new, Role.MODEL)
    assert isinstance(answer, str)
    assert "cannot be told" in answer


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(p.name for p in CORPUS.glob("*.py"))), st.data())
def test_blocks_are_found_after_an_insertion_elsewhere(name: str, data: st.DataObject) -> None:
    text = (CORPUS / name).read_text("utf-8")
    blocks = _blocks(text)
    if not blocks:
        return
    block = data.draw(st.sampled_from(blocks))
    new = (
        "def unrelated():\n    return 1\n\n\n" + text
        if not text.startswith(("#!", '"""'))
        else text + "\n\ndef unrelated():\n    return 1\n"
    )
    if Script.parse(new).tree is None:
        return
    old_text = Script.parse(text).slice(block.span)
    found = locate(Script.parse(new), _blocks(new), block, old_text)
    assert isinstance(found, Block)
    assert Script.parse(new).slice(found.span) == old_text


# ------------------------------------------------------------------ comments of the user


def _analysed(text: str) -> Analysis:
    return analyse(Script.parse(text))


def test_a_block_can_be_named() -> None:
    code = FLAT.replace('df["b"] =', '# mlestar: block doubling role=preprocess\n# note\ndf["b"] =')
    block = _analysed(code).block("doubling")
    assert block is not None
    assert block.role is Role.PREPROCESS
    assert block.named_by_user
    assert block.title == "preprocess doubling"
    assert "mlestar" not in Script.parse(code).slice(block.span)
    assert Script.parse(code).slice(block.span).startswith("# note\ndf[")


def test_a_named_block_ends_where_it_is_told() -> None:
    lines = ["df = pd.read_csv('a')", "# mlestar: block one role=features", "df['a'] = 1", "df['b'] = 2"]
    code = "\n".join([*lines, "# mlestar: end", "df['c'] = 3"])
    found = {b.id: (b.first_line, b.last_line) for b in _blocks(code)}
    assert found["one"] == (2, 3)
    code = code.replace("# mlestar: end", "# mlestar: block two")
    found = {b.id: (b.first_line, b.last_line) for b in _blocks(code)}
    assert found["one"] == (2, 3)
    assert found["two"] == (5, 5)


@pytest.mark.parametrize(
    "line",
    ['df["b"] = df["a"] * 2  # mlestar: role=clean', '# mlestar: role=clean\ndf["b"] = df["a"] * 2'],
)
def test_a_role_can_be_stated(line: str) -> None:
    analysis = _analysed(FLAT.replace('df["b"] = df["a"] * 2', line))
    block = analysis.block_at(analysis.script.text.index('df["b"]'))
    assert block is not None
    assert block.role is Role.CLEAN
    assert analysis.problems == ()


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("# mlestar: rule=x", "block NAME role=ROLE"),
        ("# mlestar: role=featurs", "Did you mean features?"),
        ("# mlestar: block a role=nope", "is not a role"),
        ("# mlestar: objective maximize no_such_thing", "is not used"),
    ],
)
def test_comments_that_are_not_understood(comment: str, words: str) -> None:
    analysis = _analysed(FLAT + comment + "\n")
    assert [p.kind for p in analysis.problems] == [ProblemKind.BAD_DIRECTIVE]
    assert words in analysis.problems[0].message
    assert analysis.script.slice(analysis.problems[0].span) == comment
    assert analysis.objective is not None


def test_strings_are_no_comments_and_ignores_are_accepted() -> None:
    code = 's = """\n# mlestar: role=bad\n"""\nx = 1  # mlestar: ignore[L101]\n'
    assert _analysed(code).problems == ()


METRICS = """from sklearn.metrics import accuracy_score, f1_score
import numpy as np
m = SVC().fit(X_train, y_train)
p = m.predict(X_test)
print("acc", accuracy_score(y_test, p))
f1 = f1_score(y_test, p)
print(f1)
cost = np.sum(p != y_test) * 3
"""


@pytest.mark.parametrize(
    ("old", "new", "expression", "direction"),
    [
        ("f1 = f1", "# mlestar: objective\nf1 = f1", "f1_score(y_test, p)", "maximize"),
        ("print(f1)", "print(f1)  # mlestar: objective minimize", None, "minimize"),
        ("f1 = f1", "# mlestar: objective minimize f1\nf1 = f1", None, "minimize"),
        ("cost =", "# mlestar: objective minimize\ncost =", None, "minimize"),
        ("import numpy", "# mlestar: objective minimize\n\nimport numpy", "accuracy_score(y_test, p)", "minimize"),
    ],
)
def test_the_objective_can_be_chosen(old: str, new: str, expression: str | None, direction: str) -> None:
    analysis = _analysed(METRICS.replace(old, new, 1))
    assert analysis.problems == ()
    assert analysis.objective is not None
    assert analysis.objective.direction.value == direction
    assert analysis.objective.chosen_by_user
    if expression is not None:
        assert analysis.objective.expression == expression
    elif "cost" in new:
        assert "cost" in analysis.objective.expression or "np.sum" in analysis.objective.expression
    else:
        assert "f1" in analysis.objective.expression


def test_a_setting_overrules_the_comment() -> None:
    code = METRICS.replace("f1 = f1", "# mlestar: objective\nf1 = f1", 1)
    analysis = analyse(Script.parse(code), objective="maximize accuracy")
    assert analysis.objective is not None
    assert analysis.objective.metric == "accuracy"


def test_analysis_of_a_thousand_lines_is_quick() -> None:
    import time

    from cst_tools.spine import spine

    parts = [
        p.read_text("utf-8")
        for p in sorted(CORPUS.glob("*.py"))
        if p.stem not in ("python2_iris", "broken", "jupytext_percent")
    ]
    text = "\n".join(parts)
    assert text.count("\n") > 800
    best = 9.0
    for _ in range(5):
        start = time.process_time()
        script = Script.parse(text)
        find_blocks(script, of=spine(script))
        best = min(best, time.process_time() - start)
    assert best < 0.25  # 0.04 s on a quiet machine
