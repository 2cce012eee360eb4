# expect: none
# Olive oils by region.  The first version of the preparation is kept for reference.
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

ACIDS = ["palmitic", "palmitoleic", "stearic", "oleic", "linoleic", "linolenic", "arachidic", "eicosenoic"]
OLD_WAY = False


def prepare_v1(oils):
    """Not used any more."""
    acids = StandardScaler().fit_transform(oils[ACIDS])
    return train_test_split(acids, oils["region"], test_size=0.3, random_state=0)


def prepare(oils):
    # acids = StandardScaler().fit_transform(oils[ACIDS])
    a_train, a_test, r_train, r_test = train_test_split(oils[ACIDS], oils["region"], test_size=0.3, random_state=0)
    scaler = StandardScaler()
    a_train = scaler.fit_transform(a_train)
    if False:
        a_test = scaler.fit_transform(a_test)
    return a_train, scaler.transform(a_test), r_train, r_test


def main():
    oils = pd.read_csv("olive.csv").drop_duplicates()
    oils[ACIDS] = np.sqrt(oils[ACIDS])
    a_train, a_test, r_train, r_test = prepare(oils)
    model = LogisticRegression(max_iter=1000).fit(a_train, r_train)
    print("accuracy:", model.score(a_test, r_test))


if __name__ == "__main__":
    main()
