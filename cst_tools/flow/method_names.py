"""What methods of tables do, as far as a name says it."""

from __future__ import annotations

STATISTICS = frozenset(
    ["mean", "median", "std", "var", "min", "max", "quantile", "mode", "sem", "skew", "kurt", "idxmax", "ptp"]
)


KEEP_COLUMNS = frozenset(
    [
        "copy",
        "reset_index",
        "sort_values",
        "sort_index",
        "dropna",
        "fillna",
        "astype",
        "sample",
        "head",
        "tail",
        "drop_duplicates",
        "replace",
        "query",
        "round",
        "clip",
        "infer_objects",
        "convert_dtypes",
        "to_frame",
        "ravel",
        "reshape",
        "flatten",
        "squeeze",
        "to_numpy",
        "to_pandas",
        "to_series",
        "tolist",
        "to_list",
        "view",
        "map",
        "apply",
        "applymap",
        "rename_axis",
        "set_axis",
        "reindex",
        "nlargest",
        "nsmallest",
        "where",
        "mask",
        "ffill",
        "bfill",
        "pad",
        "interpolate",
        "values",
        "numpy",
        "cpu",
        "detach",
        "float",
        "long",
        "int",
        "to",
        "double",
        "cuda",
        "values_list",
        "assign",
        "merge",
        "join",
        "append",
        "tolist",
        "transpose",
        "item",
        "byte",
        "half",
        "lower",
        "strip",
        "upper",
        "to_dense",
        "toarray",
        "todense",
        "str",
        "cat_codes",
        "truncate",
        "between_time",
        "at_time",
        "first",
        "last",
        "ne",
        "eq",
    ]
)


SELECT_ROWS = frozenset(
    ["query", "take", "skip", "get_group", "xs", "truncate", "between_time", "at_time", "first", "last", "filter"]
)


NEW_COLUMNS = frozenset(
    (
        "shift",
        "diff",
        "pct_change",
        "rolling",
        "expanding",
        "ewm",
        "groupby",
        "resample",
        "pivot",
        "melt",
        "unstack",
        "stack",
        "explode",
        "agg",
        "aggregate",
        "transform",
        "cumsum",
        "rank",
        "split",
        "batch",
    )
)


LOSE_ROWS = frozenset(
    [
        "info",
        "plot",
        "hist",
        "unique",
        "nunique",
        "cov",
        "to_csv",
        "to_excel",
        "to_parquet",
        "to_json",
        "to_pickle",
        "boxplot",
        "memory_usage",
        "iterrows",
        "keys",
        "isnull_sum",
        "equals",
        "count",
        "head_str",
        "show",
        "print",
        "get_feature_names_out",
        "any",
        "all",
        "dot_plot",
        "crosstab",
    ]
)
