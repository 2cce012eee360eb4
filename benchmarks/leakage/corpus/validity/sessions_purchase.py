import pandas as pd
from catboost import CatBoostClassifier
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split

SEED = 1337


def load_events(path):
    events = pd.read_csv(path)
    events["hour_sin"] = (events["hour"] - 12).abs()
    events["nth_event"] = events.groupby("session_id").cumcount()
    events["is_mobile"] = events["device"].eq("mobile").astype(int)
    return events


events = load_events("clickstream.csv")          # one row per click, 5-40 clicks in a session
label = events["session_buys"]                   # the same for all clicks of a session
X = events.drop(columns=["session_buys", "session_id", "device"])

X_tr, X_te, y_tr, y_te = train_test_split(X, label, test_size=0.2, random_state=SEED)  # expect: L601

cat = CatBoostClassifier(iterations=500, depth=8, cat_features=["page", "country"], verbose=0, random_seed=SEED)
cat.fit(X_tr, y_tr)
p = cat.predict_proba(X_te)[:, 1]
print("ROC AUC %.4f" % roc_auc_score(y_te, p))
print("PR  AUC %.4f" % average_precision_score(y_te, p))
