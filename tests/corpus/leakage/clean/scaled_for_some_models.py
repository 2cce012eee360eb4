# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("credit.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="bad"), df["bad"], random_state=0)
scaler = StandardScaler().fit(X_train)
models = {"logistic": LogisticRegression(), "forest": RandomForestClassifier()}
for name, model in models.items():
    scaled = name == "logistic"
    model.fit(scaler.transform(X_train) if scaled else X_train, y_train)
    guess = model.predict(scaler.transform(X_test) if scaled else X_test)
    print(f"{name}: test accuracy {accuracy_score(y_test, guess):.3f}")
