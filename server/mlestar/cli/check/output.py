"""Writing to standard output byte for byte: no wrapping, no markup, no control characters taken out."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console


def emit(out: Console, text: str) -> None:
    """``text`` as it is; what the terminal's encoding lacks is escaped."""
    encoding = getattr(out.file, "encoding", None) or "utf-8"
    out.file.write(text.encode(encoding, "backslashreplace").decode(encoding))


def emit_json(out: Console, value: Any) -> None:
    encoding = (getattr(out.file, "encoding", None) or "utf-8").lower()
    emit(out, json.dumps(value, indent=2, ensure_ascii=not encoding.startswith("utf")) + "\n")
