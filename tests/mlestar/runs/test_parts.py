"""The parts that need no process: kept output, lines, places."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mlestar.runs import shadow
from mlestar.runs.output import KeptOutput, LineMatcher


@given(st.lists(st.binary(max_size=50), max_size=30), st.integers(2, 200))
def test_kept_output_is_the_beginning_and_the_end(pieces: list[bytes], limit: int) -> None:
    kept = KeptOutput(limit)
    for piece in pieces:
        kept.add(piece)
    whole = b"".join(pieces)
    assert kept.total == len(whole)
    text = kept.text()
    if len(whole) <= limit:
        assert text == whole.decode("utf-8", "replace")
    else:
        head, tail = whole[: limit // 2], whole[len(whole) - (limit - limit // 2) :]
        left_out = len(whole) - limit
        assert text == (
            f"{head.decode('utf-8', 'replace')}\n... {left_out} bytes left out ...\n{tail.decode('utf-8', 'replace')}"
        )


@given(st.lists(st.integers(0, 99), max_size=20), st.integers(1, 7))
def test_lines_are_found_however_they_are_cut(numbers: list[int], size: int) -> None:
    stream = "".join(f"epoch auc={n} é\r" if n % 2 else f"auc={n}\n" for n in numbers).encode()
    matcher = LineMatcher(r"auc=(\d+)")
    for start in range(0, len(stream), size):
        matcher.add(stream[start : start + size])
    matcher.finish()
    assert matcher.values == [str(n) for n in numbers]


def test_scratch_never_lies_in_the_workspace(tmp_path: Path) -> None:
    workspace = tmp_path / "ws"
    inside = shadow.scratch_base(workspace / ".state", workspace)
    assert workspace not in inside.parents
    assert shadow.scratch_base(tmp_path / "home", workspace) == (tmp_path / "home" / "scratch").resolve()


def test_the_overlay_is_widened_but_never_over_home_or_scratch(tmp_path: Path) -> None:
    workspace = tmp_path / "a" / "b" / "ws"
    workspace.mkdir(parents=True)
    scratch = tmp_path / "home" / "scratch" / "run"
    scratch.mkdir(parents=True)
    assert shadow.overlay_root(workspace, scratch) == tmp_path / "a"
    assert shadow.overlay_root(Path.home() / "x", scratch) == Path.home() / "x"
