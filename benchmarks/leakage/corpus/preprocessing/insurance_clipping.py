"""Claim severity, gamma GLM. Extreme values are cut at the percentiles agreed with the actuaries."""
import pandas as pd
import statsmodels.api as sm
from sklearn.metrics import mean_gamma_deviance
from sklearn.model_selection import train_test_split

RISK = ["driver_age", "car_age", "power", "density", "bonus_malus"]


def cut_extremes(df, columns, low=0.01, high=0.99):
    df = df.copy()
    for c in columns:
        df[c] = df[c].clip(df[c].quantile(low), df[c].quantile(high))  # expect: L104
    return df


def design(df):
    x = df[RISK].astype(float)
    x["young"] = (df["driver_age"] < 25).astype(float)
    x["diesel"] = (df["fuel"] == "diesel").astype(float)
    return sm.add_constant(x)


policies = pd.read_parquet("severity.parquet")
policies = policies[policies["amount"] > 0]
policies = cut_extremes(policies, RISK)

model_part, check_part = train_test_split(policies, test_size=0.3, random_state=2020)

glm = sm.GLM(model_part["amount"], design(model_part), family=sm.families.Gamma(sm.families.links.Log()))
fitted = glm.fit()
print(fitted.summary().tables[1])

expected = fitted.predict(design(check_part))
print("mean gamma deviance", round(mean_gamma_deviance(check_part["amount"], expected), 4))
