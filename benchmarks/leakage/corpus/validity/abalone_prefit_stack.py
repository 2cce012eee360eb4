import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor, StackingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

NAMES = ["sex", "length", "diameter", "height", "whole", "shucked", "viscera", "shell", "rings"]
abalone = pd.read_csv("abalone.data", names=NAMES)
abalone["sex"] = abalone["sex"].map({"I": 0, "F": 1, "M": 2})
abalone["volume"] = abalone["length"] * abalone["diameter"] * abalone["height"]

X_train, X_test, y_train, y_test = train_test_split(
    abalone.drop(columns="rings"), abalone["rings"], test_size=0.3, random_state=4
)

rf = RandomForestRegressor(n_estimators=400, n_jobs=-1, random_state=0).fit(X_train, y_train)
et = ExtraTreesRegressor(n_estimators=400, n_jobs=-1, random_state=0).fit(X_train, y_train)

# the members are fitted already, so that only the linear model is trained here
stack = StackingRegressor([("rf", rf), ("et", et)], final_estimator=LinearRegression(), cv="prefit")
stack.fit(X_train, y_train)  # expect: L306

for name, model in [("forest", rf), ("extra trees", et), ("stack", stack)]:
    print(f"{name:<12} test R2 {r2_score(y_test, model.predict(X_test)):.3f}")
