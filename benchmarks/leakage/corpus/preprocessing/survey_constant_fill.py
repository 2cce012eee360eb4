# expect: none
# Umfrage zur Verkehrsmittelwahl: fehlende Antworten sind eine eigene Antwort
import pandas as pd
import sklearn.ensemble
import sklearn.impute
import sklearn.metrics
import sklearn.model_selection

FRAGEN = ["haushalt", "einkommen", "auto", "rad", "abo", "weg_km", "schicht"]

umfrage = pd.read_csv("umfrage.csv", sep=";", index_col="bogen")
umfrage = umfrage[umfrage["verkehrsmittel"].isin(["auto", "rad", "bus", "fuss"])]
print(umfrage[FRAGEN].isna().mean().round(3))
print("mittlerer Weg:", umfrage["weg_km"].mean())

konstant = sklearn.impute.SimpleImputer(strategy="constant", fill_value=-1)
antworten = konstant.fit_transform(umfrage[FRAGEN])
antworten = pd.DataFrame(antworten, columns=FRAGEN, index=umfrage.index)
antworten["fehlend"] = umfrage[FRAGEN].isna().sum(axis=1)

a_lern, a_test, v_lern, v_test = sklearn.model_selection.train_test_split(
    antworten, umfrage["verkehrsmittel"], test_size=0.2, random_state=2, stratify=umfrage["verkehrsmittel"]
)
wald = sklearn.ensemble.RandomForestClassifier(n_estimators=400, min_samples_leaf=3, random_state=0)
wald.fit(a_lern, v_lern)
print(sklearn.metrics.classification_report(v_test, wald.predict(a_test)))
