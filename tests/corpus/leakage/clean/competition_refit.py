# expect: none
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_absolute_error

df = pd.read_csv("train.csv")
sub = pd.read_csv("test.csv")
cols = ["a", "b", "c"]
tr, va, ytr, yva = train_test_split(df[cols], df["y"], random_state=0)
sc = StandardScaler()
model = Ridge()
model.fit(sc.fit_transform(tr), ytr)
print(mean_absolute_error(yva, model.predict(sc.transform(va))))
# deployment: all rows after the last score
final_sc = StandardScaler()
final = Ridge().fit(final_sc.fit_transform(df[cols]), df["y"])
sub["y"] = final.predict(final_sc.transform(sub[cols]))
sub.to_csv("out.csv")
