"""pandas, numpy, polars, scipy: loading, putting together, statistics."""

from cst_tools.flow.libraries.series import OF_ARRAYS
from cst_tools.flow.libraries.spec import Act, Names, Spec, names
from cst_tools.flow.values import Learns

PACKAGES = ("pandas", "numpy", "scipy", "cudf", "cupy", "modin", "dask", "jax")

NAMES: Names = {
    **OF_ARRAYS,
    **names("isnan isna isnull", Spec(Act.MISSING)),
    **names(
        "corrcoef pearsonr spearmanr kendalltau pointbiserialr ttest_ind mannwhitneyu f_oneway "
        "chi2_contingency ks_2samp kruskal",
        Spec(Act.ASSOCIATE),
    ),
    **names("crosstab pivot_table", Spec(Act.GROUP_TABLE)),
    **names(
        "read_csv read_excel read_parquet read_json read_table read_sql read_sql_query read_feather read_pickle "
        "read_hdf "
        "read_fwf read_html read_stata read_sas read_clipboard loadtxt genfromtxt load fromfile loadmat scan_csv "
        "scan_parquet memmap",
        Spec(Act.LOAD),
    ),
    **names("concat concatenate vstack hstack column_stack append r_ c_", Spec(Act.CONCAT)),
    **names(
        "DataFrame Series array asarray asanyarray ascontiguousarray to_numeric to_datetime from_pandas copy log "
        "log1p exp "
        "expm1 sqrt abs square power round floor ceil nan_to_num reshape ravel squeeze expand_dims transpose argmax "
        "argmin "
        "sign clip rint stack csr_matrix maximum minimum vectorize apply_along_axis where from_dict"
        "int_ float32 add subtract divide multiply delete cut to_timedelta",
        Spec(Act.PASS),
    ),
    "where": Spec(Act.WHERE),
    "get_dummies": Spec(Act.DUMMIES),
    **names(
        "mean std var median nanmean nanstd nanmedian percentile quantile nanpercentile average amin amax min max "
        "norm ptp nanmin nanmax nanvar nanquantile mode",
        Spec(Act.AGGREGATE, axis_rows=None),
    ),
    **names("sum count_nonzero unique bincount histogram cov", Spec(Act.REDUCE)),
    **names("zscore boxcox yeojohnson", Spec(Act.LEARN_NOW, Learns.SCALE)),
    **names("factorize", Spec(Act.NUMBERED)),
    **names("qcut winsorize", Spec(Act.LEARN_NOW, Learns.STATISTIC)),
    **names("arange permutation choice setdiff1d", Spec(Act.INDEX)),
    **names("rand randn normal uniform random standard_normal multivariate_normal random_sample", Spec(Act.LOAD)),
    **names("set_option seed savetxt save testing", Spec(Act.IGNORE)),
    **names("merge merge_asof merge_ordered", Spec(Act.MERGE)),
    **names("melt take choose flatnonzero nonzero argpartition argsort sort", Spec(Act.PASS)),
}
