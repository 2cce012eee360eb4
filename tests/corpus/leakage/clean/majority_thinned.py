# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split
from sklearn.utils import resample

claims = pd.read_csv("claims.csv")
honest, fraud = claims[claims["fraud"] == 0], claims[claims["fraud"] == 1]
honest = resample(honest, replace=False, n_samples=len(fraud), random_state=0)
claims = pd.concat([honest, fraud])
X_train, X_test, y_train, y_test = train_test_split(claims.drop(columns=["fraud"]), claims["fraud"])
forest = RandomForestClassifier().fit(X_train, y_train)
print(recall_score(y_test, forest.predict(X_test)))
