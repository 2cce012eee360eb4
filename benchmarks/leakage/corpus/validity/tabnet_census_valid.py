# expect: none
import numpy as np
import pandas as pd
import torch
from pytorch_tabnet.tab_model import TabNetClassifier
from sklearn.metrics import roc_auc_score

census = pd.read_csv("census-income.csv").drop_duplicates()
y = (census.pop("income") == ">50K").astype(int).to_numpy()
for col in census.select_dtypes("object"):
    census[col] = census[col].fillna("?").astype("category").cat.codes
X = census.to_numpy(dtype=np.float32)

Set = np.random.RandomState(0).choice(["train", "valid", "test"], p=[0.7, 0.15, 0.15], size=len(X))
train_indices = np.where(Set == "train")[0]
valid_indices = np.where(Set == "valid")[0]
test_indices = np.where(Set == "test")[0]

net = TabNetClassifier(optimizer_fn=torch.optim.Adam, optimizer_params=dict(lr=2e-2))
net.fit(
    X_train=X[train_indices], y_train=y[train_indices],
    eval_set=[(X[train_indices], y[train_indices]), (X[valid_indices], y[valid_indices])],
    eval_name=["train", "valid"],
    eval_metric=["auc"],
    max_epochs=200, patience=20, batch_size=4096,
)

print("BEST VALID SCORE:", net.best_cost)
print("FINAL TEST SCORE:", roc_auc_score(y[test_indices], net.predict_proba(X[test_indices])[:, 1]))
