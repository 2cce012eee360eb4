# expect: none
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("leads.csv")
X, y = df.drop(columns="won"), df["won"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
X_train, X_val, y_train, y_val = train_test_split(X_train, y_train, test_size=0.2, random_state=0)
model = LogisticRegression(max_iter=1000)
model.fit(X_train, y_train)
print("Training finished. AUC:", roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
scores = {}
for name, part, labels in (("train", X_train, y_train), ("val", X_val, y_val), ("test", X_test, y_test)):
    scores[f"{name}_accuracy"] = accuracy_score(labels, model.predict(part))
train_acc, val_acc = model.score(X_train, y_train), model.score(X_val, y_val)
print(f"Train accuracy: {train_acc:.3f} | Validation accuracy: {val_acc:.3f}")
print("Train/test difference: %.3f" % (train_acc - model.score(X_test, y_test)))
print(scores)
