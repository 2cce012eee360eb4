# expect: L107@11
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.preprocessing import StandardScaler

train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")
y_train, y_test = train.pop("y"), test.pop("y")
both = pd.concat([train, test])
both = StandardScaler().fit_transform(both)
X_train, X_test = both[: len(train)], both[len(train) :]
model = Ridge().fit(X_train, y_train)
print("MAE", mean_absolute_error(y_test, model.predict(X_test)))
