# expect: none
import re
import pandas as pd
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import average_precision_score
from sklearn.model_selection import RandomizedSearchCV, train_test_split
from sklearn.pipeline import Pipeline


def norm(s):
    s = re.sub(r"[^a-z' ]+", " ", str(s).lower())
    return re.sub(r"\s+", " ", s).strip()


df = pd.read_csv("toxic.csv")
df["text"] = df["comment_text"].map(norm)
df = df[df["text"].str.len() > 3].drop_duplicates("text")
print(df["text"].str.len().describe())

hv = HashingVectorizer(n_features=2**19, ngram_range=(1, 2), alternate_sign=False)
H = hv.transform(df["text"])
H_a, H_b, y_a, y_b = train_test_split(H, df["toxic"], test_size=0.2, random_state=77, stratify=df["toxic"])

pipe = Pipeline([("idf", TfidfTransformer()), ("sgd", SGDClassifier(loss="log_loss", random_state=0))])
search = RandomizedSearchCV(
    pipe,
    {"sgd__alpha": [1e-6, 3e-6, 1e-5, 1e-4], "idf__sublinear_tf": [True, False]},
    n_iter=6,
    cv=3,
    scoring="average_precision",
    random_state=0,
)
search.fit(H_a, y_a)
print("cv AP", search.best_score_, search.best_params_)
ap = average_precision_score(y_b, search.predict_proba(H_b)[:, 1])
print("held-out AP", ap)

final = search.best_estimator_.fit(H, df["toxic"])
pd.to_pickle(final, "toxic.pkl")
