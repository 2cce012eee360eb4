# expect: none
import numpy as np
import pandas as pd
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.manifold import TSNE
from sklearn.preprocessing import KBinsDiscretizer, StandardScaler

# SECOM-like table; rows are addressed by label, columns are written back in place


def indices(index, share, seed):
    index = index.to_numpy().copy()
    np.random.default_rng(seed).shuffle(index)
    cut = round(len(index) * share)
    return index[:cut], index[cut:]


wafers = pd.read_csv("wafers.csv", index_col="wafer").dropna()
meters = [c for c in wafers.columns if c.startswith("m_")]
wafers[meters] = wafers[meters].astype(float)

tr_idx, te_idx = indices(wafers.index, share=0.7, seed=21)

z = StandardScaler().fit(wafers.loc[tr_idx, meters])
wafers.loc[tr_idx, meters] = z.transform(wafers.loc[tr_idx, meters])
wafers.loc[te_idx, meters] = z.transform(wafers.loc[te_idx, meters])

kb = KBinsDiscretizer(n_bins=6, encode="ordinal", strategy="quantile")
wafers["bin"] = 0.0
wafers.loc[tr_idx, "bin"] = kb.fit_transform(wafers.loc[tr_idx, ["m_00"]]).ravel()
wafers.loc[te_idx, "bin"] = kb.transform(wafers.loc[te_idx, ["m_00"]]).ravel()

cols = meters + ["bin"]
qda = QuadraticDiscriminantAnalysis(reg_param=0.2)
qda.fit(wafers.loc[tr_idx, cols], wafers.loc[tr_idx, "fail"])
print("accuracy", qda.score(wafers.loc[te_idx, cols], wafers.loc[te_idx, "fail"]))

flat = TSNE(random_state=0).fit_transform(wafers[meters])
pd.DataFrame(flat, index=wafers.index).to_csv("map.csv")
