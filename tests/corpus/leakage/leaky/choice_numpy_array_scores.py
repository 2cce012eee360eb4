# expect: L301@14
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import Lasso
alphas = np.logspace(-4, 0, 20)
errs = np.zeros(len(alphas))
for i, a in enumerate(alphas):
    errs[i] = mean_squared_error(y_test, Lasso(alpha=a).fit(X_train, y_train).predict(X_test))
best_alpha = alphas[np.argmin(errs)]
print("best alpha", best_alpha, "MSE", errs.min())
