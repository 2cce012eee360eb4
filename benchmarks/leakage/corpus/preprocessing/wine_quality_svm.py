# Vinho verde: predict whether a bottle gets a good grade (>= 7)
import numpy as np
import pandas as pd
from sklearn.metrics import balanced_accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

wine = pd.read_csv("data/winequality-red.csv", sep=";")
wine.columns = [c.strip().lower().replace(" ", "_") for c in wine.columns]
wine = wine.drop_duplicates()

wine["good"] = (wine["quality"] >= 7).astype(int)
wine["acid_ratio"] = wine["fixed_acidity"] / (wine["volatile_acidity"] + 1e-6)
wine["sulfur_bound"] = wine["total_sulfur_dioxide"] - wine["free_sulfur_dioxide"]

y = wine["good"].to_numpy()
X = wine.drop(columns=["good", "quality"])

scaler = StandardScaler()
X_scaled = scaler.fit_transform(X)  # expect: L101

X_train, X_test, y_train, y_test = train_test_split(
    X_scaled, y, test_size=0.25, stratify=y, random_state=7
)

clf = SVC(C=3.0, gamma="scale", class_weight="balanced")
clf.fit(X_train, y_train)

pred = clf.predict(X_test)
print("support vectors per class:", clf.n_support_)
print(f"balanced accuracy {balanced_accuracy_score(y_test, pred):.3f}")
print(f"F1 (good wines)   {f1_score(y_test, pred):.3f}")
print("share predicted good:", np.mean(pred).round(3))
