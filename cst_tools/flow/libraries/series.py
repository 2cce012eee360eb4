"""Time series: filters and decompositions of a whole series, price downloads, dates; and random numbers."""

from cst_tools.flow.libraries.spec import Act, Names, Spec, names

PACKAGES = (
    "yfinance",
    "pandas_datareader",
    "pywt",
    "PyEMD",
    "emd",
    "vmdpy",
    "sktime",
    "numpy_ext",
    "tsmoothie",
)

_SERIES = Spec(Act.SERIES)
OF_ARRAYS: Names = {
    **names(
        "savgol_filter filtfilt sosfiltfilt medfilt wiener hilbert detrend convolve gaussian_filter1d gaussian_filter "
        "uniform_filter1d median_filter gradient roll sliding_window_view date_range bdate_range period_range "
        "DatetimeIndex default_rng RandomState shuffle select digitize",
        _SERIES,
    ),
}
OF_STATISTICS: Names = {
    **names("seasonal_decompose STL MSTL hpfilter bkfilter cffilter lowess", _SERIES),
}
NAMES: Names = {
    **OF_ARRAYS,
    **OF_STATISTICS,
    **names("wavedec waverec dwt idwt swt cwt VMD EMD EEMD CEEMDAN emd eemd ceemdan iceemdan decomposer sift", _SERIES),
    **names("download get_data_yahoo DataReader history Ticker", _SERIES),
}
