# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # Penguins

# %%
%matplotlib inline
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.tree import DecisionTreeClassifier
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.preprocessing import LabelEncoder

# %%
!ls data
files = !ls data
penguins = pd.read_csv("data/penguins.csv")
penguins.head?

# %%
penguins = penguins.dropna()
penguins["bill_area"] = penguins["bill_length"] * penguins["bill_depth"]
penguins["island"] = LabelEncoder().fit_transform(penguins["island"])
penguins["sex"] = LabelEncoder().fit_transform(penguins["sex"])

# %%
X = penguins.drop(columns="species")
y = penguins["species"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=6)

# %%
tree = DecisionTreeClassifier(max_depth=4, random_state=6)
%time tree.fit(X_train, y_train)

# %%
plt.figure()
plt.barh(X.columns, tree.feature_importances_)
plt.show()

# %%
tree.score(X_test, y_test)
