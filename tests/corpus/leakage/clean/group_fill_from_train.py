# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

passengers = pd.read_csv("passengers.csv")
known, unseen = train_test_split(passengers, stratify=passengers["survived"])
by_deck = known.groupby("deck")["age"].median()
known["age"] = known["age"].fillna(known["deck"].map(by_deck))
unseen["age"] = unseen["age"].fillna(unseen["deck"].map(by_deck))
forest = RandomForestClassifier(n_estimators=50).fit(known[["age", "fare"]], known["survived"])
print(f1_score(unseen["survived"], forest.predict(unseen[["age", "fare"]])))
