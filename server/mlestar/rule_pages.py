"""The page of a rule as a file. It works offline: the page is written out of the rule itself, beside the journal."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

logger = logging.getLogger("mlestar.rules")


@lru_cache(maxsize=256)
def page_of(code: str) -> Path | None:
    """The file with the page of rule ``code``; None when there is no place to write it. Never raises."""
    from cst_tools.rules import explain
    from mlestar.journal import default_home

    try:
        page = default_home() / "rules" / f"{code}.md"
        text = explain(code)
        page.parent.mkdir(parents=True, exist_ok=True)
        if not page.is_file() or page.read_text("utf-8") != text:
            page.write_text(text, "utf-8")
    except (OSError, UnicodeDecodeError, KeyError, ValueError) as error:
        logger.info("There is no page of %s: %s", code, error)
        return None
    return page
