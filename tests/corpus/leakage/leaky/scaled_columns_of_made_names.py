# expect: L701@15
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
A = [f"b{i}" for i in range(1, 13)] + ["b{}_ratio".format(i) for i in range(3)]
df = pd.read_csv("leaves.csv")
train, test = train_test_split(df)
s = StandardScaler()
a = s.fit_transform(train[A])
found = {}
for name, m in {"ridge": Ridge(), "stiff": Ridge(9.0)}.items():
    m.fit(a, train["y"])
    found[name] = m.predict(test[A])
for name, p in found.items():
    print(name, r2_score(test["y"], p))
