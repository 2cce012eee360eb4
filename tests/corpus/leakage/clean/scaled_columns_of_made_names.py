# expect: none
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
A = [f"b{i}" for i in range(1, 13)]
df = pd.read_csv("leaves.csv")
train, test = train_test_split(df)
s = StandardScaler()
a = s.fit_transform(train[A])
m = Ridge().fit(a, train["y"])
print(r2_score(test["y"], m.predict(s.transform(test[A]))))
