# expect: none
"""Places where a file may lie are no persons, and functions of other modules may give tables."""

from pathlib import Path

import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from warehouse import query

here = Path(__file__).resolve().parent
candidates = [here / "rents.csv", here.parent / "rents.csv", here.parent / "data" / "rents.csv"]
found = next((path for path in candidates if path.exists()), None)
worker = str(found).split("_")[0]
rents = pd.read_csv(found)
streets_df = query("select street, noise from streets")
rents = rents.merge(streets_df, on="street")
features, rent = rents[["rooms", "noise"]], rents["rent"]
X_train, X_test, y_train, y_test = train_test_split(features, rent)
model = Ridge().fit(X_train, y_train)
print(mean_absolute_error(y_test, model.predict(X_test)))
