"""The scripts and their ablations: each a folder with data in a cache, and seven programs (the script, six variants).

Ablations come from `cst_tools.ablation`, chosen by block and kind so that they spread from early to late; where it
offers fewer than six, changes of text that it would not make are added.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ablation.data import MAKERS
from cst_tools.ablation import ablation_variants
from cst_tools.analysis import Analysis, analyse
from cst_tools.edits import apply_patches
from cst_tools.instrument import instrument
from cst_tools.objective import objective_id
from cst_tools.script import Script
from mlestar.runs.types import Interpreter, Limits, RunSpec

SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True)
class Ablation:
    """One of the mechanical variants, by a part of its block's title and of its description; or a change of text."""

    block: str = ""
    kind: str = ""
    words: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class Case:
    name: str
    needs: tuple[str, ...]
    quick: float
    """Share of the data at which one run takes about two seconds."""
    ablations: tuple[Ablation, ...]
    edit: tuple[str, str] = ("", "")
    """One line as a person would change it the next morning."""
    plans: tuple[tuple[str, str], ...] = ()
    """Four changes of one block, as a refinement tries them; the last is kept."""


CASES = (
    Case(
        "tabular",
        ("sklearn", "pandas"),
        0.05,
        (
            Ablation("clean df", "removed", "columns income left"),
            Ablation("features df", "removed", "new columns month"),
            Ablation("preprocess groups", "removed"),
            Ablation("features df, features, X", "removed"),
            Ablation("model model", "reference", "HistGradientBoostingClassifier"),
            Ablation("model model", "defaults", "(C)"),
        ),
        ("0.25 * forest + 0.15 * linear", "0.2 * forest + 0.2 * linear"),
        (
            ("max_iter=45, learning_rate=0.12,", "max_iter=45, learning_rate=0.2,"),
            ("max_iter=45, learning_rate=0.12,", "max_iter=70, learning_rate=0.08,"),
            ("l2_regularization=1.0,", "l2_regularization=0.0,"),
            ("l2_regularization=1.0,", "l2_regularization=10.0,"),
        ),
    ),
    Case(
        "text",
        ("sklearn", "pandas"),
        0.1,
        (
            Ablation("function normalise", "removed"),
            Ablation("features labels, lengths", "removed"),
            Ablation("words", "simpler-transformer"),
            Ablation("model sgd", "defaults"),
            Ablation("model topic_model", "defaults"),
            Ablation("ensemble blend", "first-member"),
        ),
        ("LinearSVC(C=0.4,", "LinearSVC(C=0.3,"),
        (
            ("alpha=3e-5, max_iter=30", "alpha=1e-5, max_iter=30"),
            ("alpha=3e-5, max_iter=30", "alpha=1e-4, max_iter=30"),
            ("alpha=3e-5, max_iter=30", "alpha=3e-5, max_iter=60"),
            ("alpha=3e-5, max_iter=30", "alpha=1e-4, max_iter=15"),
        ),
    ),
    Case(
        "boosted",
        ("lightgbm", "sklearn", "pandas"),
        0.05,
        (
            Ablation("features sales", "removed", "columns price left"),
            Ablation("clean sales", "removed", "columns units left"),
            Ablation(old='sales["trend"] = sales["mean_7"] / (sales["mean_28"] + 0.1)\n', new=""),
            Ablation(old='"num_leaves": 63', new='"num_leaves": 31'),
            Ablation("train fit_set", "no-early-stopping"),
            Ablation("train forest", "fewer-epochs"),
        ),
        ("num_boost_round=40", "num_boost_round=50"),
        (
            ('"learning_rate": 0.07', '"learning_rate": 0.1'),
            ('"learning_rate": 0.07', '"learning_rate": 0.05'),
            ('"feature_fraction": 0.8', '"feature_fraction": 0.6'),
            ('"feature_fraction": 0.8', '"feature_fraction": 0.9'),
        ),
    ),
    Case(
        "network",
        ("torch", "sklearn"),
        0.06,
        (
            Ablation("clean low", "removed"),
            Ablation("preprocess strongest", "passthrough"),
            Ablation("preprocess quantile", "passthrough"),
            Ablation(old="nn.Dropout(dropout)", new="nn.Identity()"),
            Ablation(old="X = np.hstack([X, pairs])\n", new=""),
            Ablation(old="net.load_state_dict(best_state)\n", new=""),
        ),
        ("label_smoothing=0.05", "label_smoothing=0.1"),
        (
            ("lr=2e-3", "lr=4e-3"),
            ("lr=2e-3", "lr=1e-3"),
            ("weight_decay=1e-3", "weight_decay=1e-4"),
            ("weight_decay=1e-3", "weight_decay=1e-2"),
        ),
    ),
    Case(
        "in_main",
        ("sklearn", "pandas"),
        0.05,
        (
            Ablation("preprocess subscribers", "removed"),
            Ablation("function usage_features", "removed"),
            Ablation("function contract_features", "identity"),
            Ablation("preprocess X", "passthrough"),
            Ablation("function models", "passthrough"),
            Ablation(old='0.5 * ranked["boosting"] + 0.3 * ranked["trees"] + 0.2 * ranked["linear"]',
                     new='ranked["boosting"]'),
        ),
        ("LogisticRegression(C=0.3,", "LogisticRegression(C=0.5,"),
        (
            ("ExtraTreesClassifier(60,", "ExtraTreesClassifier(50,"),
            ("ExtraTreesClassifier(60, min_samples_leaf=5", "ExtraTreesClassifier(60, min_samples_leaf=10"),
            ("max_iter=120, learning_rate=0.06", "max_iter=80, learning_rate=0.1"),
            ("max_iter=120, learning_rate=0.06", "max_iter=90, learning_rate=0.06"),
        ),
    ),
)  # fmt: skip


