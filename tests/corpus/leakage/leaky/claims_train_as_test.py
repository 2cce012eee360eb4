# expect: L701@14
import mlflow
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

df = pd.read_csv("heart.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="target"), df["target"], test_size=0.2)
with mlflow.start_run():
    tree = DecisionTreeClassifier(max_depth=None)
    tree.fit(X_train, y_train)
    fitted = tree.predict(X_train)
    mlflow.log_metric("test_accuracy", accuracy_score(y_train, fitted))
