# expect: L301@14
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.ensemble import RandomForestRegressor
best_r2 = -np.inf
for n in (10, 100):
    model = RandomForestRegressor(n).fit(X_train, y_train)
    r2 = r2_score(y_test, model.predict(X_test))
    improved = r2 > best_r2
    if improved:
        best_r2 = r2
        import joblib
        joblib.dump(model, "best.pkl")
print("best R2", best_r2)
