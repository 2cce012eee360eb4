import matplotlib.pyplot as plt
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

heart = pd.read_csv("heart.csv").drop_duplicates()
y = heart["target"].values
x = heart.drop("target", axis=1)

x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=0)
sc = StandardScaler()
x_train = sc.fit_transform(x_train)
x_test = sc.transform(x_test)

scoreList = []
for i in range(1, 25):
    knn2 = KNeighborsClassifier(n_neighbors=i)
    knn2.fit(x_train, y_train)
    scoreList.append(knn2.score(x_test, y_test))  # expect: L301

plt.plot(range(1, 25), scoreList)
plt.xlabel("K value")
plt.ylabel("Score")
plt.savefig("knn.png")

acc = max(scoreList) * 100
best_k = scoreList.index(max(scoreList)) + 1
print("Maximum KNN score is {:.2f}% with K={}".format(acc, best_k))
