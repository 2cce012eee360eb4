# expect: L101@11
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import RobustScaler

df = pd.read_csv("churn.csv")
num_cols = ["tenure", "charges", "total"]
scaler = RobustScaler()
df[num_cols] = scaler.fit_transform(df[num_cols])
df = pd.get_dummies(df, columns=["contract"])
X = df.drop("churn", axis=1)
y = df["churn"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
lr = LogisticRegression(max_iter=500).fit(X_train, y_train)
print(roc_auc_score(y_test, lr.predict_proba(X_test)[:, 1]))
