"""The environment of a run: what the script needs to work, nothing that is a secret of the editor's."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from mlestar.runs.activation import activated
from mlestar.runs.types import RunSpec, Sandbox

_NAMES = frozenset(
    """
    PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TERM PYTHONPATH JAVA_HOME SPARK_HOME
    LD_LIBRARY_PATH DYLD_LIBRARY_PATH DYLD_FALLBACK_LIBRARY_PATH
    XDG_CACHE_HOME XDG_DATA_HOME HF_HOME HF_DATASETS_CACHE HF_HUB_CACHE HF_HUB_OFFLINE TRANSFORMERS_CACHE
    TRANSFORMERS_OFFLINE TORCH_HOME KERAS_HOME KERAS_BACKEND NLTK_DATA SCIKIT_LEARN_DATA
    SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA
    PROGRAMFILES NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE
    """.split()  # noqa: SIM905 - one name a line would be forty lines
)
_OF_A_NETWORK = frozenset(
    """
    HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY FTP_PROXY SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE
    HF_ENDPOINT
    """.split()  # noqa: SIM905 - as above
)
"""Passed on to runs that may use the network; a proxy's password with it, since nothing works without."""
_CONDA = frozenset(
    ("CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_EXE", "CONDA_PYTHON_EXE", "CONDA_SHLVL", "CONDA_PROMPT_MODIFIER")
)
"""By name: other CONDA_ variables are settings, among them channels and proxies with passwords."""
_PREFIXES = (
    "LC_",
    "CONDA_PREFIX_",
    "CUDA_",
    "NVIDIA_",
    "ROCM_",
    "ROCR_",
    "HIP_",
    "HSA_",
    "OPENBLAS_",
    "MKL_",
    "OMP_",
    "KMP_",
)
_SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "AUTH")
_WITH_PASSWORD = re.compile(r"://[^/@\s]+@|/t/[\w-]{8,}/")


def _secret(name: str, value: str = "") -> bool:
    return any(word in name.upper() for word in _SECRET) or bool(_WITH_PASSWORD.search(value))


def _allowed(name: str, value: str, network: bool) -> bool:
    upper = name.upper()
    if network and upper in _OF_A_NETWORK:
        return True
    return (upper in _NAMES or upper in _CONDA or upper.startswith(_PREFIXES)) and not _secret(name, value)


def run_environment(
    spec: RunSpec, scratch: Path, temporary: str, outer: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Allowed names of ``outer`` (default: this process's), what makes runs repeatable, then the spec's own.

    ``temporary``: the folder for temporary files.
    """
    outer = os.environ if outer is None else outer
    kept = {name: value for name, value in outer.items() if _allowed(name, value, spec.network)}
    executable = spec.interpreter.executable
    kept.update((name, value) for name, value in activated(executable, kept).items() if not _secret(name))
    threads = str(spec.limits.threads)
    kept.update(
        PYTHONHASHSEED="0",
        PYTHONDONTWRITEBYTECODE="1",
        PYTHONIOENCODING="utf-8:backslashreplace",
        OMP_NUM_THREADS=threads,
        MKL_NUM_THREADS=threads,
        OPENBLAS_NUM_THREADS=threads,
        NUMEXPR_NUM_THREADS=threads,
        NUMEXPR_MAX_THREADS=threads,
        VECLIB_MAXIMUM_THREADS=threads,
        POLARS_MAX_THREADS=threads,
        RAYON_NUM_THREADS=threads,
        BLIS_NUM_THREADS=threads,
        TF_NUM_INTRAOP_THREADS=threads,
        TF_NUM_INTEROP_THREADS=threads,
        LOKY_MAX_CPU_COUNT=threads,  # what n_jobs=-1 means to joblib, scikit-learn and LightGBM
        OMP_WAIT_POLICY="PASSIVE",
        MPLBACKEND="Agg",
        MPLCONFIGDIR=_plot_folder(outer, scratch),
        WANDB_MODE="disabled",
        WANDB_SILENT="true",
        COMET_MODE="disabled",
        NEPTUNE_MODE="debug",
        MLFLOW_TRACKING_URI=(scratch / "mlflow").as_uri(),
        TOKENIZERS_PARALLELISM="false",
        TMPDIR=temporary,
        TEMP=temporary,
        TMP=temporary,
    )
    kept.update(_compiled_code(outer, executable))
    if spec.sandbox is not Sandbox.OFF:
        kept["HF_TOKEN_PATH"] = str(scratch / "no-token")  # the real one is hidden, and must not look broken
        if not spec.network:
            kept.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1")  # what is in the cache is used without asking
    kept.update(spec.environment)
    kept["MLESTAR_RUN"] = scratch.name
    return kept


def _plot_folder(outer: Mapping[str, str], scratch: Path) -> str:
    """Where matplotlib keeps its font list: shared by all runs, since building it takes seconds."""
    caches = Path(outer.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return str(caches / "mlestar" / "matplotlib") if caches.is_dir() else str(scratch / "matplotlib")


def _compiled_code(outer: Mapping[str, str], executable: Path) -> dict[str, str]:
    """Where compiled modules are kept when the environment holds none (uv does not compile what it installs).

    A run cannot write beside the packages, so without this each run would compile all of them anew.
    """
    caches = Path(outer.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for site in executable.parent.parent.glob("lib/python3*/site-packages"):
        big = [site / name for name in ("numpy", "pandas", "sklearn", "torch") if (site / name).is_dir()]
        if big and caches.is_dir() and not all((folder / "__pycache__").is_dir() for folder in big):
            return {"PYTHONPYCACHEPREFIX": str(caches / "mlestar" / "pycache"), "PYTHONDONTWRITEBYTECODE": ""}
    return {}
