"""How many files a second `mlestar check` takes, with one process and with all cores.

    python benchmarks/check.py [--files 1000] [--repeats 3]

The files are scripts and notebooks of this repository (``examples``, ``tests/corpus``), made to differ: other names,
other constants, more or fewer lines. The command is run as a person runs it, its start included; the first run, which
fills the disk's cache, does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("examples", "tests/corpus/scripts", "tests/corpus/leakage")
NAMES = ("df", "X", "y", "model", "clf", "data", "X_train", "X_test", "scaler")
HELPER = """

def helper_{n}(values, low={low}, high={high}):
    \"\"\"Clip and count.\"\"\"
    kept = [min(max(v, low), high) for v in values]
    total = sum(kept) / max(len(kept), 1)
    return {{"kept": kept, "total": total, "n": {n}}}

"""


def sources() -> list[Path]:
    found = [p for folder in FOLDERS for p in sorted((ROOT / folder).rglob("*")) if p.suffix in (".py", ".ipynb")]
    return [path for path in found if path.stat().st_size]


def varied(text: str, chance: random.Random) -> str:
    """The text with some of its usual names changed throughout, and helpers in front of its code."""
    for name in chance.sample(NAMES, 3):
        text = re.sub(rf"\b{name}\b", f"{name}_{chance.randrange(1000)}", text)
    helpers = "".join(
        HELPER.format(n=chance.randrange(10**6), low=chance.random(), high=1 + chance.random())
        for _ in range(chance.randrange(6))
    )
    return helpers + text


def write_files(folder: Path, count: int) -> tuple[int, int]:
    """``count`` files in folders of fifty; how many lines and bytes they have."""
    chance = random.Random(0)
    chosen = sources()
    lines = size = 0
    for number in range(count):
        source = chosen[number % len(chosen)]
        text = source.read_text("utf-8", errors="replace")
        if source.suffix == ".ipynb":
            try:
                book = json.loads(text)
                for cell in book["cells"]:
                    if cell["cell_type"] == "code":
                        cell["source"] = varied("".join(cell["source"]), chance).splitlines(keepends=True)
                text = json.dumps(book)
            except (ValueError, KeyError):
                pass  # a broken notebook is one that people have
        else:
            text = varied(text, chance)
        path = folder / f"part{number // 50}" / f"{source.stem}_{number}{source.suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        lines += text.count("\n")
        size += path.stat().st_size
    return lines, size


def seconds(folder: Path, jobs: int | None) -> float:
    command = [sys.executable, "-m", "mlestar", "check", str(folder), "--statistics", "--exit-zero"]
    began = time.perf_counter()
    done = subprocess.run(command + (["--jobs", str(jobs)] if jobs else []), capture_output=True, check=False)
    took = time.perf_counter() - began
    if done.returncode != 0:
        raise SystemExit(done.stderr.decode())
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as name:
        lines, size = write_files(Path(name), options.files)
        print(f"{options.files} files, {lines} lines, {size / 1e6:.1f} MB; {cores} cores; {options.repeats} runs each")
        seconds(Path(name), None)
        medians = []
        for label, jobs in (("1 process", 1), (f"{cores} processes", cores)):
            times = [seconds(Path(name), jobs) for _ in range(options.repeats)]
            medians.append(statistics.median(times))
            spread = f"{min(times):.2f} to {max(times):.2f} s"
            print(f"{label:12} {options.files / medians[-1]:7.0f} files/s   median {medians[-1]:.2f} s ({spread})")
        print(f"{medians[0] / medians[1]:.2f} times as fast with {cores} processes")


if __name__ == "__main__":
    main()
