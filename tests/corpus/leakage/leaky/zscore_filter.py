# expect: L104@7
import pandas as pd, numpy as np
from scipy import stats
from sklearn.model_selection import train_test_split
from sklearn.linear_model import LinearRegression
df = pd.read_csv("a.csv")
df = df[(np.abs(stats.zscore(df)) < 3).all(axis=1)]
X = df.drop("y", axis=1); y = df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y)
print(LinearRegression().fit(X_train, y_train).score(X_test, y_test))
