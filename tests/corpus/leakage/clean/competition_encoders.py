# expect: none
import pandas as pd
from sklearn.preprocessing import StandardScaler, LabelEncoder
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.linear_model import LogisticRegression
train = pd.read_csv("train.csv"); test = pd.read_csv("test.csv")
full = pd.concat([train.drop(columns="Survived"), test])
full["Sex"] = LabelEncoder().fit_transform(full["Sex"])
full["Age"] = full["Age"].fillna(-1)
X, X_sub = full.iloc[:len(train)], full.iloc[len(train):]
y = train["Survived"]
pipe = make_pipeline(StandardScaler(), LogisticRegression())
print(cross_val_score(pipe, X, y).mean())
pipe.fit(X, y)
pd.Series(pipe.predict(X_sub)).to_csv("s.csv")
