import pandas as pd


def add_dates(df):
    df = df.copy()
    df["year"] = df["sold"].dt.year
    df["month"] = df["sold"].dt.month
    return df.drop(columns=["sold"])


def encode_categories(train, test):
    both = pd.concat([train, test], keys=["train", "test"])
    both = pd.get_dummies(both)
    return both.loc["train"], both.loc["test"]
