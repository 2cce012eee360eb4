"""Where a rule's page lies, for the links behind the codes of diagnostics."""

from __future__ import annotations

from mlestar.lsp.documents import uri_of
from mlestar.rule_pages import page_of


def href(code: str) -> str | None:
    """A file uri of the page of rule ``code``; None when there is no place to write it. Never raises."""
    page = page_of(code)
    return None if page is None else uri_of(page)
