import pandas as pd
from sklearn.ensemble import AdaBoostRegressor, BaggingRegressor, RandomForestRegressor
from sklearn.linear_model import Lasso, LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

concrete = pd.read_excel("Concrete_Data.xls")
concrete.columns = ["cement", "slag", "ash", "water", "plast", "coarse", "fine", "age", "strength"]
concrete = concrete.drop_duplicates()
concrete["w_c"] = concrete["water"] / concrete["cement"]

train_X, test_X, train_y, test_y = train_test_split(
    concrete.drop("strength", axis=1), concrete["strength"], random_state=12
)

candidates = {
    "ols": LinearRegression(),
    "lasso": Lasso(alpha=0.01),
    "bagging": BaggingRegressor(n_estimators=100),
    "forest": RandomForestRegressor(n_estimators=300),
    "ada": AdaBoostRegressor(n_estimators=200),
}

scores = {}
for name, reg in candidates.items():
    reg.fit(train_X, train_y)
    scores[name] = r2_score(test_y, reg.predict(test_X))  # expect: L301

best_name = max(scores, key=scores.get)
best_model = candidates[best_name]
print("we choose", best_name)
print("R2 of the chosen model on unseen mixes: %.3f" % r2_score(test_y, best_model.predict(test_X)))
