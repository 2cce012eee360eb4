# expect: none
import pandas as pd
from sklearn.model_selection import train_test_split, cross_val_score
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LogisticRegression
df = pd.read_csv("a.csv")
X, y = df.drop("y", axis=1), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y)
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)
X_tr, X_val, y_tr, y_val = train_test_split(X_train, y_train)
m = LogisticRegression().fit(X_tr, y_tr)
print("val", m.score(X_val, y_val))
print("test", m.score(X_test, y_test))
