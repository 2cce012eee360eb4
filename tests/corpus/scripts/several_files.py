"""Entry point of a project of several files."""
import os
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), "several_files"))

from evaluation import report
from loading import load_train, load_test
from features import add_dates, encode_categories
from models import make_model
from config import N_FOLDS, SEED, TARGET
from sklearn.model_selection import cross_val_score, KFold
import numpy as np


def run():
    train = load_train()
    test = load_test()

    train = add_dates(train)
    test = add_dates(test)
    train, test = encode_categories(train, test)

    X = train.drop(columns=[TARGET])
    y = train[TARGET]

    model = make_model(seed=SEED)
    folds = KFold(n_splits=N_FOLDS, shuffle=True, random_state=SEED)
    scores = cross_val_score(model, X, y, cv=folds, scoring="neg_root_mean_squared_error")
    cv_rmse = -np.mean(scores)
    print("CV RMSE: {:.4f} (+/- {:.4f})".format(cv_rmse, np.std(scores)))

    model.fit(X, y)
    submission = test[["id"]].copy()
    submission[TARGET] = model.predict(test.drop(columns=["id"]))
    submission.to_csv("submission.csv", index=False)
    report(cv_rmse, submission)


if __name__ == "__main__":
    run()
