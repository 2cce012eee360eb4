# expect: none
import numpy as np
import pandas as pd
from sklearn.metrics import balanced_accuracy_score
from sklearn.svm import SVC
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

crops = pd.read_csv("crop_recommendation.csv").drop_duplicates()
print(crops["label"].value_counts())

rng = np.random.RandomState(99)
chosen = rng.rand(len(crops)) < 0.75

learn = crops[chosen]
check = crops[~chosen]

print(len(learn), "rows to learn,", len(check), "rows to check")

inputs = ["N", "P", "K", "temperature", "humidity", "ph", "rainfall"]
svm = Pipeline([("mm", MinMaxScaler()), ("svc", SVC(C=10, gamma="scale"))])
svm.fit(learn[inputs], learn["label"])

print("balanced accuracy", balanced_accuracy_score(check["label"], svm.predict(check[inputs])))
for crop, part in check.groupby("label"):
    hits = (svm.predict(part[inputs]) == crop).mean()
    print(f"{crop:<12} {hits:.2f}")
