# expect: none
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler


def plot_learning_curves(model, X, y):
    X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.2, random_state=10)
    train_errors, val_errors = [], []
    sizes = range(50, len(X_train), 50)
    for m in sizes:
        model.fit(X_train[:m], y_train[:m])
        train_errors.append(mean_squared_error(y_train[:m], model.predict(X_train[:m])))
        val_errors.append(mean_squared_error(y_val, model.predict(X_val)))
    plt.plot(sizes, np.sqrt(train_errors), "r-+", label="train")
    plt.plot(sizes, np.sqrt(val_errors), "b-", label="val")
    plt.legend()
    plt.savefig("learning_curve.png")
    print("validation RMSE with all training rows: %.1f" % np.sqrt(val_errors[-1]))


flats = pd.read_csv("rents.csv").dropna()
area = flats[["sqm", "rooms", "floor", "age"]].to_numpy()
rent = flats["rent"].to_numpy()
plot_learning_curves(make_pipeline(PolynomialFeatures(2), StandardScaler(), Ridge(1.0)), area, rent)
