# expect: none
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold

train = np.loadtxt("mitbih_train.csv", delimiter=",", dtype=np.float32)
test = np.loadtxt("mitbih_test.csv", delimiter=",", dtype=np.float32)
Xa, ya = train[:, :-1], train[:, -1].astype(int)
Xb, yb = test[:, :-1], test[:, -1].astype(int)

makers = {
    "rf": lambda: RandomForestClassifier(200, n_jobs=-1),
    "et": lambda: ExtraTreesClassifier(200, n_jobs=-1),
}
cv = StratifiedKFold(5, shuffle=True, random_state=0)
level_a = np.zeros((len(ya), 5 * len(makers)))
level_b = np.zeros((len(yb), 5 * len(makers)))

for j, (name, make) in enumerate(makers.items()):
    block = slice(5 * j, 5 * j + 5)
    for fit_idx, out_idx in cv.split(Xa, ya):
        model = make().fit(Xa[fit_idx], ya[fit_idx])
        level_a[out_idx, block] = model.predict_proba(Xa[out_idx])
        level_b[:, block] += model.predict_proba(Xb) / cv.get_n_splits()
    print(name, "done")

final = LogisticRegression(max_iter=2000).fit(level_a, ya)
print("balanced accuracy", balanced_accuracy_score(yb, final.predict(level_b)))
