"""How each script is started: its arguments, module, environment and folder, as settings remember them.

In ``pyproject.toml``::

    [tool.mlestar.scripts."src/train.py"]
    arguments = ["--data", "data/train.csv"]   # or one string, read as a shell reads it
    module = "pkg.train"                       # python -m pkg.train
    environment = { EPOCHS = "5" }
    working-folder = "."
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cst_tools.required import required_arguments

_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_NAME = re.compile(r"[A-Za-z_]\w*")
_USAGE = re.compile(r"^\s*(?:usage:|╭─ Error|Usage:|ERROR: The function received no value)", re.MULTILINE)
_OWN_WORDS = re.compile(r"^(?:FATAL Flags parsing error: |(?=Could not override '))(.+)", re.MULTILINE)
"""absl and Hydra end with code 1 and say it in words of their own."""


@dataclass(frozen=True)
class Start:
    """How one script is started. None and empty: as it is found out, or as the general settings say."""

    arguments: tuple[str, ...] | None = None
    module: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    working_folder: str | None = None
    """Relative to the folder of the settings."""


def split_arguments(value: str) -> tuple[str, ...]:
    """A command line's arguments, as a POSIX shell would split them. Raises ValueError with what to write."""
    try:
        return tuple(shlex.split(value))
    except ValueError as error:
        raise ValueError(f"arguments {value!r} cannot be read ({error}); write them as a list of strings") from error


def parse_start(raw: Any) -> Start:
    """One script's table. Raises ValueError with one sentence when a value does not fit."""
    if isinstance(raw, (str, list, tuple)):
        raw = {"arguments": raw}
    if not isinstance(raw, Mapping):
        raise ValueError("a script needs a table with arguments, module, environment, working-folder")
    start = Start()
    for key, value in raw.items():
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", str(key)).lower().replace("-", "_")
        if name == "arguments":
            start = replace(start, arguments=_arguments(value))
        elif name == "module":
            if not isinstance(value, str) or not _MODULE.fullmatch(value):
                raise ValueError(f"module {value!r} is no module's name; write it as in python -m pkg.train")
            start = replace(start, module=value)
        elif name == "environment":
            start = replace(start, environment=_environment(value))
        elif name == "working_folder":
            if not isinstance(value, str) or not value:
                raise ValueError("working-folder must be the path of a folder")
            start = replace(start, working_folder=value)
        else:
            raise ValueError(f"there is no setting {key!r} of a script")
    return start


def _arguments(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return split_arguments(value)
    if isinstance(value, (list, tuple)) and all(isinstance(v, (str, int, float)) for v in value):
        return tuple(str(v) for v in value)
    raise ValueError("arguments must be a list of strings, or one string as on a command line")


def _environment(value: Any) -> dict[str, str]:
    items = list(value.items()) if isinstance(value, Mapping) else [("", None)]
    if all(_NAME.fullmatch(str(k)) and isinstance(v, (str, int, float)) for k, v in items):
        return {str(k): str(v) for k, v in items}
    raise ValueError('environment must map names to values, as in {EPOCHS = "5"}')


def parse_scripts(raw: Any) -> tuple[dict[str, Start], tuple[str, ...]]:
    """The table ``scripts``: by path or pattern, with one sentence for each entry that does not fit."""
    if not isinstance(raw, Mapping):
        return {}, ("scripts must map paths to tables",)
    found: dict[str, Start] = {}
    problems = []
    for pattern, value in raw.items():
        try:
            found[str(pattern)] = parse_start(value)
        except ValueError as error:
            problems.append(f"scripts.{str(pattern)!r}: {error}")
    return found, tuple(problems)


def start_of(script: Path, root: Path, scripts: Mapping[str, Start]) -> Start:
    """What is set for ``script``; ``root`` is the folder of the settings. An exact path goes before a pattern."""
    try:
        place = script.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        place = script.name
    names = {pattern: pattern.replace("\\", "/").removeprefix("./") for pattern in scripts}
    for pattern, name in names.items():
        if name == place or Path(pattern).expanduser() == script:
            return scripts[pattern]
    for pattern, name in names.items():
        if Path(place).match(name):
            return scripts[pattern]
    return Start()


def usage_sentence(text: str, exit_code: int | None, output: str) -> str | None:
    """Why a script ended with a usage error and what to set; None when its end was another."""
    required = required_arguments(text)
    own = _OWN_WORDS.search(output) if exit_code == 1 and required.how in ("absl", "hydra") else None
    if own is None and (exit_code != 2 or not _USAGE.search(output)):
        return None
    if own is not None and "must have a value other than None" not in own[1]:
        return f"the script does not understand its arguments ({own[1][:200]}); set `arguments` for it"
    told = re.findall(r"the following arguments are required: (.+)", output)
    told += re.findall(r"Missing (?:option|argument|parameter) ['\"]([^'\"]+)['\"]", output)
    told += re.findall(r"received no value for the required argument: (\S+)", output)
    told += re.findall(r"Flag (--\S+) must have a value other than None", output)
    names = ", ".join(told[-1:]) or ", ".join(required.names)
    if names and (told or re.search(r"required|missing", output, re.I)):
        return f"the script needs arguments: {names}; set `arguments` for it"
    lines = [line.strip(" │") for line in output.splitlines() if re.search(r"error|no such|invalid", line, re.I)]
    why = f" ({lines[-1][:200]})" if lines else ""
    return f"the script does not understand its arguments{why}; set `arguments` for it"
