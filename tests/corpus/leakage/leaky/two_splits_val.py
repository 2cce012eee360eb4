# expect: L105@12
import pandas as pd
from sklearn.feature_selection import SelectFromModel
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.metrics import f1_score

df = pd.read_csv("d.csv")
X, y = df.iloc[:, :-1], df.iloc[:, -1]
sel = SelectFromModel(RandomForestClassifier(100))
sel.fit(X, y)
X = sel.transform(X)
X_temp, X_test, y_temp, y_test = train_test_split(X, y, test_size=0.2)
X_train, X_val, y_train, y_val = train_test_split(X_temp, y_temp, test_size=0.25)
lr = LogisticRegression().fit(X_train, y_train)
print("val", f1_score(y_val, lr.predict(X_val)))
print("test", f1_score(y_test, lr.predict(X_test)))
