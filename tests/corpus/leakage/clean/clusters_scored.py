# expect: none
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

data = pd.read_csv("segments.csv")
known = data.pop("segment")
for k in (3, 4, 5):
    model = KMeans(n_clusters=k, n_init=10, random_state=0).fit(data)
    print(k, model.score(data), silhouette_score(data, model.labels_), adjusted_rand_score(known, model.predict(data)))
