# expect: none
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold


@dataclass
class Selected:
    columns: list

    @classmethod
    def from_rows(cls, frame, outcome, n):
        rho = {c: abs(spearmanr(frame[c], outcome)[0]) for c in frame.columns}
        ranked = sorted(rho, key=rho.get, reverse=True)
        return cls(ranked[:n])

    def __call__(self, frame):
        return frame[self.columns]


def texture_table(path):
    table = pd.read_csv(path, index_col=0)
    volume = np.log(table.pop("tumour_volume"))
    return table.filter(regex="^(glcm|glrlm|firstorder)_"), volume


def main():
    texture, volume = texture_table("radiomics.csv")
    counted = dict.fromkeys(texture.columns, 0)
    r2 = []
    for tr, te in KFold(n_splits=8, shuffle=True, random_state=2).split(texture):
        chosen = Selected.from_rows(texture.iloc[tr], volume.iloc[tr], n=12)
        for c in chosen.columns:
            counted[c] += 1
        ridge = RidgeCV(alphas=np.logspace(-2, 3, 12)).fit(chosen(texture.iloc[tr]), volume.iloc[tr])
        r2.append(r2_score(volume.iloc[te], ridge.predict(chosen(texture.iloc[te]))))
    print("stable:", [c for c, k in counted.items() if k == 8])
    print("R2 per fold:", np.round(r2, 2), "mean", np.mean(r2).round(3))


if __name__ == "__main__":
    main()
