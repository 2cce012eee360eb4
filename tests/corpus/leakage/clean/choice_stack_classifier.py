# expect: none
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("d.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="y"), df["y"], stratify=df["y"])
stack = StackingClassifier(
    estimators=[("rf", RandomForestClassifier()), ("gb", GradientBoostingClassifier())],
    final_estimator=LogisticRegression(),
    cv=5,
)
stack.fit(X_train, y_train)
for name, model in stack.named_estimators_.items():
    print(name, roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
print("stack", roc_auc_score(y_test, stack.predict_proba(X_test)[:, 1]))
