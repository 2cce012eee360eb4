# expect: L601@12
import pandas as pd
from catboost import CatBoostClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score

sessions = pd.read_csv("sessions.csv")
users = pd.read_csv("users.csv")
df = sessions.merge(users, on="user_id", how="left", validate="many_to_one")
df["n_sessions"] = df.groupby("user_id")["session_id"].transform("count")
X = df[["duration", "pages", "n_sessions", "age"]]
y = df["converted"]
cv = StratifiedKFold(n_splits=5, shuffle=True, random_state=0)
model = CatBoostClassifier(verbose=0)
scores = cross_val_score(model, X, y, cv=cv, scoring="roc_auc")
print(scores.mean(), scores.std())
