"""Does a behavioural segment help to predict who answers the spring campaign?"""
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score
from sklearn.model_selection import train_test_split

NUMERIC = ["income", "spend_12m", "visits", "basket_size", "recency_days"]


def add_segments(frame: pd.DataFrame, n_segments: int) -> pd.DataFrame:
    frame = frame.copy()
    km = KMeans(n_clusters=n_segments, n_init=10, random_state=1)
    frame["segment"] = km.fit_predict(frame[NUMERIC])  # expect: L101
    return frame


def load(path: str) -> pd.DataFrame:
    frame = pd.read_csv(path, sep=";", decimal=",")
    frame = frame[frame["consent"] == 1]
    frame[NUMERIC] = frame[NUMERIC].fillna(0)
    return frame


def main() -> None:
    customers = load("customers.csv")
    customers = add_segments(customers, n_segments=6)
    features = customers[NUMERIC + ["segment", "age"]]
    answered = customers["answered"]
    f_tr, f_te, a_tr, a_te = train_test_split(features, answered, test_size=0.3, random_state=42)
    forest = RandomForestClassifier(n_estimators=400, min_samples_leaf=5, n_jobs=-1, random_state=0)
    forest.fit(f_tr, a_tr)
    ap = average_precision_score(a_te, forest.predict_proba(f_te)[:, 1])
    print(f"average precision {ap:.3f} (base rate {a_te.mean():.3f})")


main()
