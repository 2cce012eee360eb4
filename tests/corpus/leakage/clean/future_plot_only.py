# expect: none
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score
from statsmodels.tsa.seasonal import seasonal_decompose

df = pd.read_csv("visits.csv", parse_dates=["day"], index_col="day")
seasonal_decompose(df["visits"], period=7).plot()
smooth = df["visits"].rolling(15, center=True).mean()
plt.plot(smooth)
plt.show()
df["lag1"] = df["visits"].shift(1)
df["lag7"] = df["visits"].shift(7)
df = df.dropna()
train, test = df[:"2022"], df["2023":]
rf = RandomForestRegressor().fit(train[["lag1", "lag7"]], train["visits"])
print(r2_score(test["visits"], rf.predict(test[["lag1", "lag7"]])))
