"""Bike rentals: every step is a function, main() strings them together."""
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

DATA = "bikes.csv"
TARGET = "count"
RANDOM_STATE = 17


def load_data(path):
    return pd.read_csv(path, parse_dates=["datetime"])


def clean(df):
    df = df.dropna()
    df = df[df["windspeed"] < 50]
    return df.drop_duplicates()


def build_features(df):
    df = df.copy()
    df["hour"] = df["datetime"].dt.hour
    df["weekday"] = df["datetime"].dt.weekday
    df["is_rush"] = df["hour"].isin([7, 8, 17, 18]).astype(int)
    df["temp_sq"] = df["temp"] ** 2
    return df.drop(columns=["datetime", "casual", "registered"])


def split(df):
    X = df.drop(columns=[TARGET])
    y = df[TARGET]
    return train_test_split(X, y, test_size=0.2, random_state=RANDOM_STATE)


def build_model():
    return RandomForestRegressor(
        n_estimators=300,
        min_samples_leaf=3,
        n_jobs=-1,
        random_state=RANDOM_STATE,
    )


def train(model, X, y):
    model.fit(X, np.log1p(y))
    return model


def evaluate(model, X, y):
    pred = np.expm1(model.predict(X))
    return mean_absolute_error(y, pred)


def main():
    df = load_data(DATA)
    df = clean(df)
    df = build_features(df)
    X_train, X_test, y_train, y_test = split(df)
    model = build_model()
    model = train(model, X_train, y_train)
    mae = evaluate(model, X_test, y_test)
    print(f"MAE on the test set: {mae:.2f}")


if __name__ == "__main__":
    main()
