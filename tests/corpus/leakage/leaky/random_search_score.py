# expect: L111@9
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import RandomizedSearchCV
from sklearn.ensemble import RandomForestRegressor
df = pd.read_csv("a.csv")
y = df.pop("y")
sc = StandardScaler()
X = sc.fit_transform(df)
rs = RandomizedSearchCV(RandomForestRegressor(), {"max_depth": [2, 3]}, n_iter=2)
rs.fit(X, y)
print("best", rs.best_score_)
