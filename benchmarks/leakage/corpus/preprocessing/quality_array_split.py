# expect: none
# Cheese grading; folds by hand, everything that learns is learned in the fold
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import KNNImputer
from sklearn.preprocessing import StandardScaler

RECIPE = [KNNImputer(n_neighbors=4), StandardScaler(), PCA(n_components=6)]


def through(steps, x, fit):
    for step in steps:
        x = step.fit_transform(x) if fit else step.transform(x)
    return x


cheese = pd.read_csv("cheese.csv").drop_duplicates()
grade = cheese.pop("grade").to_numpy(dtype=float)
x = cheese.to_numpy(dtype=float)

pieces = np.array_split(np.random.default_rng(3).permutation(len(x)), 6)
guess = np.empty_like(grade)
for i, out in enumerate(pieces):
    learn = np.setdiff1d(np.arange(len(x)), out)
    steps = [clone(s) for s in RECIPE]
    forest = RandomForestRegressor(200, min_samples_leaf=2, random_state=i)
    forest.fit(through(steps, x[learn], fit=True), grade[learn])
    guess[out] = forest.predict(through(steps, x[out], fit=False))
    print(f"part {i}: MAE {np.abs(guess[out] - grade[out]).mean():.3f}")

print("MAE:", np.abs(guess - grade).mean().round(3))
