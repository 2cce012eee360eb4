# expect: L110@13
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler

df = pd.read_csv("b.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="y"), df["y"])
ct = ColumnTransformer([("s", StandardScaler(), ["a"]), ("o", OneHotEncoder(), ["b"])])
train_prepared = ct.fit_transform(X_train)
test_prepared = ct.fit_transform(X_test)
rf = RandomForestClassifier().fit(train_prepared, y_train)
print(roc_auc_score(y_test, rf.predict_proba(test_prepared)[:, 1]))
