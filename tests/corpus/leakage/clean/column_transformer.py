# expect: none
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

df = pd.read_csv("a.csv")
pre = ColumnTransformer([("n", StandardScaler(), ["age", "fare"]), ("c", OneHotEncoder(), ["sex"])])
pipe = Pipeline([("pre", pre), ("rf", RandomForestClassifier())])
train, test = train_test_split(df, test_size=0.2)
pipe.fit(train, train["survived"])
print(pipe.score(test, test["survived"]))
