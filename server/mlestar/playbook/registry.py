"""All strategies, in the order in which equal priors are offered."""

from __future__ import annotations

from mlestar.playbook import boosting, clean, ensemble, features, model, networks, preprocess, target, text, train, tune
from mlestar.playbook.strategy import Strategy

STRATEGIES: tuple[type[Strategy], ...] = (
    *model.STRATEGIES,
    *target.STRATEGIES,
    *preprocess.STRATEGIES,
    *train.STRATEGIES,
    *boosting.STRATEGIES,
    *text.STRATEGIES,
    *tune.STRATEGIES,
    *ensemble.STRATEGIES,
    *clean.STRATEGIES,
    *features.STRATEGIES,
    *networks.STRATEGIES,
)
