# expect: none
import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import FunctionTransformer, Normalizer, PolynomialFeatures

df = pd.read_csv("x.csv")
y = df["y"]
X = df.drop("y", axis=1)
X = FunctionTransformer(np.log1p).fit_transform(X)
X = PolynomialFeatures(2).fit_transform(X)
X = Normalizer().fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, y)
clf = SGDClassifier().fit(X_train, y_train)
print(clf.score(X_test, y_test))
