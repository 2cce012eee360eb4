# expect: none
"""Out-of-bag estimate next to a small held-out part; feature ranking by permutation."""
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.inspection import permutation_importance
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

beans = pd.read_excel("Dry_Bean_Dataset.xlsx").drop_duplicates()
kind = beans.pop("Class")

b_train, b_test, k_train, k_test = train_test_split(beans, kind, test_size=0.2, stratify=kind, random_state=30)

forest = RandomForestClassifier(n_estimators=500, oob_score=True, n_jobs=-1, random_state=30)
forest.fit(b_train, k_train)

print("training accuracy %.4f (of course)" % forest.score(b_train, k_train))
print("out-of-bag        %.4f" % forest.oob_score_)
print("test accuracy     %.4f" % accuracy_score(k_test, forest.predict(b_test)))

# for the discussion section only
ranking = permutation_importance(forest, b_test, k_test, n_repeats=10, random_state=0)
for i in ranking.importances_mean.argsort()[::-1][:5]:
    print(beans.columns[i], round(ranking.importances_mean[i], 4))
