import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error

N_TRAIN = 6000

plant = pd.read_csv("ccpp.csv").reset_index(drop=True)
plant.columns = ["temp", "vacuum", "pressure", "humidity", "output"]
print(plant.describe())

# the file is already shuffled by the authors of the data set
train = plant.loc[:N_TRAIN]
test = plant.loc[N_TRAIN:]  # expect: L202
print("train", train.shape, "test", test.shape)

cols = ["temp", "vacuum", "pressure", "humidity"]
model = RandomForestRegressor(n_estimators=200, random_state=0)
model.fit(train[cols], train["output"])

err = mean_absolute_error(test["output"], model.predict(test[cols]))
print(f"MAE on the test part: {err:.2f} MW")
baseline = mean_absolute_error(test["output"], [train["output"].mean()] * len(test))
print(f"MAE of a constant:    {baseline:.2f} MW")
for name, weight in zip(cols, model.feature_importances_):
    print(f"{name:<10} {weight:.3f}")
