"""Which places a run must not read: secrets of the home folder, and other projects of the user.

Plain data folders stay readable: scripts read ``~/datasets`` and ``/data``. A project is a folder with a project's mark
(``.git``, ``pyproject.toml`` ...) in the home or beside the workspace. It stays readable when the script's own project
holds it, when the interpreter needs it (its environment, editable installs), when the script's text, arguments or
environment name it, when the workspace links to it, and when ``readable`` lists it.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from mlestar.runs.types import RunSpec

_SECRETS = tuple(
    """
    .ssh .aws .azure .gnupg .netrc _netrc .kube .docker .pypirc .git-credentials .config/git/credentials .pgpass .my.cnf
    .config/gcloud .config/gh .config/hub .config/op .config/doctl .config/rclone .config/containers/auth.json
    .config/google-chrome .config/chromium .config/BraveSoftware .config/microsoft-edge .mozilla .thunderbird
    .config/Signal .config/Slack .config/discord .config/github-copilot .config/keepassxc
    .local/share/keyrings .local/share/kwalletd .password-store .vault-token .terraform.d .terraformrc .boto .s3cfg
    .huggingface/token .huggingface/stored_tokens .cache/huggingface/token .cache/huggingface/stored_tokens
    .kaggle .config/kaggle .config/wandb .config/mlflow .mlflow/credentials .databrickscfg .snowsql .config/snowflake
    .dbt .neptune .openai .anthropic .claude .claude.json .codex .config/openai .config/anthropic
    .comet.config .cargo/credentials .cargo/credentials.toml .npmrc .yarnrc .gem/credentials
    .m2/settings.xml .gradle/gradle.properties
    .bash_history .zsh_history .python_history .node_repl_history .psql_history .sqlite_history .mysql_history
    .lesshst .viminfo .local/share/fish/fish_history .local/share/recently-used.xbel
    .ipython/profile_default/history.sqlite
    .jupyter/jupyter_server_config.json .jupyter/jupyter_notebook_config.json .local/share/jupyter/runtime
    .vscode-server/data/User .config/Code/User .local/share/containers .minikube .helm .1password .Xauthority
    Library/Keychains Library/Application\\ Support/Google/Chrome Library/Application\\ Support/Firefox
    """.replace("\\ ", "\0").split()
)
_MARKS = frozenset(
    (".git", ".hg", ".svn", "pyproject.toml", "setup.py", "package.json", "Cargo.toml", "go.mod", "pom.xml",
     "build.gradle", "CMakeLists.txt", "environment.yml", "Pipfile")
)  # fmt: skip
_NOT_ENTERED = frozenset(("node_modules", "site-packages", "__pycache__", "AppData", "Library", "snap", "lost+found"))
_DEPTH, _MOST_FOLDERS, _MOST_SECONDS, _KEPT_S = 3, 4000, 0.25, 120.0
_WORD = re.compile(r"[\w.\- ]+")

_found: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {}


def hidden_places(spec: RunSpec, workspace: Path, home: Path, boot: Path, environment: Iterable[str]) -> list[str]:
    """Existing places to hide, sorted. ``home`` is the tool's own (its journal); ``boot`` the worker's code;
    ``environment`` the values the run will have. Reads folders: call it off the loop."""
    user = Path.home().resolve()
    kept = _needed(spec, workspace, boot)
    listed = [_whole(path) for path in spec.readable]
    texts = [spec.variant_text, *spec.arguments, *spec.environment.values(), *environment]
    secrets = [user / name.replace("\0", " ") for name in _SECRETS] + _own_records(home)
    places = {str(path) for path in secrets if path.exists() and not _touches(path, listed)}
    names = {word.strip() for text in texts for word in _WORD.findall(text)}
    for project in other_projects(workspace, user):
        path = Path(project)
        if _touches(path, [*kept, *listed]) or path.name in names:
            continue
        places.add(project)
    return sorted(path for path in places if not _holds(Path(path), [workspace, home / "scratch"]))


def _own_records(home: Path) -> list[Path]:
    """The tool's own home but for what runs need: scratch folders and the store of library calls."""
    try:
        return [path for path in home.iterdir() if path.name not in ("scratch", "store", "memo", "compiled")]
    except OSError:
        return []


def _whole(path: str) -> Path:
    return Path(os.path.expandvars(path)).expanduser().resolve()


def _holds(folder: Path, places: Iterable[Path]) -> bool:
    return any(place == folder or folder in place.parents for place in places)


