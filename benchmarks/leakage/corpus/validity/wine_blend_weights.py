import numpy as np
import pandas as pd
from scipy.optimize import minimize
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

white = pd.read_csv("winequality-white.csv", sep=";").drop_duplicates()
points = white.pop("quality")
W_train, W_test, p_train, p_test = train_test_split(white, points, test_size=0.25, random_state=33)

members = [
    ExtraTreesRegressor(n_estimators=300, random_state=0),
    make_pipeline(StandardScaler(), KernelRidge(kernel="rbf", alpha=0.1, gamma=0.1)),
]
predictions = [m.fit(W_train, p_train).predict(W_test) for m in members]


def blend_error(weight):
    mixed = weight[0] * predictions[0] + (1 - weight[0]) * predictions[1]
    return mean_squared_error(p_test, mixed)  # expect: L301|L304


best = minimize(blend_error, x0=[0.5], method="Nelder-Mead")
w = best.x[0]
final = w * predictions[0] + (1 - w) * predictions[1]
print("weight of the trees: %.3f" % w)
print("test RMSE of the blend: %.4f" % np.sqrt(mean_squared_error(p_test, final)))
