# expect: none
"""NIR spectra of tablets: row-wise scaling before anything else, then partial least squares."""
import numpy as np
import pandas as pd
from sklearn.cross_decomposition import PLSRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import Binarizer, FunctionTransformer, Normalizer, PolynomialFeatures


def snv(spectra):
    """Standard normal variate: every spectrum by its own mean and deviation."""
    return (spectra - spectra.mean(axis=1, keepdims=True)) / spectra.std(axis=1, keepdims=True)


table = pd.read_csv("tablets_nir.csv")
assay = table["assay_mg"].to_numpy()
weight = table[["weight", "hardness"]].to_numpy()
bands = table.filter(like="nm_").to_numpy()

bands = FunctionTransformer(np.log1p).fit_transform(bands)
bands = snv(bands)
bands = Normalizer(norm="l2").fit_transform(bands)
bands = np.diff(bands, axis=1)

physical = PolynomialFeatures(degree=2, include_bias=False).fit_transform(weight)
heavy = Binarizer(threshold=640.0).fit_transform(weight[:, :1])

design = np.hstack([bands, physical, heavy])
D_cal, D_val, a_cal, a_val = train_test_split(design, assay, test_size=1 / 3, random_state=12)

pls = PLSRegression(n_components=6, scale=True).fit(D_cal, a_cal)
rmsep = mean_squared_error(a_val, pls.predict(D_val).ravel()) ** 0.5
print(f"RMSEP = {rmsep:.2f} mg with {design.shape[1]} variables")
