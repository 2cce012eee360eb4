"""Backward elimination by p-values, then the usual check on a hold-out."""
import pandas as pd
import statsmodels.api as sm
from sklearn.metrics import mean_absolute_percentage_error
from sklearn.model_selection import train_test_split


def backward(pay, design, alpha=0.05):
    columns = list(design.columns)
    while columns:
        p = sm.OLS(pay, sm.add_constant(design[columns])).fit().pvalues.drop("const")  # expect: L105
        if p.max() <= alpha:
            break
        columns.remove(p.idxmax())
    return columns


def load(path):
    staff = pd.read_csv(path).drop_duplicates()
    staff["remote"] = staff["remote"].eq("yes").astype(int)
    staff["phd"] = staff["degree"].eq("PhD").astype(int)
    staff["senior_years"] = (staff["years"] - 10).clip(lower=0)
    design = pd.get_dummies(staff.drop(columns=["salary", "degree"]), drop_first=True, dtype=float)
    return design.astype(float), staff["salary"]


design, pay = load("salaries.csv")
columns = backward(pay, design)
print(len(columns), "of", design.shape[1], "variables stay:", columns)

d_in, d_out, p_in, p_out = train_test_split(design[columns], pay, test_size=0.3, random_state=45)
ols = sm.OLS(p_in, sm.add_constant(d_in)).fit()
print(f"R2 in sample {ols.rsquared:.3f}")
guess = ols.predict(sm.add_constant(d_out, has_constant="add"))
print(f"MAPE out of sample {mean_absolute_percentage_error(p_out, guess):.2%}")
