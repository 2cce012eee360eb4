# expect: none
import pandas as pd
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

iris = pd.read_csv("iris.csv")
X, y = iris.drop(columns="species"), iris["species"]
model = QuadraticDiscriminantAnalysis().fit(X, y)
train_accuracy = model.score(X, y)
print("in-sample accuracy of the description:", train_accuracy)
