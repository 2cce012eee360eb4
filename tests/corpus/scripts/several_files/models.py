from sklearn.ensemble import GradientBoostingRegressor


def make_model(seed):
    return GradientBoostingRegressor(n_estimators=200, random_state=seed)
