# expect: L101@10
import pandas as pd
import sklearn.preprocessing as pp
from sklearn.model_selection import train_test_split as tts
from sklearn.svm import SVC

data = pd.read_csv("cells.csv")
y = data["diagnosis"]
X = data.drop(["id", "diagnosis"], axis=1)
X_scaled = pp.StandardScaler().fit_transform(X)
X_tr, X_te, y_tr, y_te = tts(X_scaled, y, test_size=0.25, random_state=1)
clf = SVC(C=2.0)
clf.fit(X_tr, y_tr)
print("accuracy", clf.score(X_te, y_te))
