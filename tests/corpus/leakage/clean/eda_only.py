# expect: none
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("digits.csv")
y = df["digit"]
X = df.drop("digit", axis=1)
Z = PCA(2).fit_transform(StandardScaler().fit_transform(X))
plt.scatter(Z[:, 0], Z[:, 1], c=y)
plt.show()
print(X.mean(), df.corr()["digit"])
X_train, X_test, y_train, y_test = train_test_split(X, y)
rf = RandomForestClassifier().fit(X_train, y_train)
print(rf.score(X_test, y_test))
