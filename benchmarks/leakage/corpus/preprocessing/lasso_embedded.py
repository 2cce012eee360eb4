# expect: none
"""Wine prices by chemistry: the lasso chooses on its own, nothing is chosen before."""
import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.linear_model import LassoCV
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

# agreed with the oenologists
CHEMISTRY = ["alcohol", "ph", "residual_sugar", "sulphates", "citric_acid", "density"]


def overview(wines):
    rho = wines[CHEMISTRY].apply(lambda c: spearmanr(c, wines["log_price"])[0])
    print("rank correlation with the price")
    print(rho.sort_values().round(2).to_string())


def main():
    wines = pd.read_csv("wines.csv").drop_duplicates().dropna(subset=["price", *CHEMISTRY])
    wines["log_price"] = np.log(wines["price"])
    overview(wines)

    a, b = train_test_split(wines, test_size=0.3, random_state=17)
    model = Pipeline([
        ("square", PolynomialFeatures(2, include_bias=False)),
        ("scale", StandardScaler()),
        ("lasso", LassoCV(cv=5, max_iter=20_000)),
    ])
    model.fit(a[CHEMISTRY], a["log_price"])
    used = int((model["lasso"].coef_ != 0).sum())
    print(f"{used} terms used, R2 {r2_score(b['log_price'], model.predict(b[CHEMISTRY])):.3f}")


if __name__ == "__main__":
    main()
