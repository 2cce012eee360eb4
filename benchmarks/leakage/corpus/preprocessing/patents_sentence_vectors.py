# expect: none
"""Section of a patent from a pretrained sentence encoder and a linear head."""
import numpy as np
import pandas as pd
from sentence_transformers import SentenceTransformer
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

ENCODER = "all-MiniLM-L6-v2"


def encode(texts, cache="patents.npy"):
    try:
        return np.load(cache)
    except FileNotFoundError:
        vectors = SentenceTransformer(ENCODER).encode(texts, batch_size=64, normalize_embeddings=True)
        np.save(cache, vectors)
        return vectors


patents = pd.read_csv("patents.csv").drop_duplicates("abstract").reset_index(drop=True)
section = patents["section"].to_numpy()
vectors = encode(patents["abstract"].tolist())

scores = []
for tr, te in StratifiedKFold(n_splits=5, shuffle=True, random_state=13).split(vectors, section):
    pca = PCA(n_components=64, random_state=0)
    head = LogisticRegression(max_iter=1000, C=10)
    head.fit(pca.fit_transform(vectors[tr]), section[tr])
    scores.append(f1_score(section[te], head.predict(pca.transform(vectors[te])), average="macro"))

print("macro F1 per fold:", np.round(scores, 3))
print("mean:", round(float(np.mean(scores)), 3))
