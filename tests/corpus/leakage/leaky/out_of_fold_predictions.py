# expect: L111@10
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_predict
from sklearn.svm import LinearSVC

df = pd.read_csv("spectra.csv")
y = df.pop("kind")
reduced = PCA(n_components=15).fit_transform(df)
predicted = cross_val_predict(LinearSVC(), reduced, y, cv=10)
print(accuracy_score(y, predicted))
