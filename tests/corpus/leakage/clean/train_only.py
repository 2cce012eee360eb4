# expect: none
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("heart.csv")
X = df.drop("target", axis=1)
y = df["target"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
imp = SimpleImputer().fit(X_train)
scaler = StandardScaler()
X_train = scaler.fit_transform(imp.transform(X_train))
X_test = scaler.transform(imp.transform(X_test))
knn = KNeighborsClassifier()
knn.fit(X_train, y_train)
print(accuracy_score(y_test, knn.predict(X_test)))
