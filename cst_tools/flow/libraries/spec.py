"""The vocabulary in which a library is described to the engine."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from cst_tools.flow.values import Learns


class Act(enum.Enum):
    """What calling a name of a library does."""

    TRANSFORMER = "transformer"
    """Class: ``fit`` learns ``Spec.learns`` from rows; STATELESS ones have ``learns`` None."""
    MODEL = "model"
    PIPELINE = "pipeline"
    COLUMN_TRANSFORMER = "column transformer"
    SEARCH = "search"
    FOLDS = "folds"
    """Class whose ``split`` yields (train, test) row indices."""
    SPLIT = "split"
    """Function that returns two parts of each argument."""
    PART_SPLIT = "part split"
    """Function that parts one dataset by lengths (``random_split``)."""
    CROSS_SCORE = "cross score"
    CROSS_PREDICT = "cross predict"
    METRIC = "metric"
    LOAD = "load"
    LOAD_PARTS = "load parts"
    """Function that returns ((train...), (test...))."""
    LEARN_NOW = "learn now"
    """Function that learns from its argument and returns it transformed (``scale``)."""
    LEARN_ON_MAKING = "learn on making"
    """Class whose constructor learns from its argument (``Word2Vec(sentences)``)."""
    RESAMPLER = "resampler"
    CONCAT = "concat"
    PASS = "pass"
    """Returns its data arguments' rows, elementwise or repackaged."""
    BUNDLE = "bundle"
    """Puts features and labels into one object (``DMatrix``, ``TensorDataset``)."""
    TRAIN_FUNCTION = "train function"
    """``xgb.train(params, data, ...)``: returns a trained model."""
    AGGREGATE = "aggregate"
    """Function over an array that returns a statistic of it (``np.mean``)."""
    REDUCE = "reduce"
    """Function over an array that returns no statistic worth following (``np.sum``, ``len``)."""
    ROW_ERRORS = "row errors"
    """Compares two arrays row by row (the losses of Keras)."""
    CALLBACK = "callback"
    """Stops training or keeps the best version by a watched score."""
    SHUFFLE = "shuffle"
    INDEX = "index"
    """Makes row numbers (``np.arange``, ``permutation``)."""
    DUMMIES = "dummies"
    WHERE = "where"
    CLONE = "clone"
    SERIES = "series"
    """Concerns time or chance: see ``cst_tools.flow.series_calls``."""
    OPTIMISE = "optimise"
    """Function that searches the arguments for which another function (at position ``Spec.wraps``) is best."""
    TRAINER = "trainer"
    """Object that is given a model and loaders to fit (Lightning)."""
    TUNER = "tuner"
    """Object that searches the settings of a network (KerasTuner)."""
    FINE_TUNER = "fine tuner"
    """Object that is given a model, settings and data sets to train it with (Hugging Face)."""
    SETTINGS = "settings"
    """The settings of such an object."""
    LEARNER = "learner"
    """Object that holds loaders and a model (fastai)."""
    NAMED_PART = "named part"
    """Loads one part of a data set; an argument says which."""
    MODULE_BASE = "module base"
    """Base class of neural networks."""
    CROSS_TRAIN = "cross train"
    """Trains and scores on folds of one dataset (``xgb.cv``)."""
    DRAW = "draw"
    """Draws rows with replacement unless told otherwise (``sklearn.utils.resample``)."""
    ASSOCIATE = "associate"
    """Scores columns by how they go with the target (``f_classif``)."""
    NUMBERED = "numbered"
    """Gives (a number for each value, the values)."""
    COLUMN_SELECTOR = "column selector"
    """Makes a set of columns, by their kind, for a table that is not there yet."""
    EXPRESSION = "expression"
    """``pl.col("a")``: a column of whatever table it is given to."""
    PARTIAL = "partial"
    FOLD_LEFT = "fold left"
    """``functools.reduce``"""
    MISSING = "missing"
    """Mask of missing values (``np.isnan``)."""
    COUNT = "count"
    """Counts what it is given (``Counter``)."""
    MERGE = "merge"
    """Brings the columns of its second table to the rows of its first."""
    GROUP_TABLE = "group table"
    """A table with one row a group (``crosstab``, ``pivot_table``)."""
    IGNORE = "ignore"
    """Looks only: plots, prints, reports that are no score."""


@dataclass(frozen=True, slots=True)
class Spec:
    act: Act
    learns: Learns | None = None
    supervised: bool = False
    evaluation: tuple[str, ...] = ()
    """Keyword arguments of ``fit`` (or of a train function) that hold rows scored while fitting."""
    stops_with: tuple[str, ...] = ()
    """Arguments (constructor, ``fit`` or parameter dict) that switch early stopping on."""
    keeps_best: bool = False
    """Keeps the best iteration on the evaluation rows unless ``use_best_model=False``."""
    by_default: str = "use_best_model (on by default)"
    """What ``keeps_best`` is called in a message."""
    fit_methods: tuple[str, ...] = ("fit",)
    wraps: int | None = None
    """Position of the estimator argument of a search or wrapper."""
    axis_rows: int | None = 0
    """LEARN_NOW, AGGREGATE: default ``axis`` (0 or None learns across rows)."""


Names = dict[str, Spec]


def names(text: str, spec: Spec) -> Names:
    """One spec for every word of ``text``."""
    return dict.fromkeys(text.split(), spec)
