# expect: none
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("d.csv")
X = df.drop("y", axis=1)
sc = StandardScaler()
clf = LogisticRegression().fit(sc.fit_transform(X), df["y"])
joblib.dump((sc, clf), "model.joblib")
