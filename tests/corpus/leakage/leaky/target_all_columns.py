# expect: L401@7
import pandas as pd
from sklearn.tree import DecisionTreeClassifier
from sklearn.model_selection import train_test_split
data = pd.read_csv("a.csv")
features = data.columns.tolist()
X = data[features]
Y = data["Outcome"]
X_train, X_test, Y_train, Y_test = train_test_split(X, Y)
print(DecisionTreeClassifier().fit(X_train, Y_train).score(X_test, Y_test))
