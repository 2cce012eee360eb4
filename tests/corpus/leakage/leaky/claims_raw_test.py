# expect: L701@17
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

frame = pd.read_csv("wdbc.csv")
X, y = frame.drop(columns=["diagnosis"]).to_numpy(), frame["diagnosis"].to_numpy()
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=4)

scaler = StandardScaler()
X_train_scaled = scaler.fit_transform(X_train)

svm = SVC(kernel="rbf")
svm.fit(X_train_scaled, y_train)
print("Test accuracy:", svm.score(X_test, y_test))
