"""All strategies, in the order in which equal priors are offered."""

from __future__ import annotations

from mlestar.playbook import model, preprocess, target, text, train, tune
from mlestar.playbook.strategy import Strategy

STRATEGIES: tuple[type[Strategy], ...] = (
    *model.STRATEGIES,
    *target.STRATEGIES,
    *preprocess.STRATEGIES,
    *train.STRATEGIES,
    *text.STRATEGIES,
    *tune.STRATEGIES,
)
