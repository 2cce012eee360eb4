# expect: L401@8
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

df = pd.read_csv("titanic.csv")
df = df.drop(["Name", "Ticket"], axis=1)
X = df
y = df["Survived"]
X_train, X_test, y_train, y_test = train_test_split(X, y)
tree = DecisionTreeClassifier()
tree.fit(X_train, y_train)
print(tree.score(X_test, y_test))
