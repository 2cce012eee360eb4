# expect: L301@20
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.feature_selection import RFE
from sklearn.linear_model import LinearRegression
high_score, nof = 0, 0
score_list = []
for n in range(1, 10):
    model = LinearRegression()
    rfe = RFE(model, n_features_to_select=n)
    X_train_rfe = rfe.fit_transform(X_train, y_train)
    X_test_rfe = rfe.transform(X_test)
    model.fit(X_train_rfe, y_train)
    score = model.score(X_test_rfe, y_test)
    score_list.append(score)
    if score > high_score:
        high_score = score
        nof = n
print("Optimum number of features: %d" % nof)
print("Score with %d features: %f" % (nof, high_score))
