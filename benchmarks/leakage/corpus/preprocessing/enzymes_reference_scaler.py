# expect: none
"""Activity of enzyme variants.  The scaler and the components come from the unlabelled library, other sequences
than those with a measured activity; so cross-validation over the measured ones may use them as they are."""
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.preprocessing import StandardScaler

AMINO = "ACDEFGHIKLMNPQRSTVWY"


def composition(sequences):
    return np.array([[s.count(a) / len(s) for a in AMINO] for s in sequences])


library = pd.read_csv("library.csv")["sequence"]
measured = pd.read_csv("measured.csv").drop_duplicates("sequence")
library = library[~library.isin(measured["sequence"])]

scaler = StandardScaler().fit(composition(library))
pca = PCA(n_components=10).fit(scaler.transform(composition(library)))

z = pca.transform(scaler.transform(composition(measured["sequence"])))
activity = np.log10(measured["kcat"].to_numpy())

gp = GaussianProcessRegressor(RBF(1.0) + WhiteKernel(0.1), normalize_y=True)
predicted = cross_val_predict(gp, z, activity, cv=KFold(5, shuffle=True, random_state=1))
print("r =", np.corrcoef(predicted, activity)[0, 1].round(3))
print("RMSE =", np.sqrt(np.mean((predicted - activity) ** 2)).round(3))
