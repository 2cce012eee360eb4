# expect: none
import pandas as pd
import statsmodels.formula.api as smf
from sklearn.metrics import r2_score

df = pd.read_csv("d.csv")
train, test = df[:800], df[800:]
fit = smf.ols("y ~ a + b", data=train).fit()
print(fit.summary())
print(r2_score(test["y"], fit.predict(test)))
