# expect: L401@11
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder

df = pd.read_csv("iris.csv")
df["label"] = LabelEncoder().fit_transform(df["species"])
y = df["label"]
X = df.drop(columns=["label"])
X = pd.get_dummies(X)
X_train, X_test, y_train, y_test = train_test_split(X, y)
m = LogisticRegression()
m.fit(X_train, y_train)
print(accuracy_score(y_test, m.predict(X_test)))
