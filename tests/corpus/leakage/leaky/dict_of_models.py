# expect: L101@17
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 42


def preprocess(df, target):
    y = df[target].map({"no": 0, "yes": 1})
    X = df.drop(columns=[target])
    X = X.fillna(0)
    scaler = StandardScaler()
    X = pd.DataFrame(scaler.fit_transform(X), columns=X.columns)
    return X, y


def evaluate(model, X, y):
    pred = model.predict(X)
    return {"acc": accuracy_score(y, pred), "f1": f1_score(y, pred)}


df = pd.read_csv("marketing.csv")
X, y = preprocess(df, "response")
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=SEED)
models = {"lr": LogisticRegression(), "rf": RandomForestClassifier(random_state=SEED)}
results = {}
for name, model in models.items():
    model.fit(X_train, y_train)
    results[name] = evaluate(model, X_test, y_test)
print(pd.DataFrame(results).T)
