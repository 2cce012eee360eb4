# expect: none
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

df = pd.read_csv("loans.csv")
X_train, X_valid, y_train, y_valid = train_test_split(df.drop(columns="default"), df["default"], random_state=3)
sizes, seen, unseen = [100, 400, 1600], [], []
for n in sizes:
    model = LogisticRegression(max_iter=500).fit(X_train[:n], y_train[:n])
    seen.append(log_loss(y_train[:n], model.predict_proba(X_train[:n])))
    unseen.append(log_loss(y_valid, model.predict_proba(X_valid)))
plt.plot(sizes, seen, label="train")
plt.plot(sizes, unseen, label="validation")
plt.legend()
plt.savefig("curve.png")
