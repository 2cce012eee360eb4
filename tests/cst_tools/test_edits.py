"""Edits change what they say and nothing else; patches that do not fit are refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cst_tools.analysis import Analysis, analyse
from cst_tools.edits import (
    Applied,
    apply_edits,
    apply_patches,
    import_patch,
    make_patch,
    map_boundaries,
    map_span,
    minimal_edits,
)
from cst_tools.magics import lines_of
from cst_tools.script import Script, hash_text
from cst_tools.types import Block, Edit, Patch, Role, Span

LINE_TEXT = st.lists(st.sampled_from(["a\n", "b\n", "é😀\r\n", "\r", "\tc\n", "a", "\x0c\n", "\n"]), max_size=14).map(
    "".join
)

SOURCE = "\n".join(
    [
        "import pandas as pd",
        "from sklearn.linear_model import LinearRegression  # linear",
        "",
        'df = pd.read_csv("a.csv")',
        "",
        "# more columns",
        'df["b"] = df["a"] + 1   # one',
        'df["c"] = df["a"] + 2',
        "",
        "model = LinearRegression()  # keep me",
        'model.fit(df[["b", "c"]], df["y"])',
    ]
)


def _analysed(text: str) -> Analysis:
    return analyse(Script.parse(text))


def _block(analysis: Analysis, role: Role) -> Block:
    return next(b for b in analysis.blocks if b.role is role)


@given(LINE_TEXT, LINE_TEXT)
def test_minimal_edits_lead_from_old_to_new(old: str, new: str) -> None:
    edits = minimal_edits(old, new)
    assert apply_edits(old, edits) == new
    assert (edits == ()) == (old == new)


@given(LINE_TEXT, st.data())
def test_one_changed_line_is_one_edit(text: str, data: st.DataObject) -> None:
    lines = list(lines_of(text))
    at = data.draw(st.integers(0, len(lines)))
    new = "".join([*lines[:at], "new line\n", *lines[at:]])
    edits = minimal_edits(text, new)
    touched = sum(e.span.end - e.span.start for e in edits)
    assert touched <= max((len(line) for line in lines), default=0)


@given(LINE_TEXT, LINE_TEXT, st.data())
def test_untouched_spans_keep_their_text(old: str, new: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(old)))
    span = Span(start, data.draw(st.integers(start, len(old))))
    edits = minimal_edits(old, new)
    after = map_span(span, edits)
    if after is None:
        assert any(e.span.overlaps(span) or span.contains(e.span) or e.span.contains(span) for e in edits)
    else:
        assert new[after.start : after.end] == old[span.start : span.end]


def test_overlapping_edits_are_an_error() -> None:
    with pytest.raises(ValueError, match="overlaps"):
        apply_edits("abc", [Edit(Span(0, 2), "x"), Edit(Span(1, 3), "y")])


def test_cells_grow_with_what_happens_in_them() -> None:
    cells = (Span(0, 3), Span(4, 7))
    assert map_boundaries(cells, [Edit(Span(1, 2), "xxx")]) == (Span(0, 5), Span(6, 9))
    assert map_boundaries(cells, [Edit(Span(4, 7), "")]) == (Span(0, 3), Span(4, 4))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("final", [True, False])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_a_patch_changes_its_block_alone(end: str, final: bool, bom: str) -> None:
    text = bom + SOURCE.replace("\n", end) + (end if final else "")
    analysis = _analysed(text)
    block = _block(analysis, Role.FEATURES)
    patch = make_patch(analysis.script, block, '# more columns\ndf["b"] = df["a"] * 2\ndf["d"] = 0')
    applied = apply_patches(analysis.script, analysis.blocks, [patch])
    assert isinstance(applied, Applied)
    wanted = f'# more columns{end}df["b"] = df["a"] * 2{end}df["d"] = 0'
    assert applied.text == text[: block.span.start] + wanted + text[block.span.end :]
    assert apply_edits(text, applied.edits) == applied.text
    assert all(block.span.contains(e.span) for e in applied.edits)


def test_the_last_block_keeps_the_missing_newline() -> None:
    analysis = _analysed(SOURCE)
    patch = make_patch(analysis.script, _block(analysis, Role.TRAIN), "model.fit(df, 1)\nprint(2)")
    applied = apply_patches(analysis.script, analysis.blocks, [patch])
    assert isinstance(applied, Applied)
    assert applied.text.endswith("# keep me\nmodel.fit(df, 1)\nprint(2)")


def test_several_patches_at_once() -> None:
    analysis = _analysed(SOURCE)
    patches = [
        make_patch(analysis.script, _block(analysis, Role.MODEL), "model = LinearRegression(positive=True)"),
        make_patch(analysis.script, _block(analysis, Role.FEATURES), 'df["z"] = 1'),
    ]
    applied = apply_patches(analysis.script, analysis.blocks, patches)
    assert isinstance(applied, Applied)
    assert 'df["z"] = 1\n\nmodel = LinearRegression(positive=True)\nmodel.fit' in applied.text


def test_a_block_emptied_leaves_its_neighbours() -> None:
    analysis = _analysed(SOURCE)
    applied = apply_patches(
        analysis.script, analysis.blocks, [make_patch(analysis.script, _block(analysis, Role.FEATURES), "")]
    )
    assert isinstance(applied, Applied)
    assert 'read_csv("a.csv")\n\n\n\nmodel' in applied.text


@given(st.lists(st.sampled_from(['df["b"] = 1', "# é😀", "", 'df["c"] = df["a"] + 2', "x = (1,", "     "]), max_size=6))
def test_any_code_is_applied_or_refused(lines: list[str]) -> None:
    analysis = _analysed(SOURCE)
    block = _block(analysis, Role.FEATURES)
    code = "\n".join(lines)
    applied = apply_patches(analysis.script, analysis.blocks, [make_patch(analysis.script, block, code)])
    if isinstance(applied, Applied):
        assert applied.text == SOURCE[: block.span.start] + code + SOURCE[block.span.end :]
    else:
        assert "x = (1," in lines
        assert "not valid Python" in applied


def test_refusals() -> None:
    analysis = _analysed(SOURCE)
    block = _block(analysis, Role.MODEL)
    good = make_patch(analysis.script, block, "model = 1")
    stale = Patch(good.path, block.id, hash_text("something else"), "model = 1")
    unknown = Patch(good.path, "nowhere", good.source_hash, "model = 1")
    broken = Patch(good.path, block.id, good.source_hash, "model = (")
    for patches, reason in (
        ([stale], "changed since"),
        ([unknown], "is not in the script"),
        ([good, good], "Two patches"),
        ([broken], "not valid Python"),
    ):
        answer = apply_patches(analysis.script, analysis.blocks, patches)
        assert isinstance(answer, str)
        assert reason in answer
    twice = apply_patches(analysis.script, [*analysis.blocks, block], [good])
    assert isinstance(twice, str)
    assert "more than once" in twice


def test_indented_block_with_tabs() -> None:
    body = ["import pandas as pd", "df = pd.read_csv('a')", "df['b'] = 1", "df['c'] = 2", "X, y = df, 1"]
    body += ["m = LinearRegression()", "m.fit(X, y)", "print(m.score(X, y))"]
    text = "def main():\n" + "".join(f"\t{line}\n" for line in body) + "main()\n"
    analysis = _analysed(text)
    block = _block(analysis, Role.FEATURES)
    applied = apply_patches(analysis.script, analysis.blocks, [make_patch(analysis.script, block, "\tdf['q'] = 3")])
    assert isinstance(applied, Applied)
    assert "\tdf = pd.read_csv('a')\n\tdf['q'] = 3\n" in applied.text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("import a\nx = 1\n", "import a\nimport numpy as np\nx = 1\n"),
        (
            "'''doc'''\nfrom __future__ import annotations\nimport a  # c\n\nx = 1\n",
            "import a  # c\nimport numpy as np\n\nx = 1\n",
        ),
        ("'''doc'''\nx = 1\n", "'''doc'''\nimport numpy as np\nx = 1\n"),
        ("# licence\nx = 1\n", "# licence\nimport numpy as np\nx = 1\n"),
        ("import a\r\nx = 1\r\n", "import a\r\nimport numpy as np\r\nx = 1\r\n"),
        ("import a", "import a\nimport numpy as np"),
        (
            "try:\n    import b\nexcept ImportError:\n    b = None\nimport a\nx = 1\n",
            "import a\nimport numpy as np\nx = 1\n",
        ),
    ],
)
def test_imports_are_added(text: str, wanted: str) -> None:
    analysis = _analysed(text)
    patch = import_patch(analysis.script, analysis.blocks, ["import numpy as np"])
    assert isinstance(patch, Patch)
    applied = apply_patches(analysis.script, analysis.blocks, [patch])
    assert isinstance(applied, Applied)
    assert applied.text.endswith(wanted)


def test_imports_that_are_there_are_not_added() -> None:
    analysis = _analysed("import numpy as np\nfrom a import b, c\n")
    assert import_patch(analysis.script, analysis.blocks, ["import numpy as np", "from a import c"]) is None
    patch = import_patch(analysis.script, analysis.blocks, ["from a import b, d", "import numpy"])
    assert isinstance(patch, Patch)
    assert patch.new_code == "import numpy as np\nimport numpy\nfrom a import b, c, d"
    assert isinstance(import_patch(analysis.script, analysis.blocks, ["import ("]), str)
    assert isinstance(import_patch(Script.parse("x = ("), (), ["import a"]), str)
