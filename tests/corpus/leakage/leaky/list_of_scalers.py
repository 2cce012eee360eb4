# expect: L101@11
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import MinMaxScaler, StandardScaler

df = pd.read_csv("l.csv")
X, y = df.drop(columns=["y"]), df["y"]
for scaler in [StandardScaler(), MinMaxScaler()]:
    Z = scaler.fit_transform(X)
    Z_train, Z_test, y_train, y_test = train_test_split(Z, y, random_state=1)
    nb = GaussianNB().fit(Z_train, y_train)
    print(scaler, accuracy_score(y_test, nb.predict(Z_test)))
