"""All strategies, in the order in which equal priors are offered."""

from __future__ import annotations

from mlestar.playbook import model, train
from mlestar.playbook.strategy import Strategy

STRATEGIES: tuple[type[Strategy], ...] = (*model.STRATEGIES, *train.STRATEGIES)
