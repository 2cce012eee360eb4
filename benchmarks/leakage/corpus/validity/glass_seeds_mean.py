# expect: none
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

glass = pd.read_csv("glass.csv").drop_duplicates()
y = glass["Type"]
X = glass.drop("Type", axis=1)

# how much does the number depend on the draw?
results = []
for state in range(200):
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=state)
    rf = RandomForestClassifier(n_estimators=50, random_state=state)
    rf.fit(X_train, y_train)
    results.append(accuracy_score(y_test, rf.predict(X_test)))

results = np.array(results)
print("accuracy %.3f +- %.3f" % (results.mean(), results.std()))
print("from %.3f to %.3f" % (results.min(), results.max()))
print("5%% quantile: %.3f" % np.quantile(results, 0.05))
print("share of draws above 0.8: %.2f" % np.mean(results > 0.8))
print("class counts", y.value_counts().to_dict())
