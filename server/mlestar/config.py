"""Settings: defaults < ``[tool.mlestar]`` in pyproject.toml < editor settings < command line.

A value that does not fit is never an error that stops work: it is replaced by the default and reported in
``Settings.warnings``, so that the editor and the command line can show it.
"""

from __future__ import annotations

import fnmatch
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlestar.runs.arguments import Start

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - exercised on Python 3.10
    import tomli as tomllib


@dataclass(frozen=True)
class Settings:
    """Everything a user can set. Paths are relative to the workspace folder; durations are seconds."""

    interpreter: str | None = None
    """Python that runs the script; None: the workspace's environment, else the server's own."""
    arguments: tuple[str, ...] = ()
    """Arguments of the script, as on its command line."""
    scripts: Mapping[str, Start] = field(default_factory=dict)
    """How single scripts are started, by path: arguments, module, environment, working-folder."""
    workspace: str | None = None
    """Folder mirrored for runs; None: the nearest project root above the script."""
    budget: float = 900.0
    """Wall time of one study."""
    timeout: float = 600.0
    """Wall time of one run."""
    memory: int | None = None
    """Bytes one run may use; None: no limit of ours."""
    parallel: int | None = None
    """Runs at a time; None: one a physical core."""
    baseline_seeds: int = 3
    screening_seeds: int = 2
    confirmation_seeds: int = 5
    max_plans: int = 6
    """Plans tried for one block."""
    objective: str | None = None
    """``maximize``, ``minimize``, the name of a variable or metric, an expression of the script, ``printed LABEL``."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Block id or title to role: overrules what was found."""
    ignore: tuple[str, ...] = ()
    """Rule codes that are not reported."""
    per_path_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Pattern of paths to rule codes that are not reported there."""
    exclude: tuple[str, ...] = ()
    """Patterns of files and folders that `check` passes over in folders it searches."""
    sandbox: str = "auto"
    """``auto``: the strongest containment that the system gives; ``required``: else nothing runs; ``off``."""
    network: bool = False
    """Whether runs may use the network."""
    readable: tuple[str, ...] = ()
    """Folders of other projects that runs may read."""
    environment: tuple[str, ...] = ()
    """``NAME`` of this environment, or ``NAME=value``, that runs get beside the harmless names they always get."""
    threads: int = 1
    """Threads of one run."""
    gpus: int = 0
    """GPUs of one run; runs that use one have it for themselves."""
    on_battery: str = "one"
    """What studies do on battery: ``pause``, ``one`` run at a time, ``ignore``."""
    share: bool = True
    """Whether runs share work: forks before the first difference, results of library calls from a store."""
    self_check: float = 0.05
    """Share of the runs with shared work that are repeated without, to see that the scores are the same."""
    store: int = 4 * 1024**3
    """Bytes that stored results of library calls may take, in each workspace."""
    screening: str = "auto"
    """``auto``: slow scripts are screened on fewer rows first; ``off``: every run is complete."""
    executor: str = "local"
    """Where runs go: ``local``, or ``ray`` (needs the extra ``ray``)."""
    ray_address: str | None = None
    """Address of the Ray cluster; None: the running one, else one on this machine."""
    code_lens: bool = True
    home: str | None = None
    """Folder of the journal and the runs; None: the platform's state folder."""
    folder: Path | None = None
    """Where pyproject.toml with ``[tool.mlestar]`` lies: patterns of paths are relative to it. Nothing to set."""
    warnings: tuple[str, ...] = ()


CHOICES: dict[str, tuple[str, ...]] = {
    "sandbox": ("auto", "required", "off"),
    "on_battery": ("pause", "one", "ignore"),
    "screening": ("auto", "off"),
    "executor": ("local", "ray"),
}
"""Settings that take one of a few words."""
_DURATION = re.compile(r"^\s*(?:(\d+(?:\.\d+)?)h)?\s*(?:(\d+(?:\.\d+)?)m(?:in)?)?\s*(?:(\d+(?:\.\d+)?)s?)?\s*$")
_SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*$", re.IGNORECASE)
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}


