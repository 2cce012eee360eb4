# expect: none
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_percentage_error
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.seasonal import STL


def load_weekly(path):
    raw = pd.read_csv(path, parse_dates=["week"]).set_index("week").sort_index()
    return raw["revenue"].asfreq("W-SUN")


def main():
    revenue = load_weekly("retail_weekly.csv")
    n_test = 26
    past, future = revenue.iloc[:-n_test], revenue.iloc[-n_test:]

    # only the past is taken apart, the last year of the season is carried forward
    parts = STL(past, period=52, robust=True).fit()
    season = parts.seasonal.iloc[-52:].to_numpy()[:n_test]
    level = ExponentialSmoothing(past - parts.seasonal, trend="add", damped_trend=True).fit()
    forecast = level.forecast(n_test).to_numpy() + season

    error = mean_absolute_percentage_error(future, forecast)
    naive = mean_absolute_percentage_error(future, past.iloc[-52:-52 + n_test])
    print(f"MAPE over {n_test} weeks: {100 * error:.2f}%")
    print(f"last year's values:      {100 * naive:.2f}%")


if __name__ == "__main__":
    main()
