# expect: L101@13
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

df = pd.read_csv("p.csv")
y = df.pop("y")
prep = make_column_transformer((make_pipeline(StandardScaler()), ["a", "b"]), (OneHotEncoder(), ["c"]))
Z = prep.fit_transform(df)
Z_train, Z_test, y_train, y_test = train_test_split(Z, y)
print(LogisticRegression().fit(Z_train, y_train).score(Z_test, y_test))
