"""Origin of honey for three laboratories; the same recipe for every table."""
import pandas as pd
from sklearn.decomposition import KernelPCA
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import NearestCentroid
from sklearn.preprocessing import StandardScaler

LABS = {"nmr": "honey_nmr.csv", "ms": "honey_ms.csv", "ir": "honey_ir.csv"}


def load(path):
    table = pd.read_csv(path, index_col="sample")
    return table.drop(columns="origin"), table["origin"]


def components(blocks, n):
    """blocks: name -> (table, origin); the table is replaced by its components."""
    out = {}
    for name, (table, origin) in blocks.items():
        z = StandardScaler().fit_transform(table)  # expect: L101
        z = KernelPCA(n_components=n, kernel="cosine").fit_transform(z)  # expect: L101
        out[name] = (pd.DataFrame(z, index=table.index), origin)
    return out


def main():
    blocks = components({name: load(path) for name, path in LABS.items()}, n=10)
    result = {}
    for name, (z, origin) in blocks.items():
        z_in, z_out, o_in, o_out = train_test_split(z, origin, test_size=0.3, random_state=2, stratify=origin)
        centroid = NearestCentroid().fit(z_in, o_in)
        result[name] = accuracy_score(o_out, centroid.predict(z_out))
    print(pd.Series(result).round(3))


if __name__ == "__main__":
    main()
