# expect: none
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor, StackingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

NAMES = ["sex", "length", "diameter", "height", "whole", "shucked", "viscera", "shell", "rings"]
abalone = pd.read_csv("abalone.data", names=NAMES)
abalone["sex"] = abalone["sex"].map({"I": 0, "F": 1, "M": 2})

X_work, X_test, y_work, y_test = train_test_split(
    abalone.drop(columns="rings"), abalone["rings"], test_size=0.3, random_state=4
)
X_base, X_meta, y_base, y_meta = train_test_split(X_work, y_work, test_size=0.3, random_state=5)

rf = RandomForestRegressor(n_estimators=400, n_jobs=-1, random_state=0).fit(X_base, y_base)
et = ExtraTreesRegressor(n_estimators=400, n_jobs=-1, random_state=0).fit(X_base, y_base)

stack = StackingRegressor([("rf", rf), ("et", et)], final_estimator=LinearRegression(), cv="prefit")
stack.fit(X_meta, y_meta)

for name, model in [("forest", rf), ("extra trees", et), ("stack", stack)]:
    print(f"{name:<12} test R2 {r2_score(y_test, model.predict(X_test)):.3f}")
