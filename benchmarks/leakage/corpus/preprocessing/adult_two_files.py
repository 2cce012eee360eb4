"""Adult census, with the official train and test files."""
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import StandardScaler

NAMES = ["age", "workclass", "fnlwgt", "education", "edu_num", "marital", "job", "relation",
         "race", "sex", "gain", "loss", "hours", "country", "income"]
NUMBERS = ["age", "edu_num", "gain", "loss", "hours"]


def read(path, skip=0):
    part = pd.read_csv(path, names=NAMES, skiprows=skip, skipinitialspace=True)
    part["income"] = part["income"].str.startswith(">50K").astype(int)
    return part.drop(columns=["fnlwgt", "education"])


learn = read("adult.data")
judge = read("adult.test", skip=1)

both = pd.concat([learn, judge], keys=["learn", "judge"])
both = pd.get_dummies(both, columns=["workclass", "marital", "job", "relation", "race", "sex", "country"])
both[NUMBERS] = StandardScaler().fit_transform(both[NUMBERS])  # expect: L107|L101

learn, judge = both.loc["learn"], both.loc["judge"]
clf = LogisticRegression(max_iter=1000, C=0.5)
clf.fit(learn.drop(columns="income"), learn["income"])
guess = clf.predict(judge.drop(columns="income"))
print("accuracy on adult.test:", round(accuracy_score(judge["income"], guess), 4))
