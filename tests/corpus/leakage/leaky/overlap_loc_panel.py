# expect: L202@11
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error

panel = pd.read_csv("panel.csv")
features = [c for c in panel.columns if c != "sales"]
cut = int(len(panel) * 0.75)
X_train = panel.loc[:cut, features]
y_train = panel.loc[:cut, "sales"]
X_test = panel.loc[cut:, features]
y_test = panel.loc[cut:, "sales"]
ridge = Ridge().fit(X_train, y_train)
print(mean_absolute_error(y_test, ridge.predict(X_test)))
