# expect: L301@24
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

wines = pd.read_csv("wines.csv")
grade = wines["grade"]
rest = wines.drop(columns="grade")
valid = grade.notna()
rest = rest.loc[valid].copy()
grade = grade.loc[valid].copy()
some, others, some_grades, other_grades = train_test_split(rest, grade, test_size=0.2, random_state=2)


def accuracy(k):
    model = KNeighborsClassifier(n_neighbors=k).fit(some, some_grades)
    return accuracy_score(other_grades, model.predict(others))


tried = []
for k in (1, 3, 5, 9):
    tried.append((accuracy(k), k))
k = max(tried)[1]
print("neighbours:", k, "accuracy:", accuracy(k))
