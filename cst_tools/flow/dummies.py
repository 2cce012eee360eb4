"""Columns that were replaced by one column for each of their values, and what is left when one of those is taken."""

from __future__ import annotations

from collections.abc import Callable

from cst_tools.flow.columns import constant_names
from cst_tools.flow.values import Columns, Value, replace


def encoded(columns: Columns, chosen: Value | None) -> Columns:
    """What ``get_dummies`` makes of the columns; ``chosen`` are those that it was told to encode."""
    if chosen is None:
        gone = frozenset(f"-{name}" for name in columns.without)
        return replace(columns, dummies=columns.dummies | {"?"} | gone, order=None)
    names = constant_names(chosen)
    if names is None:
        every = chosen.columns
        whole = every is not None and every.sure and every.only is None and not every.without and not every.kept
        names = frozenset({"*"} if whole else ())
    return replace(columns, dummies=columns.dummies | names, order=None)


_ANSWERS = frozenset(
    ("yes", "no", "y", "n", "true", "false", "male", "female", "m", "f", "positive", "negative", "pos", "neg", "good",
     "bad")
)  # fmt: skip


def others_of(columns: Columns, name: str, is_text: Callable[[str], bool]) -> str | None:
    """``sex`` where of ``sex_male`` and its siblings only ``sex_male`` itself is gone.

    ``is_text`` says of a column whether the program treats it as one of categories.
    """
    if not columns.dummies or not columns.sure or columns.kept:
        return None
    for cut in range(name.count("_")):
        stem = name.rsplit("_", cut + 1)[0]
        value = name[len(stem) + 1 :]
        known = stem in columns.dummies or "*" in columns.dummies
        if not known and ("?" not in columns.dummies or f"-{stem}" in columns.dummies):
            continue
        siblings = {n for n in (columns.only or columns.without) if n.startswith(f"{stem}_") and n != name}
        if bool(siblings) != (columns.only is not None):
            continue
        if known or (cut == 0 and value.lower() in _ANSWERS) or is_text(stem):
            return stem
    return None