def parse_duration(value: str | float) -> float:
    """Seconds from ``90``, ``"90s"``, ``"5m"``, ``"1h30m"``. Raises ValueError with what is accepted."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = float(value)
    else:
        match = _DURATION.match(str(value))
        if not match or not any(match.groups()):
            raise ValueError(f"{value!r} is not a duration; write 90s, 5m or 1h30m")
        hours, minutes, rest = (float(g) if g else 0.0 for g in match.groups())
        seconds = hours * 3600 + minutes * 60 + rest
    if not 0 < seconds < float("inf"):
        raise ValueError(f"{value!r} is not a positive duration; write 90s, 5m or 1h30m")
    return seconds


def parse_size(value: str | int) -> int:
    """Bytes from ``1073741824`` or ``"1GB"`` (powers of 1024). Raises ValueError with what is accepted."""
    match = _SIZE.match(str(value))
    if not match or float(match[1]) <= 0:
        raise ValueError(f"{value!r} is not a size; write 512MB or 4GB")
    return int(float(match[1]) * _UNITS[match[2].lower()])


def _coerce(name: str, value: Any) -> Any:
    """One raw value as the type of setting ``name``. Raises ValueError with a sentence for the user."""
    if name in ("budget", "timeout"):
        return parse_duration(value)
    if name in ("memory", "store"):
        return parse_size(value)
    if name in CHOICES:
        if value in CHOICES[name]:
            return value
        raise ValueError(f"{name} must be one of {', '.join(CHOICES[name])}")
    if name == "self_check":
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        raise ValueError("self_check must be a share from 0 to 1")
    if name == "scripts":
        from mlestar.runs.arguments import parse_scripts  # few projects need it, every start would pay for it

        found, problems = parse_scripts(value)
        if problems:
            raise ValueError("; ".join(problems))
        return found
    if name == "arguments" and isinstance(value, str):
        from mlestar.runs.arguments import split_arguments

        return split_arguments(value)
    if name in ("arguments", "ignore", "exclude", "readable", "environment"):
        if isinstance(value, str):
            return tuple(value.split())
        if isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value):
            return tuple(value)
        raise ValueError(f"{name} must be a list of strings")
    if name == "per_path_ignores":
        if isinstance(value, Mapping):
            return {str(pattern): _coerce("ignore", codes) for pattern, codes in value.items()}
        raise ValueError('per-path-ignores must map patterns to codes, as in {"notebooks/*" = ["L101"]}')
    if name == "roles":
        if isinstance(value, Mapping) and all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
            return dict(value)
        raise ValueError("roles must map block names to roles")
    if name in ("code_lens", "network", "share"):
        if isinstance(value, bool):
            return value
        raise ValueError(f"{name} must be true or false")
    if name in ("parallel", "baseline_seeds", "screening_seeds", "confirmation_seeds", "max_plans", "threads", "gpus"):
        least = {"confirmation_seeds": 3, "baseline_seeds": 2, "gpus": 0}.get(name, 1)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        raise ValueError(f"{name} must be a whole number of at least {least}")
    if isinstance(value, str):
        return value
    raise ValueError(f"{name} must be a string")


_NAMES = frozenset(f.name for f in fields(Settings)) - {"warnings", "folder"}


def merged(base: Settings, raw: Mapping[str, Any], source: str) -> Settings:
    """``base`` overruled by ``raw`` (names with ``-``, ``_`` or camelCase); what does not fit becomes a warning."""
    values: dict[str, Any] = {}
    warnings = list(base.warnings)
    for key, value in raw.items():
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower().replace("-", "_")
        if name not in _NAMES:
            warnings.append(f"{source}: there is no setting {key!r}")
        elif value is None or (value == "" and name != "objective"):
            continue
        else:
            try:
                values[name] = _coerce(name, value)
            except ValueError as error:
                warnings.append(f"{source}: {error}; using {getattr(base, name)!r}")
    return replace(base, **values, warnings=tuple(warnings))


def from_pyproject(folder: Path) -> Settings:
    """Settings of the nearest pyproject.toml at or above ``folder`` that has ``[tool.mlestar]``."""
    for parent in (folder, *folder.parents):
        path = parent / "pyproject.toml"
        if not path.is_file():
            continue
        try:
            table = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("mlestar")
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            return Settings(warnings=(f"{path} cannot be read ({error}); using the defaults",))
        if isinstance(table, Mapping):
            return replace(merged(Settings(), table, f"{path.name} [tool.mlestar]"), folder=parent)
    return Settings()


def ignored_in(path: Path, settings: Settings) -> tuple[str, ...]:
    """The rule codes that are not reported for one file: those ignored everywhere, then those of its path."""
    found = list(settings.ignore)
    if settings.per_path_ignores:
        root = settings.folder or workspace_of(path, settings)
        for pattern, codes in settings.per_path_ignores.items():
            if matches(path, pattern, root):
                found += codes
    return tuple(dict.fromkeys(found))


def matches(path: Path, pattern: str, root: Path) -> bool:
    """Whether ``pattern`` names a file, or a folder it lies in.

    Relative to ``root``; ``*`` also takes ``/``. Without any ``/`` it is the name of a file or folder at any depth.
    """
    try:
        parts = Path(os.path.abspath(path)).relative_to(os.path.abspath(root)).parts  # noqa: PTH100 - no links followed
    except ValueError:
        return False
    wanted = pattern.replace("\\", "/").removeprefix("./").rstrip("/")
    if "/" not in wanted:
        return any(fnmatch.fnmatch(part, wanted) for part in parts)
    wanted = wanted.lstrip("/")
    if wanted.startswith("**/") and matches(path, wanted[3:], root):
        return True
    return any(fnmatch.fnmatch("/".join(parts[:end]), wanted) for end in range(1, len(parts) + 1))


def workspace_of(script: Path, settings: Settings) -> Path:
    """The folder that a run sees as its own: the setting, else the nearest project root, else the script's folder."""
    if settings.workspace:
        return (script.parent / Path(settings.workspace).expanduser()).resolve()
    home = Path.home()
    for parent in script.parents:
        if parent == home or parent == Path(parent.anchor):
            break
        if any((parent / mark).exists() for mark in ("pyproject.toml", ".git", "setup.py", "setup.cfg", ".hg")):
            return parent
    return script.parent


def environment_of(settings: Settings) -> dict[str, str]:
    """What runs get beside the names they always get: listed names that are set here, and given values."""
    found = {}
    for item in settings.environment:
        name, given, value = item.partition("=")
        if given:
            found[name.strip()] = value
        elif name.strip() in os.environ:
            found[name.strip()] = os.environ[name.strip()]
    return found
