# expect: L111@6
from sklearn import datasets, decomposition, ensemble, model_selection

bunch = datasets.load_digits()
data, labels = bunch.data, bunch.target
pca = decomposition.PCA(n_components=20).fit(data)
reduced = pca.transform(data)
res = model_selection.cross_validate(ensemble.RandomForestClassifier(), reduced, labels, cv=5, scoring="f1_macro")
print(res["test_score"].mean())
