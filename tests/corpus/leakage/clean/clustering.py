# expect: none
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("customers.csv")
X = StandardScaler().fit_transform(df[["age", "income"]])
km = KMeans(5).fit(X)
df["cluster"] = km.labels_
print(silhouette_score(X, km.labels_))
