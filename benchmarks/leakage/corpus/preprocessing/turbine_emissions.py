import logging

import pandas as pd
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import PowerTransformer

log = logging.getLogger("turbine")
AMBIENT = ["AT", "AP", "AH"]
PROCESS = ["AFDP", "GTEP", "TIT", "TAT", "CDP", "TEY"]


class EmissionModel:
    """NOx regression on steady-state operating points."""

    def __init__(self, path, hidden=(64, 32), seed=3):
        self.path = path
        self.hidden = hidden
        self.seed = seed
        self.power = PowerTransformer()
        self.net = MLPRegressor(hidden_layer_sizes=hidden, max_iter=400, random_state=seed)

    def load(self):
        frame = pd.read_csv(self.path)
        frame = frame[frame["TEY"] > 0].reset_index(drop=True)
        self.y = frame["NOX"]
        self.X = frame[AMBIENT + PROCESS]
        log.info("%d operating points", len(frame))
        return self

    def prepare(self):
        self.X = self.power.fit_transform(self.X)  # expect: L101
        (self.X_fit, self.X_eval, self.y_fit, self.y_eval) = train_test_split(
            self.X, self.y, test_size=0.2, random_state=self.seed
        )
        return self

    def train(self):
        self.net.fit(self.X_fit, self.y_fit)
        return self

    def report(self):
        guess = self.net.predict(self.X_eval)
        return {"mae": mean_absolute_error(self.y_eval, guess), "r2": r2_score(self.y_eval, guess)}


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    print(EmissionModel("gt_2015.csv").load().prepare().train().report())
