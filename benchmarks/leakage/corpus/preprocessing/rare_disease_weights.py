# expect: none
# Seltene Klasse: erst Gewichte, dann SMOTE in jeder Runde nur auf den Lerndaten
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold

proben = pd.read_csv("proben.csv", index_col=0)
krank = proben.pop("krank").to_numpy()
werte = np.log1p(proben.clip(lower=0)).to_numpy()

ergebnis = {"gewichte": [], "smote": []}
skf = StratifiedKFold(n_splits=5, shuffle=True, random_state=1)
for nr, (lern, test) in enumerate(skf.split(werte, krank)):
    x_lern, k_lern = werte[lern], krank[lern]

    lr = LogisticRegression(class_weight="balanced", max_iter=5000)
    lr.fit(x_lern, k_lern)
    ergebnis["gewichte"].append(average_precision_score(krank[test], lr.predict_proba(werte[test])[:, 1]))

    x_lern, k_lern = SMOTE(k_neighbors=3, random_state=nr).fit_resample(x_lern, k_lern)
    et = ExtraTreesClassifier(300, random_state=nr, n_jobs=-1)
    et.fit(x_lern, k_lern)
    ergebnis["smote"].append(average_precision_score(krank[test], et.predict_proba(werte[test])[:, 1]))

for name, liste in ergebnis.items():
    print(f"{name:10s} AP {np.mean(liste):.3f} +- {np.std(liste):.3f}")
