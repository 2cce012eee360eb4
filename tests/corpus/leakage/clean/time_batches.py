# expect: none
import numpy as np
import pandas as pd
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("reviews.csv")
encoder = SentenceTransformer("all-MiniLM-L6-v2")
texts = df["text"].tolist()
batch = 64
parts = []
for start in range(0, len(texts), batch):
    parts.append(encoder.encode(texts[start : start + batch]))
X = np.vstack(parts)
X_train, X_test, y_train, y_test = train_test_split(X, df["label"], random_state=0)
clf = LogisticRegression(max_iter=1000).fit(X_train, y_train)
print(accuracy_score(y_test, clf.predict(X_test)))
