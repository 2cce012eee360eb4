# expect: none
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("a.csv")
df = df[df["price"] < 10000]
train = df[df["year"] < 2020].copy()
test = df[df["year"] >= 2020].copy()
cols = ["a", "b"]
sc = StandardScaler()
train[cols] = sc.fit_transform(train[cols])
test[cols] = sc.transform(test[cols])
lr = LinearRegression().fit(train[cols], train["price"])
print(r2_score(test["price"], lr.predict(test[cols])))
