"""Diagnostic baseline: ten principal components and a logistic regression."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split as tts


@dataclass(frozen=True)
class Parts:
    fit_x: np.ndarray
    fit_y: np.ndarray
    held_x: np.ndarray
    held_y: np.ndarray


def load() -> tuple[np.ndarray, np.ndarray]:
    bunch = load_breast_cancer()
    return np.log1p(bunch.data), bunch.target


def compress(x: np.ndarray, k: int = 10) -> np.ndarray:
    pca = PCA(n_components=k, whiten=True, random_state=0)
    z = pca.fit_transform(x)  # expect: L101
    print("explained variance", pca.explained_variance_ratio_.sum().round(3))
    return z


def make_parts(seed: int) -> Parts:
    x, y = load()
    z = compress(x)
    a, b, c, d = tts(z, y, test_size=0.3, random_state=seed, stratify=y)
    return Parts(fit_x=a, held_x=b, fit_y=c, held_y=d)


def run(seed: int = 11) -> float:
    parts = make_parts(seed)
    model = LogisticRegression(max_iter=500).fit(parts.fit_x, parts.fit_y)
    return roc_auc_score(parts.held_y, model.predict_proba(parts.held_x)[:, 1])


if __name__ == "__main__":
    print(f"held-out AUC: {run():.4f}")
