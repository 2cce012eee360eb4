# expect: none
"""Base regressors and a ridge on top, with scikit-learn's own stacking, and a hand-made holdout blend."""
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor, StackingRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

blocks = pd.read_csv("california_housing.csv").dropna()
value = blocks.pop("median_house_value")
blocks = pd.get_dummies(blocks, columns=["ocean_proximity"])
B_tr, B_te, v_tr, v_te = train_test_split(blocks, value, test_size=0.2, random_state=64)

base = [
    ("forest", RandomForestRegressor(n_estimators=300, n_jobs=-1)),
    ("boost", GradientBoostingRegressor(n_estimators=400, max_depth=4)),
]
stack = StackingRegressor(base, final_estimator=Ridge(alpha=0.1), cv=5)
stack.fit(B_tr, v_tr)
print("MAE stack: %.0f" % mean_absolute_error(v_te, stack.predict(B_te)))

# blending: base models on one part, ridge on the other
B_one, B_two, v_one, v_two = train_test_split(B_tr, v_tr, test_size=0.3, random_state=65)
fitted = [m.fit(B_one, v_one) for _, m in base]
top = Ridge(alpha=0.1).fit(np.column_stack([m.predict(B_two) for m in fitted]), v_two)
mixed = top.predict(np.column_stack([m.predict(B_te) for m in fitted]))
print("MAE blend: %.0f" % mean_absolute_error(v_te, mixed))
