"""What a variable's name says about its rows: a hint only, used where the program does not say."""

from __future__ import annotations

import re
from functools import lru_cache

TRAIN = "train"
VALIDATION = "validation"
TEST = "test"

_WORDS = {
    **dict.fromkeys(("train", "training", "tr", "trn"), TRAIN),
    **dict.fromkeys(("val", "valid", "validation", "dev", "va", "vld"), VALIDATION),
    **dict.fromkeys(("test", "testing", "te", "tst", "ts", "holdout", "heldout", "unseen", "oos"), TEST),
}
_GLUED = re.compile(r"^(?:[xy]|df|data|set|feats?|labels?|target)?(train|test|valid|val)(?:[xy]|df|set|data|ing|s)?$")


@lru_cache(maxsize=4096)
def role_of_name(name: str) -> str | None:
    """``train``, ``validation``, ``test`` or None.

    >>> role_of_name("X_train"), role_of_name("xtest"), role_of_name("df"), role_of_name("latest")
    ('train', 'test', None, None)
    """
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    found = None
    for word in words:
        lower = word.lower()
        role = _WORDS.get(lower)
        if role is None and (match := _GLUED.match(lower)):
            role = _WORDS[match.group(1)]
        if role is not None and (found is None or found == TRAIN):
            found = role  # X_train_val is a validation part of train; X_test_scaled is test
    return found
