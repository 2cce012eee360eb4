# expect: none
"""Yield of a batch reactor.  Limits and nominal values come from the data sheet of the plant."""
from __future__ import annotations

import argparse

import numpy as np
import polars as pl
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import mean_absolute_error

NOMINAL = {
    "temp": {"centre": 353.0, "span": 25.0},
    "pressure": {"centre": 4.2, "span": 1.5},
    "feed": {"centre": 120.0, "span": 40.0},
    "ph": {"centre": 6.8, "span": 1.0},
}


def normalise(batches: pl.DataFrame) -> pl.DataFrame:
    return batches.with_columns(
        ((pl.col(name) - s["centre"]) / s["span"]).clip(-3, 3).alias(name) for name, s in NOMINAL.items()
    )


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("csv")
    ap.add_argument("--seed", type=int, default=0)
    args = ap.parse_args()

    batches = normalise(pl.read_csv(args.csv).drop_nulls())
    print(batches.describe())
    x = batches.select(list(NOMINAL)).to_numpy()
    y = batches["yield_pct"].to_numpy()

    order = np.random.default_rng(args.seed).permutation(len(y))
    learn, judge = np.split(order, [int(0.8 * len(y))])
    kr = KernelRidge(kernel="rbf", alpha=0.1, gamma=0.3).fit(x[learn], y[learn])
    print("MAE:", mean_absolute_error(y[judge], kr.predict(x[judge])).round(2), "percentage points")
    print("mean as a guess:", np.abs(y[judge] - y[learn].mean()).mean().round(2))


if __name__ == "__main__":
    main()
