# expect: none
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import BernoulliNB

mushrooms = pd.read_csv("mushrooms.csv")
y = (mushrooms["class"] == "p").astype(int)
X = pd.get_dummies(mushrooms.drop(columns="class"))

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)

models = {
    "logistic": LogisticRegression(max_iter=500),
    "bayes": BernoulliNB(),
    "forest": RandomForestClassifier(n_estimators=200),
    "boosting": GradientBoostingClassifier(),
}

rows = []
for name, model in models.items():
    model.fit(X_train, y_train)
    guess = model.predict(X_test)
    rows.append({
        "model": name,
        "accuracy": accuracy_score(y_test, guess),
        "f1": f1_score(y_test, guess),
        "auc": roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]),
    })

# table 2 of the paper
print(pd.DataFrame(rows).set_index("model").round(3).to_latex())
