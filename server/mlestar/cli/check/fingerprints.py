"""What stays the same about a finding while other lines come and go: its code and its statement."""

from __future__ import annotations

import hashlib
import re

from cst_tools.comments import comments_of, region
from cst_tools.script import Script
from cst_tools.types import Finding


def fingerprint(script: Script, finding: Finding) -> str:
    """16 hexadecimal digits of the code and of the statement's text without comments, blanks and line ends."""
    lines = region(script, script.index.line_of(finding.span.start))
    text = _without_comments(script, lines) or script.slice(finding.span)
    normal = re.sub(r"[\s\\]+", "", text)
    data = f"{finding.code}\n{normal}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def _without_comments(script: Script, lines: tuple[int, int]) -> str:
    ends = {comment.line: comment.column for comment in comments_of(script, lines)}
    kept = (script.index.line_text(line)[: ends.get(line)] for line in range(lines[0], lines[1] + 1))
    return "\n".join(kept).strip()
