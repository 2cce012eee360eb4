# expect: L110@12
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

train = pd.read_csv("wine_train.csv")
test = pd.read_csv("wine_test.csv")
numbers = ["acid", "sugar", "ph"]
scaler = StandardScaler()
for frame in (train, test):
    frame[numbers] = scaler.fit_transform(frame[numbers])
tree = DecisionTreeClassifier(max_depth=4).fit(train[numbers], train["good"])
print("accuracy", accuracy_score(test["good"], tree.predict(test[numbers])))
