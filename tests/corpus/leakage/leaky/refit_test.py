# expect: L110@12
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

wine = pd.read_csv("wine.csv")
X, y = wine.iloc[:, 1:], wine.iloc[:, 0]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3)
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.fit_transform(X_test)
net = MLPClassifier((50,), max_iter=800)
net.fit(X_train, y_train)
print("score:", net.score(X_test, y_test))
