import pandas as pd


def load_train():
    return pd.read_csv("train.csv", parse_dates=["sold"])


def load_test():
    return pd.read_csv("test.csv", parse_dates=["sold"])
