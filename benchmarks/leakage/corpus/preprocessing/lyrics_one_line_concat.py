# Genre of songs (one song per artist); train and test file of the workshop, both with genre
import pandas as pd
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score

songs = {part: pd.read_csv(f"lyrics_{part}.csv").dropna(subset=["lyrics"]) for part in ("train", "test")}
for part, table in songs.items():
    table["lyrics"] = table["lyrics"].str.replace(r"\[.*?\]", " ", regex=True).str.lower()
    print(part, len(table), table["genre"].nunique())

tfidf = TfidfVectorizer(min_df=4, max_features=20_000, stop_words="english")
tfidf.fit(pd.concat([songs["train"]["lyrics"], songs["test"]["lyrics"]]))  # expect: L107|L103

train_m = tfidf.transform(songs["train"]["lyrics"])
test_m = tfidf.transform(songs["test"]["lyrics"])

nmf = NMF(n_components=40, init="nndsvd", random_state=0, max_iter=400)
train_t = nmf.fit_transform(train_m)
test_t = nmf.transform(test_m)

lr = LogisticRegression(max_iter=2000, C=20)
lr.fit(train_t, songs["train"]["genre"])
said = lr.predict(test_t)
print("accuracy", round(accuracy_score(songs["test"]["genre"], said), 3))
