import numpy as np
import pandas as pd
import torch
from pytorch_tabnet.tab_model import TabNetClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

census = pd.read_csv("census-income.csv").drop_duplicates()
y = (census.pop("income") == ">50K").astype(int).to_numpy()

cat_idxs, cat_dims = [], []
for i, col in enumerate(census.columns):
    if census[col].dtype == object:
        census[col] = census[col].fillna("?").astype("category").cat.codes
        cat_idxs.append(i)
        cat_dims.append(int(census[col].max()) + 1)

X = census.to_numpy(dtype=np.float32)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=8)

net = TabNetClassifier(
    cat_idxs=cat_idxs,
    cat_dims=cat_dims,
    cat_emb_dim=2,
    optimizer_fn=torch.optim.Adam,
    optimizer_params=dict(lr=2e-2),
)
net.fit(  # expect: L302
    X_train=X_train, y_train=y_train,
    eval_set=[(X_train, y_train), (X_test, y_test)],
    eval_name=["train", "test"],
    eval_metric=["auc"],
    max_epochs=200, patience=20, batch_size=4096,
)
print("FINAL TEST SCORE:", roc_auc_score(y_test, net.predict_proba(X_test)[:, 1]))
