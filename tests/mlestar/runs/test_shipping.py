"""What a node needs of the user's files: found by content, sent in parts, laid out once, as they lie at the user's."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mlestar.runs.ray import shipping
from mlestar.runs.ray.layout import absent, in_place, laid_out, lay_out
from mlestar.runs.ray.shipping import Manifest, Part, TooMuch, manifest_of, parts_of
from mlestar.runs.types import Interpreter, RunSpec

from .conftest import tree_state


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "ü" / "proj"
    (folder / "data" / "empty").mkdir(parents=True)
    (folder / "data" / "a.csv").write_text("1\n")
    (folder / "data" / "same.csv").write_text("1\n")
    (folder / "data" / "big.bin").write_bytes(os.urandom(1_500_000))
    (folder / "data" / "none").touch()
    os.utime(folder / "data" / "same.csv", ns=(10**18, 10**18))
    (folder / "tool.sh").write_text("#!/bin/sh\n")
    (folder / "tool.sh").chmod(0o755)
    (folder / "link").symlink_to("data/a.csv")
    (folder / ".git").mkdir()
    (folder / ".git" / "x").write_text("not sent")
    (folder / "myenv").mkdir()
    (folder / "myenv" / "pyvenv.cfg").write_text("not sent")
    (folder.parent / "beside.csv").write_text("5")
    return folder


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    shipping._recent.clear()


def manifest(work: Path, text: str = "open('../beside.csv')\n", beside: set[Path] | None = None) -> Manifest:
    spec = RunSpec(
        script=work / "train.py", workspace=work, variant_text=text, program_text=text, seed=0, objective_id="o",
        interpreter=Interpreter(Path("/usr/bin/python3"), (3, 11, 0), {}, "setting"),
    )  # fmt: skip
    return manifest_of(spec, work / "home", set() if beside is None else beside)


def watched(parts: list[tuple[Part, Callable[[], bytes]]], read: list[str]) -> list[tuple[Part, Callable[[], bytes]]]:
    def watch(part: Part, reader: Callable[[], bytes]) -> Callable[[], bytes]:
        def call() -> bytes:
            read.append(part.name)
            return reader()

        return call

    return [(part, watch(part, reader)) for part, reader in parts]


def test_laid_out_as_it_lies(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "PART_BYTES", 400_000)
    found = manifest(work)
    parts = parts_of(found)
    assert len(parts) > 3 and all(sum(length for _, _, length in part.pieces) <= 400_000 for part, _ in parts)
    root = lay_out(tmp_path / "cache", found, parts)
    assert laid_out(tmp_path / "cache", found.name) == root
    here, there = tree_state(work), tree_state(root / str(work).lstrip("/"))
    for name, (kind, *rest) in here.items():
        if name.startswith((".git", "myenv")):
            assert name not in there
        elif kind == "file":  # all but the inode
            assert (*there[name][:3], there[name][4]) == (kind, *rest[:2], rest[3]), name
        else:
            assert there[name][:2] == (kind, *rest[:1]), name
    assert (root / str(work.parent / "beside.csv").lstrip("/")).read_text() == "5"


def test_what_changed_is_sent_alone(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "PART_BYTES", 2_000_000)
    first = manifest(work)
    read: list[str] = []
    lay_out(tmp_path / "cache", first, watched(parts_of(first), read))
    lay_out(tmp_path / "cache", first, watched(parts_of(first), read))
    assert len(read) == len(set(read))
    (work / "data" / "a.csv").write_text("2\n")
    shipping._recent.clear()
    second = manifest(work)
    assert second.name != first.name and {e.content for e in second.entries} - {e.content for e in first.entries}
    root = lay_out(tmp_path / "cache", second, parts_of(second))
    assert (root / str(work / "data" / "a.csv").lstrip("/")).read_text() == "2\n"


def test_a_file_that_changes_under_way_is_not_kept(work: Path, tmp_path: Path) -> None:
    found = manifest(work)
    (work / "data" / "a.csv").write_text("9\n")
    with pytest.raises(OSError, match="changed while it was sent"):
        lay_out(tmp_path / "cache", found, parts_of(found))
    assert laid_out(tmp_path / "cache", found.name) is None


def test_a_node_that_sees_the_files_gets_nothing(work: Path, tmp_path: Path) -> None:
    found = manifest(work)
    assert in_place(found)
    (work / "data" / "a.csv").write_text("22\n")
    assert not in_place(found)


def test_files_elsewhere_must_be_there(work: Path, tmp_path: Path) -> None:
    far = tmp_path / "far.csv"
    far.write_text("1")
    found = manifest(work, f"open({str(far)!r})\n")
    assert absent(found) == [] and str(far) not in [entry.path for entry in found.entries]
    far.unlink()
    assert absent(found) == [str(far)]


def test_variants_that_name_fewer_files_share_a_layout(work: Path) -> None:
    beside: set[Path] = set()
    first = manifest(work, beside=beside)
    assert manifest(work, "x = 1\n", beside).name == first.name
    assert manifest(work, "x = 1\n").name != first.name


def test_too_much(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "MOST_FILES", 2)
    with pytest.raises(TooMuch, match="set `workspace` to a smaller folder"):
        manifest(work)
