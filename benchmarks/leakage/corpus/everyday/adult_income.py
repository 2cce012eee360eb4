# census income, adult.data + adult.test as distributed by UCI
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.decomposition import PCA
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, classification_report, roc_auc_score
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

names = [
    "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation",
    "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income",
]
train = pd.read_csv("adult.data", header=None, names=names, skipinitialspace=True, na_values="?")
test = pd.read_csv("adult.test", header=None, names=names, skipinitialspace=True, na_values="?", skiprows=1)
print("train", train.shape, "test", test.shape)

# the labels in the test file end with a dot
test["income"] = test["income"].str.rstrip(".")
for part in (train, test):
    part["income"] = (part["income"] == ">50K").astype(int)
    part.drop(columns=["education", "fnlwgt"], inplace=True)

print(train.isna().sum())
for c in ("workclass", "occupation", "native-country"):
    train[c] = train[c].fillna("Unknown")
    test[c] = test[c].fillna("Unknown")

fig, ax = plt.subplots(1, 2, figsize=(10, 4))
train["age"].plot.hist(ax=ax[0], bins=40)
train["hours-per-week"].plot.hist(ax=ax[1], bins=40)
fig.savefig("hist.png")

n_train = len(train)
full = pd.concat([train, test], axis=0, ignore_index=True)
full["capital"] = np.log1p(full["capital-gain"]) - np.log1p(full["capital-loss"])
full = full.drop(columns=["capital-gain", "capital-loss"])
full["native-country"] = (full["native-country"] == "United-States").astype(int)
full["overtime"] = (full["hours-per-week"] > 40).astype(int)
full["age_group"] = pd.cut(full["age"], [0, 25, 35, 45, 55, 65, 120], labels=False)

target = full.pop("income")
full = pd.get_dummies(full)
columns = full.columns

# numeric columns
scaler = StandardScaler()
scaled = scaler.fit_transform(full)  # expect: L107|L101

x_train, x_test = scaled[:n_train], scaled[n_train:]
y_train, y_test = target[:n_train], target[n_train:]
print(x_train.shape, x_test.shape)

# two components of the training part, for the report
two = PCA(2).fit_transform(x_train)
plt.figure()
plt.scatter(two[:, 0], two[:, 1], c=y_train, s=1, cmap="coolwarm")
plt.savefig("pca.png")

models = [
    ("logistic", LogisticRegression(max_iter=1000)),
    ("tree", DecisionTreeClassifier(max_depth=8)),
    ("bagging", BaggingClassifier(DecisionTreeClassifier(), n_estimators=50, n_jobs=-1)),
    ("forest", RandomForestClassifier(300, n_jobs=-1)),
    ("adaboost", AdaBoostClassifier(n_estimators=200)),
]
table = []
for name, model in models:
    model.fit(x_train, y_train)
    prediction = model.predict(x_test)
    probability = model.predict_proba(x_test)[:, 1]
    table.append((name, accuracy_score(y_test, prediction), roc_auc_score(y_test, probability)))
    print("=" * 20, name)
    print(classification_report(y_test, prediction))

table = pd.DataFrame(table, columns=["model", "accuracy", "auc"]).set_index("model")
print(table.round(4))

forest = models[3][1]
importance = pd.Series(forest.feature_importances_, index=columns).nlargest(12)
plt.figure(figsize=(6, 5))
importance[::-1].plot.barh()
plt.tight_layout()
plt.savefig("importance.png")
