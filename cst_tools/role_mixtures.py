"""Which role names a mixture of roles, and which mixtures are several steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from cst_tools.types import Role

PREPARATION = frozenset({Role.CLEAN, Role.FEATURES, Role.PREPROCESS})
WEIGHTS = {
    Role.SPLIT: 100, Role.TUNE: 90, Role.EVALUATE: 85, Role.ENSEMBLE: 80, Role.SUBMIT: 78, Role.MODEL: 72,
    Role.LOAD: 70, Role.TRAIN: 60, Role.PREDICT: 55, Role.PREPROCESS: 50, Role.CLEAN: 40, Role.FEATURES: 35,
}  # fmt: skip
"""How much a call of a role tells about the statement around it; forms of assignment are weighed on the same scale."""
_DOMINANCE = tuple(sorted(WEIGHTS, key=lambda role: -WEIGHTS[role]))


def groups(roles: Iterable[Role]) -> set[str]:
    """The kinds of step among roles: a script's phases."""
    names = {
        Role.LOAD: "load", Role.CLEAN: "prepare", Role.FEATURES: "prepare", Role.PREPROCESS: "prepare",
        Role.SPLIT: "split", Role.MODEL: "fit", Role.TRAIN: "fit", Role.TUNE: "fit", Role.ENSEMBLE: "fit",
        Role.PREDICT: "judge", Role.EVALUATE: "judge", Role.SUBMIT: "submit",
    }  # fmt: skip
    return {names[role] for role in roles if role in names}


def mixes(profile: Counter[Role], size: int) -> bool:
    """Whether a function of ``size`` statements with this profile is a sequence of steps rather than one step."""
    found = groups(profile)
    prepared = sum(profile[role] for role in PREPARATION)
    if len(found) >= 3:
        return True
    if found == {"prepare", "split"}:
        return prepared > 3
    if found == {"load", "prepare"}:
        return prepared >= 3
    if found == {"prepare", "fit"}:
        return prepared >= 2
    if found == {"fit", "judge"}:
        return profile[Role.EVALUATE] > 0 or size > 12
    if found == {"load", "fit"}:
        return True
    if found in ({"fit", "submit"}, {"judge", "submit"}, {"load", "split"}):
        return size > 12
    if "split" in found and len(found) > 1:
        return True
    return len(found) >= 2 and size > 8


def dominant(profile: Counter[Role]) -> Role:
    """The role that names a mixture: among preparation the most frequent, else the most telling."""
    if profile and set(profile) <= PREPARATION:
        return max(PREPARATION, key=lambda role: (profile[role], WEIGHTS[role]))
    return next((role for role in _DOMINANCE if profile[role]), Role.OTHER)
