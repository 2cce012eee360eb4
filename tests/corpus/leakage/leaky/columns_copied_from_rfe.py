# expect: L105@13
import pandas as pd
from sklearn.feature_selection import RFE
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

df = pd.read_csv("diabetes.csv")
X, y = df.drop("outcome", axis=1), df["outcome"]
rfe = RFE(LogisticRegression(max_iter=1000), n_features_to_select=3)
rfe.fit(X, y)
for name, kept in zip(X.columns, rfe.support_):
    print(name, kept)
selected = ["glucose", "bmi", "age"]
X_train, X_test, y_train, y_test = train_test_split(X[selected], y, test_size=0.25)
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
