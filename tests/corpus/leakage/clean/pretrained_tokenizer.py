# expect: none
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sentence_transformers import SentenceTransformer

df = pd.read_csv("t.csv")
encoder = SentenceTransformer("all-MiniLM-L6-v2")
emb = encoder.encode(df["text"].tolist())
X_train, X_test, y_train, y_test = train_test_split(emb, df["label"])
clf = LogisticRegression(max_iter=1000).fit(X_train, y_train)
print(clf.score(X_test, y_test))
