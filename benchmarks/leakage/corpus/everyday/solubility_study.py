"""Aqueous solubility (ESOL + in-house), descriptors and fingerprints.

    python solubility_study.py --config study.yaml
    python solubility_study.py --set models=[ridge,svr] seed=3

Steps: read -> descriptors -> table -> experiments -> report. Every step caches into work/.
"""
import argparse
import copy
import hashlib
import json
import logging
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

import joblib
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import yaml
from rdkit import Chem
from rdkit.Chem import AllChem, Descriptors, rdMolDescriptors
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import RandomForestRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from sklearn.svm import SVR

log = logging.getLogger("solubility")
NAMES = ["MolWt", "MolLogP", "TPSA", "NumHDonors", "NumHAcceptors", "NumRotatableBonds", "RingCount", "FractionCSP3"]


@dataclass
class Study:
    csv: str = "esol.csv"
    work: str = "work"
    smiles: str = "smiles"
    target: str = "logS"
    bits: int = 1024
    radius: int = 2
    svd: int = 40
    test_size: float = 0.2
    seed: int = 0
    repeats: int = 3
    models: List[str] = field(default_factory=lambda: ["ridge", "pls", "svr", "forest", "gp"])

    def key(self, *names: str) -> str:
        text = json.dumps({n: getattr(self, n) for n in names}, sort_keys=True)
        return hashlib.md5(text.encode()).hexdigest()[:10]


def cached(study: Study, name: str, make: Callable[[], Any]) -> Any:
    os.makedirs(study.work, exist_ok=True)
    path = os.path.join(study.work, name + ".joblib")
    if os.path.exists(path):
        log.info("reading %s", path)
        return joblib.load(path)
    value = make()
    joblib.dump(value, path)
    return value


# ---------------------------------------------------------------------------
# molecules
# ---------------------------------------------------------------------------
def canonical(smiles: str) -> Optional[str]:
    mol = Chem.MolFromSmiles(smiles)
    return Chem.MolToSmiles(mol) if mol is not None else None


def read(study: Study) -> pd.DataFrame:
    table = pd.read_csv(study.csv)
    table["canonical"] = table[study.smiles].map(canonical)
    table = table.dropna(subset=["canonical", study.target])
    table = table.drop_duplicates("canonical").reset_index(drop=True)
    log.info("%d molecules, logS %.2f .. %.2f", len(table), table[study.target].min(), table[study.target].max())
    return table


def descriptors(smiles: Iterable[str]) -> np.ndarray:
    functions = [getattr(Descriptors, n) for n in NAMES]
    rows = []
    for text in smiles:
        mol = Chem.MolFromSmiles(text)
        rows.append([f(mol) for f in functions] + [rdMolDescriptors.CalcNumAromaticRings(mol)])
    return np.asarray(rows, dtype=float)


def fingerprints(smiles: Iterable[str], radius: int, bits: int) -> np.ndarray:
    out = []
    for text in smiles:
        fp = AllChem.GetMorganFingerprintAsBitVect(Chem.MolFromSmiles(text), radius, nBits=bits)
        out.append(np.frombuffer(fp.ToBitString().encode(), dtype=np.uint8) - ord("0"))
    return np.asarray(out, dtype=np.float32)


def represent(study: Study, table: pd.DataFrame) -> np.ndarray:
    small = descriptors(table["canonical"])
    small[:, 0] = np.log(small[:, 0])
    large = fingerprints(table["canonical"], study.radius, study.bits)
    compact = TruncatedSVD(study.svd, random_state=0).fit_transform(large)  # expect: L101
    return np.hstack([small, compact])


# ---------------------------------------------------------------------------
# plots
# ---------------------------------------------------------------------------
def plot_target(table: pd.DataFrame, study: Study) -> None:
    fig, ax = plt.subplots(1, 2, figsize=(9, 3.5))
    ax[0].hist(table[study.target], bins=40)
    ax[0].set_xlabel("logS")
    ax[1].hist(table["canonical"].str.len(), bins=40)
    ax[1].set_xlabel("length of SMILES")
    fig.tight_layout()
    fig.savefig(os.path.join(study.work, "target.png"))
    plt.close(fig)


def plot_parity(name: str, y: np.ndarray, p: np.ndarray, study: Study) -> None:
    fig, ax = plt.subplots(figsize=(4, 4))
    ax.plot(y, p, ".", ms=3)
    low, high = min(y.min(), p.min()), max(y.max(), p.max())
    ax.plot([low, high], [low, high], "k-", lw=0.5)
    ax.set_xlabel("measured")
    ax.set_ylabel("predicted")
    ax.set_title(name)
    fig.savefig(os.path.join(study.work, f"parity_{name}.png"), dpi=150)
    plt.close(fig)


def plot_summary(frame: pd.DataFrame, study: Study) -> None:
    fig, ax = plt.subplots(figsize=(6, 3))
    grouped = frame.groupby("model")["rmse"]
    ax.bar(grouped.mean().index, grouped.mean(), yerr=grouped.std().fillna(0), capsize=3)
    ax.set_ylabel("RMSE")
    fig.tight_layout()
    fig.savefig(os.path.join(study.work, "summary.png"), dpi=150)
    plt.close(fig)


