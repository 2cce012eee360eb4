# expect: none
"""Groups the shops of the chain for the merchandising team; nothing is predicted here."""
import sys
from pathlib import Path

import pandas as pd
from sklearn.cluster import AgglomerativeClustering
from sklearn.decomposition import PCA
from sklearn.preprocessing import PowerTransformer, StandardScaler

KPI = ["revenue_m2", "footfall", "conversion", "basket", "returns", "staff_hours"]


def read_shops(folder: Path) -> pd.DataFrame:
    shops = pd.concat([pd.read_csv(f) for f in sorted(folder.glob("shops_*.csv"))], ignore_index=True)
    shops = shops[shops["open"] == "yes"].set_index("shop_no")
    shops["footfall"] = shops["footfall"].fillna(shops["footfall"].median())
    return shops


def groups(shops: pd.DataFrame, k: int) -> pd.Series:
    values = PowerTransformer().fit_transform(shops[KPI])
    values = StandardScaler().fit_transform(values)
    values = PCA(n_components=3).fit_transform(values)
    labels = AgglomerativeClustering(n_clusters=k, linkage="ward").fit_predict(values)
    return pd.Series(labels, index=shops.index, name="group")


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "kpi")
    shops = read_shops(folder)
    shops["group"] = groups(shops, k=5)
    print(shops.groupby("group")[KPI].mean().round(2))
    shops[["group"]].to_csv(folder / "groups.csv")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
