# expect: L401@7
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import cross_val_score

TARGET = "price"
FEATURES = ["rooms", "area", "price", "year"]
houses = pd.read_csv("houses.csv")
print(cross_val_score(RandomForestRegressor(), houses[FEATURES], houses[TARGET], scoring="r2").mean())
