"""Nightly price of listings. Runs for one or several cities."""
import argparse
import json
import logging
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, median_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

log = logging.getLogger("airbnb")


@dataclass
class Options:
    folder: Path
    cities: List[str]
    min_price: float = 10
    max_price: float = 2000
    test_size: float = 0.25
    seed: int = 8
    models: List[str] = field(default_factory=lambda: ["ridge", "forest", "boosting"])


AMENITIES = ["wifi", "pool", "kitchen", "parking", "washer", "air conditioning", "hot tub", "elevator"]


def dollars(text: pd.Series) -> pd.Series:
    return text.str.replace(r"[$,]", "", regex=True).astype(float)


def amenities(listings: pd.DataFrame) -> pd.DataFrame:
    lower = listings["amenities"].str.lower()
    for name in AMENITIES:
        listings["has_" + re.sub(r"\W", "_", name)] = lower.str.contains(name, regex=False).astype(int)
    listings["n_amenities"] = lower.str.count(",") + 1
    return listings


def distance(listings: pd.DataFrame, centre) -> pd.Series:
    lat0, lon0 = centre
    dy = (listings["latitude"] - lat0) * 111.2
    dx = (listings["longitude"] - lon0) * 111.2 * np.cos(np.radians(lat0))
    return np.hypot(dx, dy)


CENTRES = {"lisbon": (38.713, -9.139), "berlin": (52.520, 13.405), "boston": (42.360, -71.058)}


def prepare(options: Options, city: str) -> pd.DataFrame:
    listings = pd.read_csv(options.folder / f"{city}.csv.gz", low_memory=False)
    listings = listings.drop_duplicates("id")
    listings["price"] = dollars(listings["price"])
    listings = listings[listings["price"].between(options.min_price, options.max_price)]
    listings = amenities(listings)
    listings["km"] = distance(listings, CENTRES[city])
    listings["entire"] = (listings["room_type"] == "Entire home/apt").astype(int)
    listings["superhost"] = (listings["host_is_superhost"] == "t").astype(int)
    listings["baths"] = listings["bathrooms_text"].str.extract(r"([\d.]+)", expand=False).astype(float)
    listings["ppp"] = listings["price"] / listings["accommodates"].clip(lower=1)  # expect: L402
    listings["beds_per_guest"] = listings["beds"] / listings["accommodates"].clip(lower=1)
    listings["title_length"] = listings["name"].fillna("").str.len()
    return listings


def matrix(listings: pd.DataFrame):
    numeric = listings.select_dtypes("number")
    ids = [c for c in numeric.columns if c == "id" or c.endswith("_id") or "scrape" in c]
    y = numeric["price"]
    x = numeric.drop(columns=ids + ["price", "latitude", "longitude"])
    return x.dropna(axis=1, how="all"), y


def make(name: str, seed: int):
    if name == "ridge":
        inner = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), Ridge(10))
    elif name == "forest":
        inner = make_pipeline(SimpleImputer(strategy="median"), RandomForestRegressor(300, n_jobs=-1, random_state=seed))
    elif name == "boosting":
        inner = make_pipeline(SimpleImputer(strategy="median"), GradientBoostingRegressor(n_estimators=400, random_state=seed))
    else:
        raise ValueError(name)
    return TransformedTargetRegressor(inner, func=np.log, inverse_func=np.exp)


def run(options: Options) -> Dict[str, Dict[str, float]]:
    results = {}
    for city in options.cities:
        listings = prepare(options, city)
        x, y = matrix(listings)
        log.info("%s: %d listings, %d columns, median price %.0f", city, *x.shape, y.median())
        x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=options.test_size, random_state=options.seed)
        for name in options.models:
            model = make(name, options.seed).fit(x_train, y_train)
            p = model.predict(x_test)
            results[f"{city}/{name}"] = {
                "mae": mean_absolute_error(y_test, p),
                "medae": median_absolute_error(y_test, p),
                "r2": r2_score(y_test, p),
            }
            log.info("%s/%s %s", city, name, results[f"{city}/{name}"])
    return results


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("cities", nargs="+", choices=sorted(CENTRES))
    parser.add_argument("--seed", type=int, default=8)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    out = run(Options(arguments.folder, arguments.cities, seed=arguments.seed))
    Path("airbnb.json").write_text(json.dumps(out, indent=2))
