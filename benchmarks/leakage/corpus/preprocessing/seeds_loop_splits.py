# expect: none
"""Twenty random hold-outs; in every round the transformers are made anew."""
import statistics

import pandas as pd
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import train_test_split as tts
from sklearn.preprocessing import LabelEncoder, MaxAbsScaler


def load(path):
    table = pd.read_csv(path, na_values=["na", "-"])
    table = table.drop_duplicates()
    label = LabelEncoder().fit_transform(table.pop("variety"))
    return table, label


def one_round(table, label, seed):
    train_x, test_x, train_y, test_y = tts(table, label, test_size=0.3, random_state=seed, stratify=label)
    for step in (SimpleImputer(strategy="median"), MaxAbsScaler(), PCA(n_components=5, random_state=0)):
        train_x = step.fit_transform(train_x)
        test_x = step.transform(test_x)
    model = RidgeClassifier().fit(train_x, train_y)
    return model.score(test_x, test_y)


def main():
    table, label = load("varieties.csv")
    rounds = []
    for seed in range(20):
        rounds.append(one_round(table, label, seed))
        print(f"round {seed:2d}: {rounds[-1]:.3f}")
    print(f"mean {statistics.mean(rounds):.3f}, sd {statistics.stdev(rounds):.3f}")


main()
