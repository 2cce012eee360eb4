# expect: L110@11
from sklearn.datasets import fetch_california_housing
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler


def normalise(block):
    scaler = MinMaxScaler()
    return scaler.fit_transform(block)


housing = fetch_california_housing()
a_train, a_test, b_train, b_test = train_test_split(housing.data, housing.target)
a_train = normalise(a_train)
a_test = normalise(a_test)
reg = GradientBoostingRegressor().fit(a_train, b_train)
print(mean_absolute_error(b_test, reg.predict(a_test)))
