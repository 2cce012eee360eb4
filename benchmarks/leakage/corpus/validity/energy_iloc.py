# expect: none
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.metrics import mean_absolute_error

plant = pd.read_csv("ccpp.csv").reset_index(drop=True)
plant.columns = ["temp", "vacuum", "pressure", "humidity", "output"]

n_train = int(len(plant) * 0.7)
n_val = int(len(plant) * 0.15)

train = plant.iloc[:n_train]
valid = plant.iloc[n_train:n_train + n_val]
test = plant.iloc[n_train + n_val:]

cols = ["temp", "vacuum", "pressure", "humidity"]
candidates = {}
for depth in (4, 8, 16, None):
    forest = ExtraTreesRegressor(n_estimators=150, max_depth=depth, random_state=0)
    forest.fit(train[cols], train["output"])
    candidates[depth] = (mean_absolute_error(valid["output"], forest.predict(valid[cols])), forest)

best_depth = min(candidates, key=lambda d: candidates[d][0])
print("depth picked on the validation part:", best_depth)
final = candidates[best_depth][1]
print("test MAE: %.2f MW" % mean_absolute_error(test["output"], final.predict(test[cols])))
