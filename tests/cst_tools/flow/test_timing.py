"""What the engine knows about time order, looking ahead, grouping and the sources of columns."""

from __future__ import annotations

import ast

import pytest

from cst_tools.flow import Flow, derivation, follow, lineage
from cst_tools.flow.grouping import Grouped, names_group, names_person
from cst_tools.flow.parting import How, Parting
from cst_tools.flow.timing import is_time_name
from cst_tools.flow.values import Learns

HEAD = """\
import numpy as np, pandas as pd, polars as pl
from sklearn.model_selection import *
from sklearn.model_selection import train_test_split, KFold, cross_val_score, TimeSeriesSplit, GroupKFold
from sklearn.linear_model import Ridge
df = pd.read_csv("a.csv")
"""
FIT = "Ridge().fit(X, y)\n"


def flow_of(body: str) -> Flow:
    flow = follow(ast.parse(HEAD + body))
    assert flow.failures == ()
    return flow


AHEAD = {
    "df['f'] = df['a'].shift(-1)": "shift(-1)",
    "df['f'] = df['a'].shift(periods=-3)": "shift(-3)",
    "k = 4\ndf['f'] = df['a'].shift(-k)": "shift(-4)",
    "df['f'] = df['a'].shift(-unknown)": "shift(-k)",
    "df['f'] = df['a'].pct_change(-2)": "pct_change(-2)",
    "df['f'] = df['a'].rolling(5, center=True).mean()": "rolling(center=True)",
    "df['f'] = df.groupby('s')['a'].transform(lambda s: s.shift(-1))": "shift(-1)",
    "df = df.assign(f=lambda d: d.a.shift(-1))": "shift(-1)",
    "df = df[::-1]\ndf['f'] = df['a'].shift(1)": "shift(-1)",
    "df['f'] = np.roll(df['a'], -1)": "roll",
    "df['g'] = df['a'].shift(-1)\ndf['f'] = df['g'] * 2": "shift(-1)",
    "for c in ['f']:\n    df[f'{c}'] = df['a'].shift(-1)": "shift(-1)",
}


@pytest.mark.parametrize("body", AHEAD)
def test_what_looks_ahead_is_known_for_its_column_only(body: str) -> None:
    (with_it,) = flow_of(body + "\nX, y = df[['b', 'f']], df['y']\n" + FIT).trainings
    assert {n.what for n in lineage.about(with_it.features, Learns.FUTURE)} == {AHEAD[body]}
    (without,) = flow_of(body + "\nX, y = df[['b']], df['f']\n" + FIT).trainings
    assert lineage.about(without.features, Learns.FUTURE) == []
    (dropped,) = flow_of(body + "\nX, y = df.drop(columns=['f', 'g', 'y']), df['y']\n" + FIT).trainings
    assert lineage.about(dropped.features, Learns.FUTURE) == []


@pytest.mark.parametrize(
    "body",
    [
        "df['f'] = df['a'].shift(1)",
        "df['f'] = df['a'].rolling(5).mean()",
        "df['f'] = df['a'].rolling(5, center=True).mean().shift(5)",
        "df = df.sort_values('date', ascending=False)\ndf['f'] = df['a'].shift(-1)",
        "df['f'] = df['a'].shift(-1)\ndf['f'] = df['a']",
        "df['f'] = df['a'].ffill()",
    ],
)
def test_what_looks_back_does_not_look_ahead(body: str) -> None:
    (training,) = flow_of(body + "\nX, y = df[['b', 'f']], df['y']\n" + FIT).trainings
    assert lineage.about(training.features, Learns.FUTURE) == []


ORDERED = {
    "df['f'] = df['a'].shift(1)": True,
    "df = df.sort_values('date')": True,
    "df = df.sort_values('price')": False,
    "df['when'] = pd.to_datetime(df['when'])": False,
    "df['moment'] = pd.to_datetime(df['moment'])\ndf = df.sort_values(['shop', 'moment'])": True,
    "df = pd.read_csv('a.csv', parse_dates=['d'], index_col='d')": True,
    "df = pd.read_csv('a.csv', parse_dates=['d'])": False,
    "df.index = pd.date_range('2020', periods=len(df))": True,
    "df = df.resample('D').mean()": True,
    "df = df.sort_values('date').groupby('id').first()": False,
    "df = df.sort_values('date').drop_duplicates('id')": False,
}


@pytest.mark.parametrize(("body", "ordered"), ORDERED.items())
def test_what_puts_rows_in_time_order(body: str, ordered: bool) -> None:
    (parting,) = flow_of(body + "\na, b = train_test_split(df)\n").of(Parting)
    assert lineage.any_of(parting.learned, Learns.ORDERED) is ordered


