# expect: none
import joblib
import pandas as pd
from sklearn.linear_model import ElasticNet
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

data = pd.read_csv("rents.csv")
X, y = data.drop(columns="rent"), data["rent"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=2)
model = ElasticNet(alpha=0.01)
model.fit(X_train, y_train)
predicted = model.predict(X_test)

model.fit(X, y)
joblib.dump(model, "rent.joblib")
print("rmse before the last fit", mean_squared_error(y_test, predicted) ** 0.5)
