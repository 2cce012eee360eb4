# expect: L105@8
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

houses = pd.read_csv("houses.csv")
strength = houses.corr(numeric_only=True)["price"].abs().sort_values(ascending=False)
best = strength[strength > 0.3].index.drop("price")
X_train, X_test, y_train, y_test = train_test_split(houses[best], houses["price"], random_state=0)
line = LinearRegression().fit(X_train, y_train)
print(r2_score(y_test, line.predict(X_test)))
