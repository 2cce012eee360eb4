# expect: none
"""Will the build fail?  One record per build of the nightly queue, all attributes are names."""
import json
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.metrics import precision_recall_fscore_support
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import BernoulliNB
from scipy.sparse import hstack

FIELDS = ("branch_kind", "compiler", "os", "runner")


def records(path):
    with Path(path).open() as handle:
        for line in handle:
            yield json.loads(line)


builds = list(records("builds.jsonl"))
failed = np.array([b["status"] == "failed" for b in builds], dtype=int)

dv = DictVectorizer()
attributes = dv.fit_transform([{f: b[f] for f in FIELDS} for b in builds])
hasher = FeatureHasher(n_features=4096, input_type="string", alternate_sign=False)
files = hasher.transform([sorted(set(b["changed_files"])) for b in builds])
print("attributes:", len(dv.feature_names_))

matrix = hstack([attributes, files]).tocsr()
m_fit, m_val, f_fit, f_val = train_test_split(matrix, failed, test_size=0.3, stratify=failed, random_state=10)
nb = BernoulliNB(alpha=0.5).fit(m_fit, f_fit)
p, r, f, _ = precision_recall_fscore_support(f_val, nb.predict(m_val), average="binary")
print(f"precision {p:.3f} recall {r:.3f} F1 {f:.3f}")
