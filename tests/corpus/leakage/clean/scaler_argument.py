# expect: none
import argparse, logging
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report
log = logging.getLogger(__name__)
def load(path, scaler=None):
    df = pd.read_csv(path)
    y = df.pop("y")
    if scaler is None:
        scaler = StandardScaler()
        X = scaler.fit_transform(df)
    else:
        X = scaler.transform(df)
    return X, y, scaler
def main():
    X_train, y_train, scaler = load("train.csv")
    X_test, y_test, _ = load("test.csv", scaler)
    m = LogisticRegression().fit(X_train, y_train)
    log.info(classification_report(y_test, m.predict(X_test)))
main()
