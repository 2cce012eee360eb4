"""Where a rule's page lies. It works offline: the page is written out of the rule itself, beside the journal."""

from __future__ import annotations

import logging
from functools import lru_cache

from mlestar.lsp.documents import uri_of

logger = logging.getLogger("mlestar.rules")


@lru_cache(maxsize=256)
def href(code: str) -> str | None:
    """A file uri of the page of rule ``code``; None when there is no place to write it. Never raises."""
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
    return uri_of(page)
