# expect: L102@7
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

people = pd.read_csv("people.csv")
medians = people.groupby("job")["age"].median()


def guess(row):
    if pd.isnull(row["age"]):
        return medians[row["job"]]
    return row["age"]


people["age"] = people.apply(guess, axis=1)
X_train, X_test, y_train, y_test = train_test_split(people[["age", "hours"]], people["rich"])
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
