"""Library knowledge as data: one module a family of libraries, each with ``PACKAGES`` and ``NAMES``.

To teach the engine a library, add its names to a module here (or a new module to `_FAMILIES`); no code changes.
A name is found by its package and last word, because packages move their names between submodules.
"""

from __future__ import annotations

from functools import lru_cache

from cst_tools.flow.libraries import (
    boosting,
    fastai,
    keras_tuner,
    lightning,
    neural,
    others,
    polars,
    searches,
    series,
    sklearn,
    skorch,
    tables,
    tabnet,
    torchvision,
    transformers,
)
from cst_tools.flow.libraries.spec import Act, Names, Spec
from cst_tools.flow.values import Learns

__all__ = ["Act", "Spec", "by_bare_name", "find"]

_MODULES = (
    sklearn,
    boosting,
    neural,
    tables,
    polars,
    others,
    series,
    searches,
    fastai,
    keras_tuner,
    lightning,
    skorch,
    tabnet,
    torchvision,
    transformers,
)
_FAMILIES: tuple[tuple[tuple[str, ...], Names], ...] = tuple(
    (tuple(module.PACKAGES), module.NAMES) for module in _MODULES
)
_PACKAGES: dict[str, Names] = {}
for _packages, _known in _FAMILIES:
    for _package in _packages:  # a package may be described in two modules
        _PACKAGES[_package] = {**_PACKAGES.get(_package, {}), **_known}
_GRAPHS = ("Planetoid", "CitationFull", "Amazon", "Coauthor", "WebKB", "WikipediaNetwork", "Actor", "GraphDataset")
_SUFFIXES: tuple[tuple[str, Spec], ...] = (
    ("Classifier", Spec(Act.MODEL)),
    ("Regressor", Spec(Act.MODEL)),
    ("ClassifierCV", Spec(Act.MODEL)),
    ("Scaler", Spec(Act.TRANSFORMER, Learns.SCALE)),
    ("Imputer", Spec(Act.TRANSFORMER, Learns.IMPUTE)),
    ("Vectorizer", Spec(Act.TRANSFORMER, Learns.TEXT)),
)


@lru_cache(maxsize=4096)
def find(qualified: str) -> Spec | None:
    """What calling ``sklearn.preprocessing.StandardScaler`` does; None when nobody told us."""
    package, _, rest = qualified.partition(".")
    name = rest.rpartition(".")[2]
    if not name:
        return None
    known = _PACKAGES.get(package)
    if known is not None:
        spec = known.get(name)
        if spec is not None:
            return spec
        if package == "sklearn" and ".datasets" in qualified:
            return Spec(Act.LOAD)
    if package in ("torch_geometric", "dgl", "ogb") and name.endswith(_GRAPHS):
        return Spec(Act.LOAD)
    if name[:1].isupper():
        for suffix, spec in _SUFFIXES:
            if name.endswith(suffix):
                return spec
    return None


@lru_cache(maxsize=4096)
def by_bare_name(name: str) -> Spec | None:
    """For names whose import is not in sight (star imports, notebook fragments): only unmistakable ones."""
    if name[:1].isupper() or "_" in name:
        for known in (sklearn.NAMES, boosting.NAMES):
            spec = known.get(name)
            if spec is not None:
                return spec
    if name[:1].isupper():
        for suffix, spec in _SUFFIXES:
            if name.endswith(suffix):
                return spec
    return None
