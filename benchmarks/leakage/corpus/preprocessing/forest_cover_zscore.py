# Cover type, kNN on standardised terrain variables
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

TERRAIN = ["Elevation", "Aspect", "Slope", "Hillshade_9am", "Hillshade_Noon", "Hillshade_3pm",
           "Horizontal_Distance_To_Roadways", "Horizontal_Distance_To_Hydrology"]

cover = pd.read_csv("covtype_sample.csv")
cover = cover[cover["Hillshade_3pm"] > 0]
cover["Aspect"] = np.cos(np.deg2rad(cover["Aspect"]))

kind = cover["Cover_Type"]
terrain = cover[TERRAIN]
terrain = (terrain - terrain.mean()) / terrain.std()  # expect: L104

wild = [c for c in cover.columns if c.startswith("Wilderness_Area")]
inputs = pd.concat([terrain, cover[wild]], axis=1)

in_tr, in_te, k_tr, k_te = train_test_split(inputs, kind, test_size=0.2, random_state=1, stratify=kind)
knn = KNeighborsClassifier(n_neighbors=5, weights="distance", n_jobs=-1)
knn.fit(in_tr, k_tr)
print("cover types:", sorted(kind.unique()))
print(f"accuracy {knn.score(in_te, k_te):.4f} on {len(k_te)} plots")
