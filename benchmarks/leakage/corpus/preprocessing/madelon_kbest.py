# Madelon: 500 columns, hardly any of them useful
import pandas as pd
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

names = [f"v{i:03d}" for i in range(500)]
madelon = pd.read_csv("madelon_train.data", sep=" ", names=names, usecols=range(500))
labels = pd.read_csv("madelon_train.labels", names=["label"])["label"]
print(madelon.shape, labels.value_counts().to_dict())

kbest = SelectKBest(score_func=f_classif, k=20)
best = kbest.fit_transform(madelon, labels)  # expect: L105
chosen = madelon.columns[kbest.get_support()]
print("chosen:", list(chosen))

b_train, b_test, l_train, l_test = train_test_split(best, labels, test_size=0.3, random_state=14)

knn = KNeighborsClassifier(n_neighbors=5)
knn.fit(b_train, l_train)
print(f"train {knn.score(b_train, l_train):.3f}, test {knn.score(b_test, l_test):.3f}")

guessed = knn.predict(b_test)
errors = (guessed != l_test).sum()
print("errors:", errors, "of", len(l_test))
