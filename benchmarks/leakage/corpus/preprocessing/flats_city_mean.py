# Rent per flat, Italian cities
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

affitti = pd.read_csv("affitti.csv").drop_duplicates()
affitti = affitti[(affitti["canone"] > 150) & (affitti["mq"].between(15, 400))]

# quartiere: troppe categorie per le dummy
affitti["quartiere_te"] = affitti.groupby("quartiere")["canone"].transform("mean")  # expect: L106
affitti["centro"] = (affitti["distanza_duomo"] < 2).astype(int)
affitti["arredato"] = affitti["arredato"].eq("si").astype(int)
affitti["classe"] = affitti["classe"].map({c: i for i, c in enumerate("GFEDCBA")})

colonne = ["mq", "locali", "bagni", "piano", "centro", "arredato", "classe", "quartiere_te"]
X_allen, X_prova, y_allen, y_prova = train_test_split(
    affitti[colonne], np.log(affitti["canone"]), test_size=0.2, random_state=50
)

modello = HistGradientBoostingRegressor(max_iter=250, early_stopping=False)
modello.fit(X_allen, y_allen)
stima = np.exp(modello.predict(X_prova))
print("errore medio assoluto:", round(mean_absolute_error(np.exp(y_prova), stima), 1), "euro")
