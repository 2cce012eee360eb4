"""Settings of each script: pyproject.toml of its folder, overruled by what the editor sends; read again when told.

The editor sends them as ``initializationOptions`` and as the section ``mlestar`` of the workspace configuration, per
folder. Two words are the server's own and no settings of a study: ``trusted`` (false: nothing is run), and, at the
start only, ``studyNotifications`` (true: the client wants to be told of studies by ``mlestar/study``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlestar.config import Settings, from_pyproject, merged

_NOT_OURS = frozenset({"trusted", "trace", "server", "path", "enable", "enabled", "studyNotifications"})
"""Words of clients, which say how to start the server; the server has no use for them."""


class SettingsStore:
    """What the client said, and the settings that follow from it for one script."""

    def __init__(self) -> None:
        self._initial: Mapping[str, Any] = {}
        self._by_scope: dict[str | None, Mapping[str, Any]] = {}
        self._pyproject: dict[Path, Settings] = {}
        self._resolved: dict[tuple[Path, str | None], Settings] = {}
        self.trusted = True
        self.study_notifications = False

    def initialize(self, options: object) -> list[str]:
        """Take ``initializationOptions``: the settings themselves, or an object that has them under ``settings``."""
        raw = options if isinstance(options, Mapping) else {}
        nested = raw.get("settings", raw.get("mlestar"))
        self._initial = {**{k: v for k, v in raw.items() if k not in ("settings", "mlestar")}}
        if isinstance(nested, Mapping):
            self._initial = {**self._initial, **nested}
        self.forget()
        problems = self.take_trust(self._initial)
        self.study_notifications = self._initial.get("studyNotifications") is True
        if options is not None and not isinstance(options, Mapping):
            problems.append("initializationOptions is not an object; using the defaults")
        return problems

    def configure(self, scope: str | None, section: object) -> list[str]:
        """Take the section ``mlestar`` for one folder (None: all). What is wrong, one sentence each."""
        if section is None:
            self._by_scope.pop(scope, None)
            self.forget()
            return []
        if not isinstance(section, Mapping):
            return ["The section mlestar of the editor's settings is not an object; using the defaults"]
        self._by_scope[scope] = section
        self.forget()
        return self.take_trust(section)

    def take_trust(self, raw: Mapping[str, Any]) -> list[str]:
        """The word ``trusted``, if it is there. Anything but true and false means that nothing is run."""
        trusted = raw.get("trusted")
        if trusted is None:
            return []
        if isinstance(trusted, bool):
            self.trusted = trusted
            return []
        self.trusted = False
        return [f"trusted must be true or false, not {trusted!r}; nothing is run"]

    def forget(self) -> None:
        """Read pyproject.toml again from now on."""
        self._pyproject.clear()
        self._resolved.clear()

    def of(self, script: Path, scope: str | None) -> Settings:
        """Settings for ``script`` in the workspace folder with uri ``scope``."""
        key = (script.parent, scope)
        found = self._resolved.get(key)
        if found is None:
            found = self._resolved[key] = self._resolve(script.parent, scope)
        return found

    def _resolve(self, folder: Path, scope: str | None) -> Settings:
        base = self._pyproject.get(folder)
        if base is None:
            base = self._pyproject[folder] = from_pyproject(folder)
        settings = merged(base, self._own(self._initial), "editor")
        for section in (self._by_scope.get(None), self._by_scope.get(scope) if scope is not None else None):
            if section:
                settings = merged(settings, self._own(section), "editor")
        if not self.trusted:  # what an untrusted folder says must not choose a program or a place to write
            settings = replace(settings, interpreter=None, home=None, workspace=None)
        return settings

    @staticmethod
    def _own(raw: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in raw.items() if key not in _NOT_OURS}
