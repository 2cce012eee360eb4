# expect: none
"""Who answers the mailing? The cut comes from a part of its own."""
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.model_selection import train_test_split

REVENUE, COST = 55.0, 3.2


def profit(truth, contacted):
    return REVENUE * np.sum(truth & contacted) - COST * np.sum(contacted)


def choose_cut(truth, score):
    cuts = np.arange(0.01, 0.99, 0.01)
    gains = [profit(truth, score >= cut) for cut in cuts]
    return cuts[int(np.argmax(gains))]


def main():
    people = pd.read_csv("mailing.csv").drop_duplicates()
    people["gender"] = people["gender"].map({"F": 0, "M": 1}).fillna(-1)
    y = people.pop("responded").astype(bool)
    P_dev, P_eval, y_dev, y_eval = train_test_split(people, y, test_size=0.3, random_state=31)
    P_fit, P_cut, y_fit, y_cut = train_test_split(P_dev, y_dev, test_size=0.25, random_state=32)

    gbm = LGBMClassifier(n_estimators=200, num_leaves=15, learning_rate=0.05, verbose=-1)
    gbm.fit(P_fit, y_fit)
    cut = choose_cut(y_cut.to_numpy(), gbm.predict_proba(P_cut)[:, 1])

    score = gbm.predict_proba(P_eval)[:, 1]
    print("estimated profit of the campaign: %.0f EUR" % profit(y_eval.to_numpy(), score >= cut))


if __name__ == "__main__":
    main()
