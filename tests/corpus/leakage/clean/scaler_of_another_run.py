# expect: none
import pickle

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("signals.csv")
X_train, X_test, y_train, y_test = train_test_split(df[["a", "b"]], df["y"], random_state=0)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
with open("scaler.pkl", "wb") as f:
    pickle.dump(scaler, f)
model = LogisticRegression().fit(X_train, y_train)

with open("scaler.pkl", "rb") as f:
    loaded = pickle.load(f)
print(classification_report(y_test, model.predict(loaded.transform(X_test))))