def project(case: Case, cache: Path, share: float) -> Path:
    """The folder with ``train.py`` and its data; the data is made once."""
    folder = cache / f"{case.name}-{share:g}"
    if not (folder / "data").is_dir():
        fresh = folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        MAKERS[case.name](fresh, share)
        fresh.rename(folder / "data")
    script = folder / "train.py"
    text = (SCRIPTS / f"{case.name}.py").read_text("utf-8")
    if not script.exists() or script.read_text("utf-8") != text:
        script.write_text(text, "utf-8")
    return folder


def variant_texts(case: Case, text: str) -> list[tuple[str, str]]:
    """Label and text of each ablation of ``text``. Raises ValueError where one cannot be had any more."""
    analysis = analyse(Script.parse(text))
    blocks = {block.id: block for block in analysis.blocks}
    offered = ablation_variants(analysis)
    found: list[tuple[str, str]] = []
    for wanted in case.ablations:
        if wanted.old:
            if wanted.old not in text:
                raise ValueError(f"{case.name}: {wanted.old!r} is not in the script any more")
            found.append((f"{wanted.old!r} -> {wanted.new!r}", text.replace(wanted.old, wanted.new)))
            continue
        for variant in offered:
            title = blocks[variant.block_id].title
            if not (title.startswith(wanted.block) or f" {wanted.block}" in title) or variant.kind != wanted.kind:
                continue
            if wanted.words in variant.description:
                applied = apply_patches(analysis.script, analysis.blocks, variant.patches)
                assert not isinstance(applied, str), applied
                if applied.text not in [t for _, t in found]:
                    found.append((f"{title}: {variant.description}", applied.text))
                    break
        else:
            raise ValueError(f"{case.name}: no ablation {wanted.kind} of {wanted.block!r} {wanted.words!r}")
    return found


def spec_of(
    folder: Path, text: str, label: str, interpreter: Interpreter, *, threads: int = 1, seed: int = 0
) -> RunSpec:
    """The run of one text, instrumented as the engine does it."""
    analysis: Analysis = analyse(Script.parse(text))
    assert analysis.objective is not None, f"{label}: no objective"
    objective = analysis.objective
    return RunSpec(
        script=folder / "train.py",
        workspace=folder,
        variant_text=text,
        program_text=instrument(analysis.script, objective, seed=seed),
        seed=seed,
        interpreter=interpreter,
        objective_id=objective_id(objective),
        aggregate=objective.aggregate,
        limits=Limits(wall_s=1800.0, threads=threads),
        label=label,
    )


def study_specs(
    case: Case, folder: Path, interpreter: Interpreter, *, threads: int = 1, text: str | None = None
) -> Sequence[RunSpec]:
    """The script as it is, then its six ablations."""
    text = (folder / "train.py").read_text("utf-8") if text is None else text
    texts = [("baseline", text), *variant_texts(case, text)]
    return [spec_of(folder, one, label, interpreter, threads=threads) for label, one in texts]
