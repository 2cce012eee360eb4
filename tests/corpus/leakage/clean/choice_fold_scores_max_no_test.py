# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
s = cross_val_score(LogisticRegression(), X, y)
print(s.mean(), s.std(), s.min(), s.max())
