import pandas as pd
from sklearn.ensemble import BaggingClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

VITALS = ["rectal_temp", "pulse", "respiratory_rate", "packed_cell_volume", "total_protein"]


def fill_vitals(df):
    print(df[VITALS].isna().sum().to_dict())
    return df.fillna(df[VITALS].median())  # expect: L102


def load_horses(path):
    return (
        pd.read_csv(path)
        .drop(columns=["hospital_number", "cp_data"])
        .query("outcome != 'euthanized'")
        .assign(
            died=lambda d: (d["outcome"] == "died").astype(int),
            surgery=lambda d: (d["surgery"] == "yes").astype(int),
            hot=lambda d: (d["rectal_temp"] > 38.5).astype(int),
        )
        .pipe(fill_vitals)
        .loc[:, ["surgery", "hot", "died", *VITALS]]
    )


def evaluate(horses, seed):
    learn, hold = train_test_split(horses, test_size=0.25, random_state=seed, stratify=horses["died"])
    bag = BaggingClassifier(n_estimators=100, random_state=seed)
    bag.fit(learn.drop(columns="died"), learn["died"])
    return accuracy_score(hold["died"], bag.predict(hold.drop(columns="died")))


if __name__ == "__main__":
    horses = load_horses("horse.csv")
    print(horses.shape, "->", f"{evaluate(horses, seed=0):.3f}")
