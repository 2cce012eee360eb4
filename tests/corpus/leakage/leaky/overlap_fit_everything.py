# expect: L202@18
# %%
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

# %%
df = pd.read_csv("fraud.csv")
X = df.drop("is_fraud", axis=1)
y = df.is_fraud

# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1, stratify=y)

# %%
clf = ExtraTreesClassifier(n_estimators=300, class_weight="balanced")
clf.fit(X, y)

# %%
y_pred = clf.predict(X_test)
print("F1:", f1_score(y_test, y_pred))
