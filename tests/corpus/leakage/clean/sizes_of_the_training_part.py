# expect: none
"""The share of rows that is trained on is no training score."""

import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

df = pd.read_csv("yield.csv")
X_rest, X_test, y_rest, y_test = train_test_split(df[["rain", "sun"]], df["yield"], random_state=1)
rows = []
for share in (0.25, 0.5, 0.75):
    X_part, _, y_part, _ = train_test_split(X_rest, y_rest, train_size=share, random_state=1)
    model = LinearRegression().fit(X_part, y_part)
    error = mean_squared_error(y_test, model.predict(X_test))
    print(f"Training size {share}: {error:.2f}")
    print("training share", share, "error", error)
    rows.append({"share": share, "error": error})
table = pd.DataFrame(rows)
print(table)
