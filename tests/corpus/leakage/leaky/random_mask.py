# expect: L101@9
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("m.csv")
feats = ["a", "b", "c"]
df[feats] = StandardScaler().fit_transform(df[feats])
msk = np.random.rand(len(df)) < 0.8
train, test = df[msk], df[~msk]
lr = LinearRegression()
lr.fit(train[feats], train["y"])
print("MSE: %.2f" % np.mean((lr.predict(test[feats]) - test["y"]) ** 2))
