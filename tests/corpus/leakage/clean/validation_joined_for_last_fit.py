# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("claims.csv")
X, y = df.drop(columns="fraud"), df["fraud"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
X_fit, X_val, y_fit, y_val = train_test_split(X_train, y_train, test_size=0.25, random_state=0)
best_depth, best_score = None, -1.0
for depth in (4, 8, 16):
    model = RandomForestClassifier(max_depth=depth, random_state=0).fit(X_fit, y_fit)
    score = f1_score(y_val, model.predict(X_val))
    if score > best_score:
        best_depth, best_score = depth, score
final = RandomForestClassifier(max_depth=best_depth, random_state=0)
final.fit(pd.concat([X_fit, X_val]), pd.concat([y_fit, y_val]))
print("F1 on the test rows", f1_score(y_test, final.predict(X_test)))
