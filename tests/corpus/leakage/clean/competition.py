# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, OneHotEncoder

train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")
for col in ["city", "kind"]:
    le = LabelEncoder()
    le.fit(pd.concat([train[col], test[col]]))
    train[col] = le.transform(train[col])
    test[col] = le.transform(test[col])
features = [c for c in train.columns if c not in ["Id", "SalePrice"]]
X_train, X_val, y_train, y_val = train_test_split(train[features], train["SalePrice"])
rf = RandomForestRegressor()
rf.fit(X_train, y_train)
print(mean_squared_error(y_val, rf.predict(X_val)))
rf.fit(train[features], train["SalePrice"])
pd.DataFrame({"Id": test["Id"], "SalePrice": rf.predict(test[features])}).to_csv("sub.csv", index=False)