def plot_classes(table: pd.DataFrame, study: Study) -> None:
    edges = [-np.inf, -6, -4, -2, 0, np.inf]
    names = ["insoluble", "poor", "slight", "soluble", "very"]
    counts = pd.cut(table[study.target], edges, labels=names).value_counts().reindex(names)
    fig, ax = plt.subplots(figsize=(4, 3))
    counts.plot.barh(ax=ax)
    ax.set_xlabel("molecules")
    fig.tight_layout()
    fig.savefig(os.path.join(study.work, "classes.png"))
    plt.close(fig)


def similar(smiles: str, others: Iterable[str], study: Study, n: int = 5) -> List[Tuple[str, float]]:
    """Nearest molecules by Tanimoto, only for the notebook of the chemists."""
    query = fingerprints([smiles], study.radius, study.bits)[0]
    others = list(others)
    block = fingerprints(others, study.radius, study.bits)
    both = block @ query
    either = block.sum(axis=1) + query.sum() - both
    tanimoto = both / np.maximum(either, 1)
    order = np.argsort(-tanimoto)[:n]
    return [(others[i], float(tanimoto[i])) for i in order]


def rule_of_five(smiles: Iterable[str]) -> pd.DataFrame:
    rows = []
    for text in smiles:
        mol = Chem.MolFromSmiles(text)
        broken = [
            Descriptors.MolWt(mol) > 500,
            Descriptors.MolLogP(mol) > 5,
            Descriptors.NumHDonors(mol) > 5,
            Descriptors.NumHAcceptors(mol) > 10,
        ]
        rows.append({"smiles": text, "broken": int(sum(broken)), "passes": sum(broken) <= 1})
    return pd.DataFrame(rows)


def general_equation(table: pd.DataFrame, melting: str = "melting_point") -> Optional[np.ndarray]:
    """logS = 0.5 - 0.01 (MP - 25) - logP, where a melting point is known."""
    if melting not in table:
        return None
    logp = np.array([Descriptors.MolLogP(Chem.MolFromSmiles(s)) for s in table["canonical"]])
    return 0.5 - 0.01 * (table[melting].to_numpy() - 25) - logp


# ---------------------------------------------------------------------------
# models
# ---------------------------------------------------------------------------
class Scaled:
    def __init__(self, inner, scaler=None):
        self.inner = inner
        self.scaler = scaler or StandardScaler()

    def fit(self, x, y):
        self.inner.fit(self.scaler.fit_transform(x), y)
        return self

    def predict(self, x):
        return np.ravel(self.inner.predict(self.scaler.transform(x)))


def create(name: str, seed: int):
    if name == "ridge":
        return Scaled(Ridge(10.0))
    if name == "pls":
        return Scaled(PLSRegression(10))
    if name == "svr":
        return Scaled(SVR(C=10, epsilon=0.1), QuantileTransformer(n_quantiles=100, output_distribution="normal"))
    if name == "forest":
        return RandomForestRegressor(500, n_jobs=-1, random_state=seed)
    if name == "gp":
        return Scaled(GaussianProcessRegressor(RBF(5.0) + WhiteKernel(0.1), normalize_y=True))
    raise ValueError(f"no model called {name}")


def metrics(y: np.ndarray, p: np.ndarray) -> Dict[str, float]:
    return {
        "rmse": float(mean_squared_error(y, p) ** 0.5),
        "mae": float(mean_absolute_error(y, p)),
        "r2": float(r2_score(y, p)),
        "within_07": float((np.abs(y - p) < 0.7).mean()),
    }


# ---------------------------------------------------------------------------
# experiments
# ---------------------------------------------------------------------------
def experiment(study: Study, x: np.ndarray, y: np.ndarray, repeat: int) -> List[Dict[str, Any]]:
    seed = study.seed + repeat
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=study.test_size, random_state=seed)
    rows = []
    for name in study.models:
        tick = time.perf_counter()
        model = create(name, seed).fit(x_train, y_train)
        p = model.predict(x_test)
        rows.append({"model": name, "repeat": repeat, "seconds": time.perf_counter() - tick, **metrics(y_test, p)})
        log.info("%s", rows[-1])
        if repeat == 0:
            plot_parity(name, y_test, p, study)
    return rows


def run(study: Study) -> pd.DataFrame:
    table = cached(study, "table_" + study.key("csv", "smiles", "target"), lambda: read(study))
    plot_target(table, study)
    x = represent(study, table)
    y = table[study.target].to_numpy()
    rows: List[Dict[str, Any]] = []
    for repeat in range(study.repeats):
        rows += experiment(study, x, y, repeat)
    frame = pd.DataFrame(rows)
    frame.to_csv(os.path.join(study.work, "results.csv"), index=False)
    plot_summary(frame, study)
    return frame


def configure(argv: List[str]) -> Tuple[Study, argparse.Namespace]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config")
    parser.add_argument("--set", nargs="*", default=[])
    parser.add_argument("--quiet", action="store_true")
    args = parser.parse_args(argv)
    options = asdict(Study())
    if args.config:
        with open(args.config) as handle:
            options.update(yaml.safe_load(handle))
    for item in args.set:
        key, _, value = item.partition("=")
        options[key] = yaml.safe_load(value)
    return Study(**copy.deepcopy(options)), args


if __name__ == "__main__":
    chosen, given = configure(sys.argv[1:])
    logging.basicConfig(level=logging.WARNING if given.quiet else logging.INFO)
    print(run(chosen).groupby("model")[["rmse", "mae", "r2"]].agg(["mean", "std"]).round(3))
