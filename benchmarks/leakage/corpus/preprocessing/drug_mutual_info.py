# Blood-brain barrier: fingerprints -> penetrates or not
import numpy as np
import pandas as pd
from rdkit import Chem
from rdkit.Chem import AllChem, Descriptors
from sklearn.feature_selection import mutual_info_classif
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split as split
from xgboost import XGBClassifier


def fingerprint(smiles, bits=1024):
    mol = Chem.MolFromSmiles(smiles)
    fp = np.array(AllChem.GetMorganFingerprintAsBitVect(mol, 2, nBits=bits), dtype=np.uint8)
    return np.append(fp, [Descriptors.MolWt(mol) > 450, Descriptors.TPSA(mol) > 90])


def informative(bits, crosses, n):
    gain = mutual_info_classif(bits, crosses, discrete_features=True, random_state=0)  # expect: L105
    return np.sort(np.argsort(gain)[::-1][:n])


bbbp = pd.read_csv("BBBP.csv").drop_duplicates("smiles")
bbbp = bbbp[bbbp["smiles"].map(lambda s: Chem.MolFromSmiles(s) is not None)]
crosses = bbbp["p_np"].to_numpy()
bits = np.stack([fingerprint(s) for s in bbbp["smiles"]])
cols = informative(bits, crosses, n=150)

f_tr, f_te, c_tr, c_te = split(bits[:, cols], crosses, test_size=0.2, stratify=crosses, random_state=5)
xgb = XGBClassifier(n_estimators=250, max_depth=4, learning_rate=0.08, subsample=0.8)
xgb.fit(f_tr, c_tr)
print("balanced accuracy:", round(balanced_accuracy_score(c_te, xgb.predict(f_te)), 3))
