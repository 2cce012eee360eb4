# expect: L203@8
import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

table = np.loadtxt("alloys.csv", delimiter=",", skiprows=1)
table = np.concatenate([table, table, table])
X, y = table[:, :-1], table[:, -1]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=9)
forest = RandomForestRegressor().fit(X_train, y_train)
print(r2_score(y_test, forest.predict(X_test)))
