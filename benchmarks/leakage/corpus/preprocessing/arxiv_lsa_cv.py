"""Subject class of abstracts by latent semantic analysis (appendix B)."""
import numpy as np
import pandas as pd
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score

abstracts = pd.read_csv("abstracts.tsv", sep="\t", names=["ident", "subject", "abstract"])
abstracts = abstracts.drop_duplicates("abstract").dropna()
subject = abstracts["subject"].values
print(pd.Series(subject).value_counts().head())

text = abstracts["abstract"].str.replace(r"\$[^$]*\$", " ", regex=True)
tfidf = TfidfVectorizer(min_df=5, max_df=0.4, stop_words="english")
weights = tfidf.fit_transform(text)  # expect: L103|L111

lsa = TruncatedSVD(n_components=120, random_state=0)
topics = lsa.fit_transform(weights)  # expect: L111|L101|L103
lengths = np.log(text.str.len().to_numpy()).reshape(-1, 1)
design = np.hstack([topics, lengths])

cv = StratifiedKFold(10, shuffle=True, random_state=0)
scores = cross_val_score(LogisticRegression(max_iter=2000, C=5), design, subject, cv=cv, scoring="f1_macro")
print("macro F1 %.3f (%.3f)" % (scores.mean(), scores.std()))
