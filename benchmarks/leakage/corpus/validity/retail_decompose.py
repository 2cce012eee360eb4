import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_absolute_percentage_error
from statsmodels.tsa.seasonal import STL


def load_weekly(path):
    raw = pd.read_csv(path, parse_dates=["week"]).set_index("week").sort_index()
    return raw["revenue"].asfreq("W-SUN")


def build(revenue):
    parts = STL(revenue, period=52, robust=True).fit()  # expect: L502
    table = pd.DataFrame({
        "revenue": revenue,
        "trend": parts.trend,
        "seasonal": parts.seasonal,
        "lag1": revenue.shift(1),
        "lag52": revenue.shift(52),
    })
    return table.dropna()


def main():
    table = build(load_weekly("retail_weekly.csv"))
    n_test = 26
    past, future = table.iloc[:-n_test], table.iloc[-n_test:]
    cols = ["trend", "seasonal", "lag1", "lag52"]
    gbr = GradientBoostingRegressor(n_estimators=200, max_depth=3, random_state=0)
    gbr.fit(past[cols], past["revenue"])
    error = mean_absolute_percentage_error(future["revenue"], gbr.predict(future[cols]))
    print(f"MAPE over {n_test} weeks: {100 * error:.2f}%")


if __name__ == "__main__":
    main()
