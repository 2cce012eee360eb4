# expect: L101@14 L305@23
"""The table comes out of a function of a module that is not there."""

import numpy as np
import xgboost as xgb
from flats.features import assemble
from sklearn.metrics import accuracy_score
from sklearn.model_selection import KFold, train_test_split
from sklearn.preprocessing import StandardScaler


def scaled(frame):
    scaler = StandardScaler()
    values = scaler.fit_transform(frame[["rooms", "noise"]])
    X_train, X_test, y_train, y_test = train_test_split(values, frame["sold"])
    model = xgb.XGBClassifier().fit(X_train, y_train)
    return accuracy_score(y_test, model.predict(X_test))


def folds(frame, scores):
    for a, b in KFold(5).split(frame):
        model = xgb.XGBClassifier(early_stopping_rounds=20).fit(
            frame.iloc[a, 1:], frame.iloc[a, 0], eval_set=[(frame.iloc[b, 1:], frame.iloc[b, 0])]
        )
        scores.append(accuracy_score(frame.iloc[b, 0], model.predict(frame.iloc[b, 1:])))
    return np.mean(scores)


if __name__ == "__main__":
    sales_df = assemble("2024")
    print(scaled(sales_df))
    print(folds(sales_df, []))
