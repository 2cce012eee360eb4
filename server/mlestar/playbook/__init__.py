"""The planner and the coder without a language model: built-in strategies that rewrite one block by libcst.

`propose` asks every strategy of the block's role; `carry_out` gives the patches of one plan. Nothing is run and
nothing is measured here: a plan is a guess with a reason, and the engine finds out.
"""

from __future__ import annotations

from mlestar.playbook.planning import carry_out, propose
from mlestar.playbook.registry import STRATEGIES
from mlestar.playbook.strategy import Change, Example, Strategy

__all__ = ["STRATEGIES", "Change", "Example", "Strategy", "carry_out", "propose"]
