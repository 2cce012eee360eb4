# expect: none
# Sonar: mines or rocks
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, Normalizer, PolynomialFeatures

sonar = pd.read_csv("sonar.all-data", header=None)
echo = sonar.iloc[:, :60]
mine = (sonar[60] == "M").astype(int)

X_train, X_test, y_train, y_test = train_test_split(echo, mine, test_size=0.3, stratify=mine, random_state=40)

# every echo to length one: nothing is learned, so both parts may be "fitted"
X_train = Normalizer().fit_transform(X_train)
X_test = Normalizer().fit_transform(X_test)

bands_train = X_train.reshape(len(X_train), 12, 5).mean(axis=2)
bands_test = X_test.reshape(len(X_test), 12, 5).mean(axis=2)

poly = PolynomialFeatures(degree=2, interaction_only=True, include_bias=False)
bands_train = poly.fit_transform(bands_train)
bands_test = poly.fit_transform(bands_test)

sc = MinMaxScaler()
bands_train = sc.fit_transform(bands_train)
# bands_test = sc.fit_transform(bands_test)
bands_test = sc.transform(bands_test)

logit = LogisticRegression(C=10, max_iter=2000).fit(bands_train, y_train)
print("accuracy", np.round(logit.score(bands_test, y_test), 3))
