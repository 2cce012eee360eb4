# expect: L302@12
from catboost import CatBoostClassifier, Pool
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("adult.csv")
y = df.pop("income")
cat = ["workclass", "education"]
X_train, X_test, y_train, y_test = train_test_split(df, y, stratify=y)
model = CatBoostClassifier(iterations=1500, cat_features=cat, verbose=100)
model.fit(X_train, y_train, eval_set=(X_test, y_test))
print(accuracy_score(y_test, model.predict(X_test)))
