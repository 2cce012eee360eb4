# expect: L201@17
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

train_df = pd.read_csv("../input/titanic/train.csv")
test_df = pd.read_csv("../input/titanic/test.csv")
for dataset in (train_df, test_df):
    dataset["Sex"] = dataset["Sex"].map({"female": 1, "male": 0}).astype(int)

X_train = train_df[["Pclass", "Sex", "SibSp"]]
Y_train = train_df["Survived"]
X_test = test_df[["Pclass", "Sex", "SibSp"]]

random_forest = RandomForestClassifier(n_estimators=100)
random_forest.fit(X_train, Y_train)
Y_pred = random_forest.predict(X_test)
acc_random_forest = round(random_forest.score(X_train, Y_train) * 100, 2)
print(acc_random_forest)

submission = pd.DataFrame({"PassengerId": test_df["PassengerId"], "Survived": Y_pred})
submission.to_csv("submission.csv", index=False)
