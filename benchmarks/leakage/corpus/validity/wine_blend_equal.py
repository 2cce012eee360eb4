# expect: none
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

white = pd.read_csv("winequality-white.csv", sep=";").drop_duplicates()
points = white.pop("quality")
W_train, W_test, p_train, p_test = train_test_split(white, points, test_size=0.25, random_state=33)

members = {
    "trees": ExtraTreesRegressor(n_estimators=300, random_state=0),
    "kernel": make_pipeline(StandardScaler(), KernelRidge(kernel="rbf", alpha=0.1, gamma=0.1)),
}
predictions = {}
for name, member in members.items():
    predictions[name] = member.fit(W_train, p_train).predict(W_test)
    print(name, "test RMSE %.4f" % np.sqrt(mean_squared_error(p_test, predictions[name])))

# plain average, no weights to choose
final = np.mean(list(predictions.values()), axis=0)
print("test RMSE of the average: %.4f" % np.sqrt(mean_squared_error(p_test, final)))

# bootstrap interval of the test error
rng = np.random.default_rng(0)
errors = (final - p_test.to_numpy()) ** 2
draws = [np.sqrt(rng.choice(errors, size=len(errors)).mean()) for _ in range(1000)]
print("95%% interval: %.4f - %.4f" % tuple(np.quantile(draws, [0.025, 0.975])))
