"""placeholder"""

from __future__ import annotations

from typing import Any


def install(spec: dict[str, Any]) -> None: ...
