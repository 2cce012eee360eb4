# expect: none
import numpy as np
import pandas as pd
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

heart = pd.read_csv("heart.csv").drop_duplicates()
y = heart["target"].values
x = heart.drop("target", axis=1)

x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=0)

scoreList = []
for i in range(1, 25):
    knn = make_pipeline(StandardScaler(), KNeighborsClassifier(n_neighbors=i))
    scoreList.append(cross_val_score(knn, x_train, y_train, cv=10).mean())

best_k = int(np.argmax(scoreList)) + 1
print("best k by cross validation:", best_k)

knn = make_pipeline(StandardScaler(), KNeighborsClassifier(n_neighbors=best_k))
knn.fit(x_train, y_train)
print("test accuracy: {:.2f}%".format(knn.score(x_test, y_test) * 100))
