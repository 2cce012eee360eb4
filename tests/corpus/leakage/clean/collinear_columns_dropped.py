# expect: none
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split

cars = pd.read_csv("cars.csv")
y = cars.pop("price")
together = cars.corr().abs()
upper = together.where(np.triu(np.ones(together.shape), k=1).astype(bool))
cars = cars.drop(columns=[c for c in upper.columns if (upper[c] > 0.97).any()])
cars = cars.loc[:, cars.nunique() > 1]
X_train, X_test, y_train, y_test = train_test_split(cars, y)
forest = RandomForestRegressor().fit(X_train, y_train)
print(forest.score(X_test, y_test))
forest.feature_importances_.sort()
