# expect: none
"""Playground competition: the board's rows are joined on only to get the same dummy columns."""
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler

train = pd.read_csv("train.csv", index_col="id")
test = pd.read_csv("test.csv", index_col="id")

le = LabelEncoder()
level = le.fit_transform(train.pop("NObeyesdad"))

both = pd.concat([train, test])
both["bmi"] = both["Weight"] / both["Height"] ** 2
both["log_weight"] = np.log(both["Weight"])
both["FAVC"] = both["FAVC"].fillna("no")
both = pd.get_dummies(both)
train, test = both.loc[train.index], both.loc[test.index]

X_fit, X_val, l_fit, l_val = train_test_split(train, level, test_size=0.2, stratify=level, random_state=1)
scaler = StandardScaler().fit(X_fit)
logit = LogisticRegression(max_iter=3000)
logit.fit(scaler.transform(X_fit), l_fit)
print("local accuracy:", logit.score(scaler.transform(X_val), l_val))

pd.DataFrame(
    {"id": test.index, "NObeyesdad": le.inverse_transform(logit.predict(scaler.transform(test)))}
).to_csv("submission.csv", index=False)
