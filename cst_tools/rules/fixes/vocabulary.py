"""Names of functions, by what they mean to rows that are parted."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STATISTICS = words("""
    mean median std var min max quantile mode sum count nunique norm average sem mad skew kurt amin amax ptp percentile
    nanmean nanmedian nanstd nanvar nanmin nanmax nansum nanpercentile nanquantile
""")
"""Calls that turn rows into numbers, whichever object they are called on."""

MIXING = words("""
    dropna drop_duplicates sample head tail sort_values sort_index query nlargest nsmallest groupby rolling shift diff
    cumsum cumprod rank ffill bfill interpolate pct_change ewm expanding explode merge join append concat concatenate
    vstack get_dummies resample fit_resample cut qcut factorize zscore
""")
"""Calls that choose, move or combine rows: not the same done to each part."""

ROW_BY_ROW = words("""
    DataFrame Series array asarray log log1p log2 log10 exp sqrt abs square clip fillna astype transform where round
    float32 float64 csr_matrix nan_to_num isnan isnull isna tensor sub div mul add hstack replace copy
    texts_to_sequences texts_to_matrix pad_sequences toarray todense reshape ravel rename
""")
"""Calls on rows that take them one by one."""

SIDE_BY_SIDE = words("hstack column_stack concat concatenate FeatureUnion")
"""Calls that put columns of several tables together."""

NO_TRANSFORM = ("TSNE", "MDS", "SpectralEmbedding", "DBSCAN", "AgglomerativeClustering")
"""Classes that cannot transform rows they were not fitted on."""

SCALERS = {
    "scale": "StandardScaler",
    "minmax_scale": "MinMaxScaler",
    "maxabs_scale": "MaxAbsScaler",
    "robust_scale": "RobustScaler",
    "quantile_transform": "QuantileTransformer",
    "power_transform": "PowerTransformer",
}
"""scikit-learn's functions that fit and transform in one call, and the class that does it in two."""