def _touches(path: Path, places: Sequence[Path]) -> bool:
    """Whether ``path`` holds one of ``places`` or lies in one."""
    return _holds(path, places) or any(place in path.parents for place in places)


def _needed(spec: RunSpec, workspace: Path, boot: Path) -> list[Path]:
    """What the interpreter and the script cannot do without."""
    executable = spec.interpreter.executable
    found = [boot.parent, executable.parent.parent, executable.resolve().parent.parent, _project_of(workspace)]
    found.append(_project_of(spec.script.resolve().parent))
    for site in [*executable.parent.parent.glob("lib/python3*/site-packages"),
                 *executable.resolve().parent.parent.glob("lib/python3*/site-packages"),
                 *Path.home().glob(".local/lib/python3*/site-packages")]:  # fmt: skip
        found += [site, *_editable(site)]
    found += [Path(part).resolve() for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    for folder in (workspace, workspace / "data"):
        try:
            found += [path.resolve() for path in folder.iterdir() if path.is_symlink()]
        except OSError:
            continue
    return found


def _project_of(folder: Path) -> Path:
    """The outermost folder under version control that holds ``folder``, else ``folder``: its parts are no others."""
    found, user = folder, Path.home().resolve()
    for parent in folder.parents:
        if parent in (Path(parent.anchor), user):
            break
        if any((parent / mark).exists() for mark in (".git", ".hg", ".svn")):
            found = parent
    return found


def _editable(site: Path) -> Sequence[Path]:
    """Where editable installs of one site-packages folder lie. Kept until something is installed there."""
    try:
        return _read_editable(site, site.stat().st_mtime_ns)
    except OSError:
        return ()


@lru_cache(64)
def _read_editable(site: Path, _: int) -> Sequence[Path]:
    found = []
    for pth in site.glob("*.pth"):
        try:
            lines = pth.read_text("utf-8", "replace").splitlines()
        except OSError:
            continue
        found += [
            Path(line.strip()).resolve() for line in lines if line.startswith("/") and Path(line.strip()).is_dir()
        ]
    for record in site.glob("*.dist-info/direct_url.json"):
        try:
            url = json.loads(record.read_text("utf-8")).get("url", "")
        except (OSError, ValueError, AttributeError):
            continue
        if url.startswith("file://"):
            from urllib.parse import unquote

            found.append(Path(unquote(url[7:])).resolve())
    return found


def other_projects(workspace: Path, user: Path) -> tuple[str, ...]:
    """Folders with a project's mark in the user's home (to a small depth) and beside the workspace. Kept a while."""
    key = (str(workspace), str(user))
    known = _found.get(key)
    if known is not None and time.monotonic() - known[0] < _KEPT_S:
        return known[1]
    search = _Search()
    for parent in workspace.parents:
        if parent == Path(parent.anchor) or parent == user:
            break
        search.look(str(parent), 2, skip=str(workspace))
    if user != Path(user.anchor) and user != workspace:
        search.look(str(user), _DEPTH, skip=str(workspace))
    found = tuple(sorted(search.projects))
    _found[key] = (time.monotonic(), found)
    return found


class _Search:
    """Breadth first, so that what time allows is what lies near."""

    def __init__(self) -> None:
        self.projects: set[str] = set()
        self._left = _MOST_FOLDERS
        self._until = time.monotonic() + _MOST_SECONDS

    def look(self, start: str, depth: int, *, skip: str) -> None:
        level = [start]
        for _ in range(depth):
            following: list[str] = []
            for folder in level:
                if self._left <= 0 or time.monotonic() > self._until:
                    return
                following += self._children(folder, skip)
            level = following

    def _children(self, folder: str, skip: str) -> list[str]:
        """Plain folders in ``folder`` worth entering; projects among them are noted and not entered."""
        entered = []
        try:
            with os.scandir(folder) as entries:
                names = [e.name for e in entries if e.is_dir(follow_symlinks=False)]
        except OSError:
            return []
        for name in names[:500]:
            path = f"{folder.rstrip('/')}/{name}"
            if name.startswith(".") or name in _NOT_ENTERED or path == skip:
                continue
            self._left -= 1
            try:
                inside = set(os.listdir(path))  # noqa: PTH208 - thousands of folders: no Path objects
            except OSError:
                continue
            if inside & _MARKS and "pyvenv.cfg" not in inside and "conda-meta" not in inside:
                if not skip.startswith(path + os.sep):
                    self.projects.add(path)
            else:
                entered.append(path)
        return entered
