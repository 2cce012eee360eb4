# Software defects per module: buggy modules counted several times
import pandas as pd
from sklearn.metrics import recall_score
from sklearn.naive_bayes import GaussianNB

METRICS = ["loc", "v(g)", "ev(g)", "iv(g)", "n", "v", "branchCount"]


class Modules:
    def __init__(self, csv):
        self.rows = pd.read_csv(csv).drop_duplicates()
        self.rows["defects"] = self.rows["defects"].astype(int)

    def repeat_buggy(self, times):
        buggy = self.rows[self.rows["defects"] == 1]
        self.rows = pd.concat([self.rows] + [buggy] * times, ignore_index=True)  # expect: L108|L203
        return self

    def halves(self, seed):
        mixed = self.rows.sample(frac=1, random_state=seed).reset_index(drop=True)
        middle = int(len(mixed) * 0.7)
        return mixed.iloc[:middle], mixed.iloc[middle:]


modules = Modules("jm1.csv").repeat_buggy(times=3)
learn, check = modules.halves(seed=16)
print("share of buggy modules:", learn["defects"].mean().round(2), check["defects"].mean().round(2))

nb = GaussianNB()
nb.fit(learn[METRICS], learn["defects"])
found = nb.predict(check[METRICS])
print("recall:", recall_score(check["defects"], found).round(3))
print("false alarms:", int(((found == 1) & (check["defects"] == 0)).sum()))
