import pandas as pd
from sklearn.linear_model import LogisticRegression

df = pd.read_csv("data.csv")
X = df.drop(columns=["y"]
y = df["y"]
model = LogisticRegression()
model.fit(X, y)
print("accuracy", model.score(X, y))
