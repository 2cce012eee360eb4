"""Writes one page a rule from the rules' docstrings: ``python docs/rules/write.py``."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from cst_tools.rules import NOTES, RULES  # noqa: E402


def main() -> None:
    for rule in (*RULES, *NOTES):
        (HERE / f"{rule.code}.md").write_text(rule.page(), encoding="utf-8")
    print(f"{len(RULES) + len(NOTES)} pages in {HERE.name}/")


if __name__ == "__main__":
    main()
