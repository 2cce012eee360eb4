# expect: none
import pandas as pd
from catboost import CatBoostClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("d.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop("y", axis=1), df["y"])
m = CatBoostClassifier(iterations=300, use_best_model=False)
m.fit(X_train, y_train, eval_set=(X_test, y_test))
print(accuracy_score(y_test, m.predict(X_test)))
