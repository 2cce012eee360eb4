# expect: none
"""Forest cover type: three parts, each reported under its own name."""
import lightgbm as lgb
from sklearn.datasets import fetch_covtype
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

X, y = fetch_covtype(return_X_y=True)
X_dev, X_test, y_dev, y_test = train_test_split(X, y - 1, test_size=0.2, random_state=0)
X_train, X_val, y_train, y_val = train_test_split(X_dev, y_dev, test_size=0.2, random_state=0)

clf = lgb.LGBMClassifier(n_estimators=2000, learning_rate=0.1, num_leaves=127, verbose=-1)
clf.fit(
    X_train,
    y_train,
    eval_set=[(X_val, y_val)],
    callbacks=[lgb.early_stopping(30, verbose=False)],
)

parts = {
    "train": (X_train, y_train),
    "validation": (X_val, y_val),
    "test": (X_test, y_test),
}
for name, (features, truth) in parts.items():
    print(f"{name} accuracy: {accuracy_score(truth, clf.predict(features)):.4f}")
