# expect: L110@11
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("f.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop("y", axis=1), df["y"], random_state=0)
X_train = StandardScaler().fit_transform(X_train)
X_test = StandardScaler().fit_transform(X_test)
pca = PCA(3)
X_train = pca.fit_transform(X_train)
X_test = pca.transform(X_test)
lr = LogisticRegression().fit(X_train, y_train)
print("acc", lr.score(X_test, y_test))
