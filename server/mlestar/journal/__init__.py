"""The durable record: `store.Journal` is all that others use; `schema` holds the migrations (append only)."""

from mlestar.journal.store import Journal, RunRow, StudyRow, default_home

__all__ = ["Journal", "RunRow", "StudyRow", "default_home"]
