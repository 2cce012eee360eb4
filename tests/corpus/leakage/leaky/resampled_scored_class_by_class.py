# expect: L108@8
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("cells.csv").drop_duplicates()
df = df.groupby("kind", group_keys=False).sample(n=300, replace=True, random_state=0)
X_train, X_test, y_train, y_test = train_test_split(df[["a", "b"]], df["kind"], random_state=0)
said = RandomForestClassifier().fit(X_train, y_train).predict(X_test)
recalls = [(said[y_test == kind] == kind).mean() for kind in np.unique(y_test)]
print("balanced accuracy", np.mean(recalls))
