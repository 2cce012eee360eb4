# expect: L401@7
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("d.csv").dropna()
X_train, X_test, y_train, y_test = train_test_split(df, df["label"], test_size=0.2)
rf = RandomForestClassifier()
rf.fit(X_train, y_train)
print(rf.score(X_test, y_test))
