# Films: le budget permet-il de prévoir la note ?
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

GENRES = ["drame", "comédie", "action", "horreur"]


def lire(chemin):
    return (
        pd.read_csv(chemin, sep=";", encoding="utf-8")
        .drop_duplicates(subset=["titre", "annee"])
        .loc[lambda d: d["votes"] >= 100]
        .assign(
            budget=lambda d: d["budget"].fillna(d["budget"].median()),  # expect: L102
            duree=lambda d: d["duree"].clip(40, 300),
            suite=lambda d: d["titre"].str.contains(r"\b(?:II|III|2|3)\b").astype(int),
        )
        .assign(budget=lambda d: np.log10(d["budget"]))
        .reset_index(drop=True)
    )


def colonnes(films):
    x = films[["budget", "duree", "suite"]].copy()
    for g in GENRES:
        x[g] = films["genres"].str.contains(g).astype(int)
    return x


films = lire("films.csv")
print(films["note"].describe().round(2))
xa, xt, na, nt = train_test_split(colonnes(films), films["note"], test_size=0.2, random_state=29)
gbr = GradientBoostingRegressor(n_estimators=200, max_depth=3, random_state=0)
gbr.fit(xa, na)
print("erreur absolue moyenne :", round(mean_absolute_error(nt, gbr.predict(xt)), 3))
