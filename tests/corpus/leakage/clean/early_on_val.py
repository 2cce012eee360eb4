# expect: none
import lightgbm as lgb
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("a.csv")
y = df.pop("y")
X_rest, X_test, y_rest, y_test = train_test_split(df, y, test_size=0.2)
X_train, X_val, y_train, y_val = train_test_split(X_rest, y_rest, test_size=0.2)
m = lgb.LGBMClassifier(n_estimators=5000)
m.fit(X_train, y_train, eval_set=[(X_val, y_val)], callbacks=[lgb.early_stopping(50)])
print("val", roc_auc_score(y_val, m.predict_proba(X_val)[:, 1]))
print("test", roc_auc_score(y_test, m.predict_proba(X_test)[:, 1]))
