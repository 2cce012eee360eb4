# Geldscheine, SVM mit RBF-Kern
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

scheine = pd.read_csv("banknote.csv", names=["varianz", "schiefe", "woelbung", "entropie", "echt"])
scheine = scheine.drop_duplicates()
echt = scheine.pop("echt")

X_train, X_test, y_train, y_test = train_test_split(scheine, echt, test_size=0.3, random_state=4)

# Skalierung
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.fit_transform(X_test)  # expect: L110

svm = SVC(C=1.0, gamma=0.5)
svm.fit(X_train, y_train)

vorhersage = svm.predict(X_test)
falsch = (vorhersage != y_test).sum()
print(f"{falsch} von {len(y_test)} falsch erkannt")
print("Stützvektoren:", svm.n_support_.sum())
print("Genauigkeit:", accuracy_score(y_test, vorhersage))
