"""A baseline knows findings by their statement: lines may move, and more of the same is new."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from check_scripts import IMPORTS, LEAKY, SCALE, SCORE, checked
from hypothesis import given
from hypothesis import strategies as st

from cst_tools.rules import check
from cst_tools.script import Script
from mlestar.cli import exits
from mlestar.cli.check import baseline
from mlestar.cli.check.fingerprints import fingerprint
from mlestar.cli.check.one import Task, check_file
from mlestar.cli.check.options import Format, Mend

KNOWN = Path("known.json")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(LEAKY)
    assert checked(Path("train.py"), baseline=KNOWN, write_baseline=True).code == exits.OK
    return Path("train.py")


def fingerprints(text: str) -> list[str]:
    script = Script.parse(text)
    return sorted(fingerprint(script, finding) for finding in check(script))


NOISE = st.lists(
    st.sampled_from(["\n", "# note\n", "note = 1\n", "'''text\n\nof lines'''\n", "\f\n", "if y is None:\n    pass\n"])
)
LAYOUTS = st.sampled_from(
    [
        SCALE,
        "X = StandardScaler( ).fit_transform( X )  # scaled\n",
        "X = (  # in brackets no more\n    StandardScaler().fit_transform(X)\n)\n".replace(
            "(  # in brackets no more\n    ", ""
        ).replace("\n)\n", "\n"),
        "X = StandardScaler().fit_transform(\n    X\n)\n",
        "X = StandardScaler() \\\n    .fit_transform(X)\n",
    ]
)


@given(above=NOISE, between=NOISE, below=NOISE, layout=LAYOUTS, end=st.sampled_from(["\n", "\r\n"]))
def test_fingerprints_outlive_what_is_around(
    above: list[str], between: list[str], below: list[str], layout: str, end: str
) -> None:
    text = "".join([*above, IMPORTS, *between, layout, *between, SCORE, *below]).replace("\n", end)
    assert fingerprints(text) == fingerprints(LEAKY) != []


def test_another_statement_has_another_fingerprint() -> None:
    assert fingerprints(LEAKY) != fingerprints(LEAKY.replace("StandardScaler().fit", "StandardScaler(copy=True).fit"))


def test_only_what_is_new_is_reported(path: Path) -> None:
    said = checked(path, baseline=KNOWN)
    assert (said.code, said.out) == (exits.OK, "No findings in 1 file.\n")
    assert said.err == "1 known from known.json\n"
    path.write_text("# moved down\n\n" + LEAKY.replace(SCORE, SCALE + SCORE))
    said = checked(path, baseline=KNOWN)
    assert said.code == exits.FINDINGS
    assert "train.py:10:5: L101" in said.out and "train.py:9:5" not in said.out, "the second of two alike is new"
    assert len(checked(path, baseline=KNOWN, format=Format.JSON).json) == 1


def test_what_is_gone_is_told_and_goes_when_written_again(path: Path) -> None:
    Path("other.py").write_text(LEAKY)
    checked(path, Path("other.py"), baseline=KNOWN, write_baseline=True)
    checked(path, mend=Mend.WRITE)
    said = checked(path, baseline=KNOWN)
    assert "1 entry of it is gone, write it again with --write-baseline" in said.err
    Path("other.py").unlink()
    assert "2 entries of it are gone" in checked(path, baseline=KNOWN).err
    checked(path, baseline=KNOWN, write_baseline=True)
    assert json.loads(KNOWN.read_text())["findings"] == []


def test_files_that_were_not_looked_at_stay_known(path: Path) -> None:
    Path("other.py").write_text(LEAKY)
    checked(Path("other.py"), baseline=KNOWN, write_baseline=True)
    assert checked(Path(), baseline=KNOWN).code == exits.OK
    assert "gone" not in checked(Path("other.py"), baseline=KNOWN).err


def test_a_baseline_in_another_folder(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = tmp_path / "ci" / "known.json"
    known.parent.mkdir()
    checked(path, baseline=known, write_baseline=True)
    assert json.loads(known.read_text())["findings"][0]["path"] == "../train.py"
    monkeypatch.chdir(known.parent)
    assert checked(Path("../train.py"), baseline=Path("known.json")).code == exits.OK


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2}', '{"version": 1, "findings": [{"path": 1}]}', "\xff"])
def test_what_is_no_baseline_says_what_to_do(path: Path, text: str) -> None:
    KNOWN.write_text(text, "latin-1")
    said = checked(path, baseline=KNOWN)
    assert said.code == exits.USAGE and "--write-baseline" in said.err


def test_wrong_use(path: Path) -> None:
    assert "known.no does not exist; write it with" in checked(path, baseline=Path("known.no")).err
    assert "add --baseline FILE" in checked(path, write_baseline=True).err
    said = checked(path, baseline=KNOWN, write_baseline=True, mend=Mend.WRITE)
    assert said.code == exits.USAGE and "fix first" in said.err


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=8), st.integers(0, 8))
def test_known_and_new_and_gone_add_up(copies: list[tuple[str, int]], cut: int) -> None:
    """Whatever was written down is known, so many times; what is more is new, what is less is gone."""
    result = check_file(Task("train.py", data=LEAKY.encode()))
    [finding] = result.reported
    from dataclasses import replace

    def of(chosen: list[tuple[str, int]]) -> list[object]:
        return [replace(finding, code=code, fingerprint=str(number)) for code, number in chosen]

    from collections import Counter

    path = Path("known.json")
    known = Counter(baseline.key_of(path, f) for f in of(copies[:cut]))
    now = replace(result, reported=tuple(of(copies)))
    compared = baseline.compare(path, known, [now])
    assert compared.known == len(copies[:cut]) and compared.gone == 0
    assert len(compared.results[0].reported) == len(copies) - compared.known
    fewer = replace(result, reported=tuple(of(copies[: cut // 2])))
    compared = baseline.compare(path, known, [fewer])
    assert compared.results[0].reported == ()
    assert compared.gone == len(copies[:cut]) - len(copies[: cut // 2])
