# expect: none
# Steel plates faults, one-vs-rest; boolean masks instead of a splitter
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report
from sklearn.preprocessing import StandardScaler

FAULTS = ["Pastry", "Z_Scratch", "K_Scatch", "Stains", "Dirtiness", "Bumps", "Other_Faults"]

plates = pd.read_csv("faults.csv")
kind = plates[FAULTS].to_numpy().argmax(axis=1)
measures = plates.drop(columns=FAULTS)
measures["area_log"] = np.log1p(measures["Pixels_Areas"])

gen = np.random.default_rng(99)
in_train = gen.random(len(plates)) < 0.7

sc = StandardScaler().fit(measures[in_train])
seen = sc.transform(measures[in_train])
unseen = sc.transform(measures[~in_train])

clf = LogisticRegression(max_iter=3000, C=2.0)
clf.fit(seen, kind[in_train])

print(f"{in_train.sum()} plates to learn from, {(~in_train).sum()} to judge")
print(classification_report(kind[~in_train], clf.predict(unseen), target_names=FAULTS))
