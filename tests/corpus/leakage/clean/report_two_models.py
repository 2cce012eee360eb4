# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("d.csv")
X = pd.get_dummies(df.drop(columns=["y", "id"]))
y = (df["y"] == "yes").astype(int)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y)
for m in (LogisticRegression(), RandomForestClassifier()):
    m.fit(X_train, y_train)
    print(type(m).__name__, accuracy_score(y_train, m.predict(X_train)), accuracy_score(y_test, m.predict(X_test)))
