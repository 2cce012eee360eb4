"""Data of the scripts, made by a seed. ``share`` 1.0 is the size that is measured, less is for development."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

_WORDS = 4000


def loans(folder: Path, share: float) -> None:
    """200,000 applications, 22 columns with holes and duplicates, about one in five defaults."""
    rng = np.random.default_rng(1)
    n = int(200_000 * share)
    branch = rng.integers(0, 400, n)
    region = branch % 12
    purpose = rng.choice(["car", "home", "debt", "school", "other"], n, p=[0.25, 0.2, 0.35, 0.1, 0.1])
    employment = rng.choice(["salaried", "own", "public", "none"], n, p=[0.6, 0.2, 0.15, 0.05]).astype(object)
    income = rng.lognormal(10.3, 0.6, n)
    debt = income * rng.beta(1.5, 6, n)
    amount = rng.lognormal(9, 0.7, n)
    age = rng.normal(41, 12, n).clip(18, 90)
    utilisation = rng.beta(2, 4, n)
    table = pd.DataFrame(
        {
            "loan_id": np.arange(n),
            "issued": pd.Timestamp("2018-01-01") + pd.to_timedelta(rng.integers(0, 1500, n), unit="D"),
            "branch": branch,
            "region": [f"R{r:02d}" for r in region],
            "purpose": purpose,
            "employment": employment,
            "income": income,
            "debt": debt,
            "amount": amount,
            "age": age,
            "utilisation": utilisation,
        }
    )
    signals = rng.normal(size=(n, 10))
    for number in range(10):
        table[f"bureau_{number}"] = signals[:, number].round(4)
    risk = (
        1.6 * (debt / income)
        + 0.9 * np.log(amount / income + 0.2)
        + 1.1 * utilisation
        - 0.015 * age
        + 0.25 * rng.normal(size=400)[branch]
        + 0.3 * (purpose == "debt")
        + 0.5 * (employment == "none")
        + 0.35 * signals[:, 0] * signals[:, 1]
        + 0.3 * np.sin(2 * signals[:, 2])
        + 0.25 * signals[:, 3]
    )
    table["default"] = (risk + rng.logistic(size=n) > np.quantile(risk, 0.78)).astype(int)
    for name in ("income", "debt", "utilisation", "age", "employment"):
        table.loc[rng.random(n) < 0.04, name] = None
    table = pd.concat([table, table.sample(frac=0.01, random_state=1)])
    table.to_csv(folder / "loans.csv", index=False, float_format="%.5g")


def reviews(folder: Path, share: float) -> None:
    """9,000 texts of about 60 words out of 4,000 made ones; some words lean to a label."""
    rng = np.random.default_rng(2)
    n = int(9_000 * share)
    letters = np.array(list("etaoinshrdlucmfwygpb"))
    vocabulary = ["".join(rng.choice(letters, rng.integers(2, 11))) for _ in range(_WORDS)]
    lean = rng.normal(0, 1, _WORDS) * (rng.random(_WORDS) < 0.2)
    usual = 1.0 / np.arange(2, _WORDS + 2) ** 0.9
    texts, labels = [], rng.random(n) < 0.4
    shares = {}
    for label in (False, True):
        weight = usual * np.exp(0.35 * lean * (1 if label else -1))
        shares[label] = weight / weight.sum()
    for label in labels:
        words = rng.choice(_WORDS, rng.integers(25, 95), p=shares[bool(label)])
        text = " ".join(vocabulary[w] for w in words).capitalize()
        text += rng.choice([".", "!", "!!", "?", " 5/10", " https://shop.example/1"])
        texts.append(text)
    noisy = labels ^ (rng.random(n) < 0.08)
    product = rng.choice(["phone", "book", "shoe", "lamp"], n)
    pd.DataFrame({"product": product, "text": texts, "label": noisy.astype(int)}).to_csv(
        folder / "reviews.csv", index=False
    )


def sales(folder: Path, share: float) -> None:
    """1,000,000 rows: units sold by store, item and day."""
    rng = np.random.default_rng(3)
    days = 400
    series = int(1_000_000 * share) // days
    stores = max(2, series // 100)
    store = np.arange(series) % stores
    item = np.arange(series) // stores
    level = rng.gamma(2.0, 4.0, series)
    season = rng.uniform(0.1, 0.5, series)
    phase = rng.uniform(0, 2 * np.pi, series)
    day = np.arange(days)
    weekly = 1 + 0.3 * np.sin(2 * np.pi * (day % 7) / 7)
    price = rng.uniform(2, 20, series)[:, None] * (1 + 0.1 * (rng.random((series, days)) < 0.1))
    drift = np.cumsum(rng.normal(0, 0.02, (series, days)), axis=1)
    mean = level[:, None] * weekly * (1 + season[:, None] * np.sin(2 * np.pi * day / 365 + phase[:, None]))
    mean = mean * np.exp(drift) / (price / price.mean(axis=1, keepdims=True)) ** 2
    units = rng.poisson(mean.clip(0.01, 500))
    table = pd.DataFrame(
        {
            "store": np.repeat(store, days),
            "item": np.repeat(item, days),
            "day": np.tile(day, series),
            "price": price.ravel().round(2),
            "units": units.ravel(),
        }
    )
    table.loc[rng.random(len(table)) < 0.01, "price"] = None
    table.sample(frac=1.0, random_state=3).to_csv(folder / "sales.csv", index=False)
    city = rng.choice(["north", "south", "coast"], stores)
    pd.DataFrame({"store": np.arange(stores), "city": city, "size": rng.integers(50, 900, stores)}).to_csv(
        folder / "stores.csv", index=False
    )


def signals(folder: Path, share: float) -> None:
    """80,000 rows of 100 channels, five classes that overlap."""
    rng = np.random.default_rng(4)
    n = int(80_000 * share)
    y = rng.integers(0, 5, n)
    centres = rng.normal(0, 0.55, (5, 12))
    hidden = centres[y] + rng.normal(size=(n, 12))
    hidden[:, 0] *= np.where(y % 2, 1, -1)
    X = np.tanh(hidden @ rng.normal(0, 0.5, (12, 100))) * 3 + rng.normal(0, 0.8, (n, 100))
    X[:, ::9] = np.exp(X[:, ::9])
    np.savez(folder / "signals.npz", X=X.astype("float64"), y=y)


def subscribers(folder: Path, share: float) -> None:
    """40,000 subscribers and their 500,000 events."""
    rng = np.random.default_rng(5)
    n = int(40_000 * share)
    months, plan = rng.integers(1, 60, n), rng.choice(["basic", "plus", "family", "student"], n)
    table = pd.DataFrame(
        {
            "subscriber": np.arange(n),
            "months": months,
            "plan": plan,
            "country": rng.choice(["A", "B", "C", "D", "E"], n),
            "city": [f"city{c}" for c in rng.zipf(1.6, n).clip(1, 300)],
            "paid": (months * rng.uniform(5, 30, n)).round(2),
            "calls": rng.poisson(2.0, n).astype(float),
            "age": rng.normal(38, 13, n).clip(16, 95).round(),
        }
    )
    extra = rng.normal(size=(n, 14))
    for number in range(14):
        table[f"survey_{number}"] = extra[:, number].round(3)
    loyal = rng.normal(size=n)
    counts = rng.poisson(12, n) + 1
    who = np.repeat(np.arange(n), counts)
    day = rng.integers(0, 180, len(who))
    minutes = rng.gamma(2.0, 8.0, len(who)) * np.exp(0.25 * loyal[who] * day / 90)
    kind = rng.choice(["call", "data", "video", "text"], len(who))
    risk = (
        -0.8 * loyal
        + 0.5 * (plan == "student")
        - 0.02 * months
        + 0.25 * table["calls"]
        + 0.4 * extra[:, 0] * extra[:, 1]
        + 0.3 * extra[:, 2]
    )
    table["churned"] = (risk + rng.logistic(size=n) > np.quantile(risk, 0.8)).astype(int)
    for name in ("age", "calls", "survey_3"):
        table.loc[rng.random(n) < 0.05, name] = None
    table.to_csv(folder / "subscribers.csv", index=False)
    pd.DataFrame({"subscriber": who, "day": day, "kind": kind, "minutes": minutes.round(2)}).to_csv(
        folder / "events.csv", index=False
    )


MAKERS: dict[str, Callable[[Path, float], None]] = {
    "tabular": loans,
    "text": reviews,
    "boosted": sales,
    "network": signals,
    "in_main": subscribers,
}
