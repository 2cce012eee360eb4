# expect: L105@10
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import cross_val_score

genes = pd.read_csv("expression.csv", index_col=0)
labels = genes.pop("tumour")
trees = ExtraTreesClassifier(n_estimators=300).fit(genes, labels)
order = np.argsort(trees.feature_importances_)[::-1]
strongest = genes.columns[order[:40]]
print(cross_val_score(ExtraTreesClassifier(), genes[strongest], labels, cv=10).mean())
