"""Party of a speaker (one speech each) from paragraph vectors."""
import argparse
from pathlib import Path

import numpy as np
from gensim.models.doc2vec import Doc2Vec, TaggedDocument
from gensim.utils import simple_preprocess
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split


def speeches(folder: Path):
    for party in sorted(p for p in folder.iterdir() if p.is_dir()):
        for file in sorted(party.glob("*.txt")):
            yield party.name, simple_preprocess(file.read_text(encoding="utf8"), min_len=3)


def vectors(texts, size, seed):
    tagged = [TaggedDocument(words, [i]) for i, words in enumerate(texts)]
    model = Doc2Vec(tagged, vector_size=size, window=8, min_count=5, epochs=30, seed=seed, workers=1)  # expect: L103|L111
    return np.stack([model.dv[i] for i in range(len(texts))])


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("folder", type=Path)
    ap.add_argument("--size", type=int, default=100)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()

    parties, texts = zip(*speeches(args.folder))
    vecs = vectors(texts, args.size, args.seed)
    v_tr, v_te, p_tr, p_te = train_test_split(vecs, np.array(parties), test_size=0.25, random_state=args.seed)
    lr = LogisticRegressionCV(Cs=8, cv=4, max_iter=2000).fit(v_tr, p_tr)
    print(f"{len(texts)} speeches, accuracy {accuracy_score(p_te, lr.predict(v_te)):.3f}")


if __name__ == "__main__":
    main()