PARTED = {
    "train_test_split(df)": How.RANDOM,
    "train_test_split(df, shuffle=False)": How.ORDERED,
    "train_test_split(df, shuffle=option)": How.UNKNOWN,
    "train_test_split(df.sample(frac=1), shuffle=False)": How.RANDOM,
    "list(KFold(5).split(df))": How.FOLDS,
    "list(KFold(5, shuffle=True).split(df))": How.RANDOM,
    "list(TimeSeriesSplit(5).split(df))": How.ORDERED,
    "list(GroupKFold(5).split(df, groups=df['g']))": How.GROUPED,
    "cross_val_score(Ridge(), df, df['y'])": How.FOLDS,
    "cross_val_score(Ridge(), df, df['y'], cv=GroupKFold(3))": How.GROUPED,
    "cross_val_score(Ridge(), df, df['y'], cv=something)": How.UNKNOWN,
    "df[np.random.rand(len(df)) < 0.5]": How.RANDOM,
    "df.iloc[np.random.permutation(len(df))[:9]]": How.RANDOM,
    "df.sample(frac=0.5)": How.RANDOM,
}


@pytest.mark.parametrize(("expression", "how"), PARTED.items())
def test_how_rows_are_parted(expression: str, how: How) -> None:
    assert [p.how for p in flow_of(f"parts = {expression}\n").of(Parting)] == [how]


def test_a_gap_is_known() -> None:
    parts = "list(TimeSeriesSplit(5, gap=3).split(df))\nlist(TimeSeriesSplit(5, gap=g).split(df))\n"
    assert [p.gap for p in flow_of(parts).of(Parting)] == [3, None]


MADE = {
    "df['f'] = df['y'] / df['a']": {"f": "y"},
    "df['f'] = np.log(df['y'])": {"f": "y"},
    "df['f'] = np.where(df['y'] > 3, 1, 0)": {"f": "y"},
    "df['f'] = df['y'] > 3": {"f": "y"},
    "df['f'] = df['y'].apply(lambda v: v > 3)": {"f": "y"},
    "df['f'] = df.apply(lambda r: r['y'] - r.a, axis=1)": {"f": "y"},
    "df = df.assign(f=df.y + 1)": {"f": "y"},
    "df = df.eval('f = y * 2')": {"f": "y"},
    "df['g'] = df['y'] * 2\ndf['f'] = df['g'] + df['a']": {"f": "g", "g": "y"},
    "df['f'] = df['y'].shift(1)": {},
    "df['f'] = df['a'] / df['b']": {},
    "df['f'] = df['y'] * 2\ndf['f'] = df['a']": {},
    "df['f'] = df['y'].map({1: 2})": {},
    "df['f'] = df['y'].rolling(3).mean()": {"f": "y"},
}


@pytest.mark.parametrize(("body", "made"), MADE.items())
def test_what_a_column_was_computed_from(body: str, made: dict[str, str]) -> None:
    (training,) = flow_of(body + "\nX, y = df, df['y']\n" + FIT).trainings
    columns = training.features.columns
    assert columns is not None
    found = derivation.computed_from(columns, frozenset({"y"}))
    assert {name: source for name, (source, _, _) in found.items()} == made


GROUPED = {
    "df['n'] = df.groupby('patient_id').cumcount()": ["patient_id"],
    "df['n'] = df.groupby('colour').cumcount()": [],
    "n = df.groupby('patient_id').agg('mean')": [],
    "groups = df['subject']": ["subject"],
    "df['subject'] = df['path'].str.split('/').str[0]": ["subject"],
    "df['subject'] = df['other']": [],
    "n = df['user_id'].nunique()": ["user_id"],
    "df = df.drop_duplicates('user_id')\nn = df['user_id'].nunique()": [],
    "for u, rows in df.groupby('user'):\n    lag = rows['a'].shift(1)": ["user"],
    "for i in range(9):\n    w = df[df['session'] == s].values[i:i + 5]": ["session"],
    "records = df\nd = records.merge(df, on='patient_id')": ["patient_id"],
    "d = df.merge(df, on='patient_id')": [],
}


@pytest.mark.parametrize(("body", "columns"), GROUPED.items())
def test_signs_of_several_rows_for_one_id(body: str, columns: list[str]) -> None:
    assert sorted({g.column for g in flow_of(body + "\n").of(Grouped)}) == columns


@pytest.mark.parametrize(
    ("name", "group", "person"),
    [
        ("patient_id", True, True),
        ("PatientID", True, True),
        ("users", True, True),
        ("store", True, False),
        ("sensor_no", True, False),
        ("id", False, False),
        ("customer_age", False, False),
        ("y", False, False),
    ],
)
def test_names_of_groups(name: str, group: bool, person: bool) -> None:
    assert names_group(name) is group
    assert names_person(name) is person


def test_names_of_moments() -> None:
    assert all(is_time_name(n) for n in ("date", "OrderDate", "ts", "created_time", "year"))
    assert not any(is_time_name(n) for n in ("price", "update", "validated", "age"))
