# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
lr = LinearRegression().fit(X_train, y_train)
train_err = np.abs(lr.predict(X_train) - y_train)
threshold = np.quantile(train_err, 0.99)
test_err = np.abs(lr.predict(X_test) - y_test)
flag = test_err > threshold
print(flag.mean(), mean_absolute_error(y_test, lr.predict(X_test)))
