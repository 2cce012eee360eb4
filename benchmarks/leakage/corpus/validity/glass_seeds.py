import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

glass = pd.read_csv("glass.csv").drop_duplicates()
y = glass["Type"]
X = glass.drop("Type", axis=1)

best_state = None
best_accuracy = 0

# look for the most favourable random state
for state in range(200):
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=state)
    rf = RandomForestClassifier(n_estimators=50, random_state=state)
    rf.fit(X_train, y_train)
    accuracy = accuracy_score(y_test, rf.predict(X_test))  # expect: L301
    if accuracy > best_accuracy:
        best_accuracy = accuracy
        best_state = state

print("best random state:", best_state)
print("Our model classifies glass with an accuracy of %.2f%%" % (100 * best_accuracy))
