"""L101-L108 and L111: fitted before the rows were parted."""

from __future__ import annotations

from cst_tools.rules.preprocessing import PreprocessingRule


class TransformerBeforeSplit(PreprocessingRule):
    """A scaler, decomposition or discretiser is fitted on rows that are later held out."""

    code = "L101"
    slug = "transformer-fitted-before-split"


class ImputerBeforeSplit(PreprocessingRule):
    """Missing values are filled with statistics of rows that are later held out."""

    code = "L102"
    slug = "imputation-before-split"


class VocabularyBeforeSplit(PreprocessingRule):
    """A vocabulary, document frequencies or an embedding is learned from rows that are later held out."""

    code = "L103"
    slug = "vocabulary-before-split"


class StatisticBeforeSplit(PreprocessingRule):
    """A hand-written statistic of all rows scales, clips or filters rows that are later held out."""

    code = "L104"
    slug = "statistic-before-split"


class SelectionBeforeSplit(PreprocessingRule):
    """Features are selected with the help of rows that are later held out."""

    code = "L105"
    slug = "selection-before-split"


class TargetEncodingBeforeSplit(PreprocessingRule):
    """Categories are encoded by the target of rows that are later held out."""

    code = "L106"
    slug = "target-encoding-before-split"


class ConcatenatedThenFitted(PreprocessingRule):
    """Training and test rows are put together, and something is fitted on both."""

    code = "L107"
    slug = "fitted-on-train-and-test"


class ResamplingBeforeSplit(PreprocessingRule):
    """Rows are made or repeated before the split, so that copies of test rows are trained on."""

    code = "L108"
    slug = "resampling-before-split"


class PreprocessingOutsideFolds(PreprocessingRule):
    """Something is fitted on the rows that cross-validation or a search later parts into folds."""

    code = "L111"
    slug = "preprocessing-outside-cross-validation"
