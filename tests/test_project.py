"""What this repository promises about itself: versions, links, commands, settings, examples."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import mlestar
from mlestar.config import Settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted(
    path
    for folder in ("", "docs", "docs/rules", "examples", "examples/data", "benchmarks", "vscode-extension")
    for path in (ROOT / folder).glob("*.md")
)
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
DERIVED = ("warnings", "folder")
"""What settings hold beside what can be set."""
LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)")


def prose(path: Path) -> str:
    """The page without its fenced code."""
    return re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, made the way code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def tracked_files() -> list[Path]:
    """Files under version control; the test is about a checkout, so elsewhere it is skipped."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_one_version_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert mlestar.__version__ == version
    extension = ROOT / "vscode-extension"
    assert json.loads((extension / "package.json").read_text("utf-8"))["version"] == version
    lock = json.loads((extension / "package-lock.json").read_text("utf-8"))
    assert lock["version"] == lock["packages"][""]["version"] == version
    released = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert released[0] == version, "the newest entry of CHANGELOG.md is the version"


@pytest.mark.parametrize("page", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_resolve(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        assert place.exists(), f"{page.name} links to {target}, which does not exist"
        if anchor:
            assert anchor in anchors(place), f"{page.name} links to {target}; {place.name} has no such heading"


def test_readme_is_one_screen_with_the_two_commands_and_a_picture() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert re.search(r"^\$ make demo\b", text, re.MULTILINE)
    assert re.search(r"^\$ make test\b", text, re.MULTILINE)
    assert re.search(r"^!\[[^\]]+\]\(docs/images/[^)]+\)$", text, re.MULTILINE)
    assert len(text.splitlines()) <= 60


def test_make_knows_what_readme_and_ci_ask_for() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    asked = set()
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / ".ci" / "run", *(ROOT / "docs").glob("*.md")):
        asked |= set(re.findall(r"(?:^\$ |`|^)make (?:--[\w-]+ )*([a-z][\w-]*)", path.read_text("utf-8"), re.MULTILINE))
    asked |= set(re.findall(r'echo "make ([\w-]+)', makefile))
    assert {"demo", "test", "lint"} <= asked
    for target in asked:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"there is no target {target}"


def test_nothing_names_a_path_of_one_machine() -> None:
    personal = re.compile(rb"(?<![\w.$}])/(?:root|work)/")
    for path in tracked_files():
        if path == Path(__file__) or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" in content[:8000]:
            continue
        found = personal.search(content)
        assert not found, f"{path.relative_to(ROOT)} holds {content[found.start() : found.start() + 60]!r}"


def test_the_lock_file_names_no_host() -> None:
    lock = json.loads((ROOT / "vscode-extension" / "package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages and not any("resolved" in package for package in packages.values()), (
        "npm uses the one that is set up"
    )
    assert all("integrity" in package for package in packages.values())


def shown(name: str, value: Any) -> str:
    """A default as the guide writes it."""
    if value is None:
        return "none"
    if name in ("budget", "timeout"):
        return f"`{value / 60:.0f}m`"
    if name == "store":
        return f"`{value // 1024**3}GB`"
    return f"`{json.dumps(value)}`"


def test_the_guide_lists_every_setting_with_its_default() -> None:
    text = (ROOT / "docs" / "user-guide.md").read_text("utf-8")
    table = text.split("## Settings", 1)[1].split("\n## ", 1)[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", table, re.MULTILINE))
    defaults = {f.name: getattr(Settings(), f.name) for f in dataclasses.fields(Settings) if f.name not in DERIVED}
    assert rows == {name: shown(name, value) for name, value in defaults.items()}


def test_the_extension_offers_every_setting_with_its_default() -> None:
    package = json.loads((ROOT / "vscode-extension" / "package.json").read_text("utf-8"))
    offered = package["contributes"]["configuration"]["properties"]
    for field in dataclasses.fields(Settings):
        if field.name in DERIVED:
            continue
        key = "mlestar." + re.sub(r"_(\w)", lambda m: m[1].upper(), field.name)
        assert key in offered, f"{key} is missing in the extension"
        default = getattr(Settings(), field.name)
        if field.name in ("budget", "timeout"):
            default = f"{default / 60:.0f}m"
        if field.name == "store":
            default = f"{default // 1024**3}GB"
        assert offered[key]["default"] in (json.loads(json.dumps(default)), "" if default is None else default)


def test_there_are_three_examples() -> None:
    assert len(EXAMPLES) == 3
    for path in EXAMPLES:
        assert 60 <= len(path.read_text("utf-8").splitlines()) <= 200, (
            f"{path.name} is not of the length of a real script"
        )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_runs_without_a_network_and_prints_a_score(path: Path, tmp_path: Path) -> None:
    program = (
        "import runpy, socket, sys\n"
        "def refuse(*args, **kwargs): raise OSError('the network is not for examples')\n"
        "socket.socket.connect = socket.create_connection = refuse\n"
        f"sys.argv = [{str(path)!r}]\n"
        f"runpy.run_path({str(path)!r}, run_name='__main__')\n"
    )
    before = {p: p.stat().st_mtime_ns for p in path.parent.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    numbers = [float(n) for n in re.findall(r"-?\d+\.\d+", done.stdout)]
    assert numbers and all(math.isfinite(n) for n in numbers)
    after = {p: p.stat().st_mtime_ns for p in path.parent.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert after == before, "an example leaves its folder as it was"


def test_every_data_file_has_its_source_and_licence() -> None:
    data = ROOT / "examples" / "data"
    readme = (data / "README.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([^`]+)` \|(.*)$", readme, re.MULTILINE))
    files = sorted(p for p in data.iterdir() if p.is_file() and p.name != "README.md")
    assert {p.name for p in files} == set(rows)
    for path in files:
        assert path.stat().st_size < 1_500_000
        licences = re.findall(r"\((LICENSES/[^)]+)\)", rows[path.name])
        assert licences, f"{path.name} names no licence"
        assert all((data / name).stat().st_size > 500 for name in licences)
        stated = re.search(r"\b([\d,]+) \|", rows[path.name])
        assert stated and int(stated[1].replace(",", "")) == path.read_bytes().count(b"\n") - 1
