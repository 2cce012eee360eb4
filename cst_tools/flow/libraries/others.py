"""imbalanced-learn, category_encoders, feature-engine, gensim, statsmodels, umap, seaborn, matplotlib."""

from cst_tools.flow.libraries.series import OF_STATISTICS
from cst_tools.flow.libraries.spec import Act, Names, Spec, names
from cst_tools.flow.values import Learns

PACKAGES = [
    "imblearn",
    "category_encoders",
    "feature_engine",
    "gensim",
    "statsmodels",
    "umap",
    "seaborn",
    "matplotlib",
    "plotly",
    "boruta",
    "optbinning",
    "joblib",
    "pickle",
    "tqdm",
    "copy",
    "random",
    "builtins",
    "math",
    "logging",
    "fancyimpute",
    "missingno",
    "functools",
    "heapq",
    "torchtext",
    "collections",
    "nltk",
]

_T = Act.TRANSFORMER
NAMES: Names = {
    **OF_STATISTICS,
    "shuffle": Spec(Act.SERIES),
    "partial": Spec(Act.PARTIAL),
    "reduce": Spec(Act.FOLD_LEFT),
    "build_vocab_from_iterator": Spec(Act.LEARN_ON_MAKING, Learns.TEXT),
    **names(
        "SMOTE ADASYN BorderlineSMOTE SVMSMOTE KMeansSMOTE SMOTENC SMOTEN RandomOverSampler SMOTEENN SMOTETomek",
        Spec(Act.RESAMPLER, Learns.RESAMPLE, supervised=True),
    ),
    **names(
        "RandomUnderSampler NearMiss TomekLinks EditedNearestNeighbours ClusterCentroids OneSidedSelection",
        Spec(Act.RESAMPLER),
    ),
    **names("Pipeline make_pipeline", Spec(Act.PIPELINE)),
    **names(
        "TargetEncoder MEstimateEncoder LeaveOneOutEncoder CatBoostEncoder JamesSteinEncoder WOEEncoder GLMMEncoder "
        "MeanEncoder WoEEncoder QuantileEncoder",
        Spec(_T, Learns.ENCODE, supervised=True),
    ),
    **names(
        "OneHotEncoder OrdinalEncoder BinaryEncoder HashingEncoder BaseNEncoder CountEncoder RareLabelEncoder "
        "CountFrequencyEncoder",
        Spec(_T, Learns.CATEGORIES),
    ),
    **names("MeanMedianImputer KNN SoftImpute IterativeImputer EndTailImputer", Spec(_T, Learns.IMPUTE)),
    **names("ArbitraryNumberImputer AddMissingIndicator DropMissingData", Spec(_T)),
    **names("Winsorizer EqualFrequencyDiscretiser YeoJohnsonTransformer BoxCoxTransformer", Spec(_T, Learns.SCALE)),
    **names("UMAP", Spec(_T, Learns.DECOMPOSE)),
    **names("BorutaPy Boruta SmartCorrelatedSelection", Spec(_T, Learns.SELECT, supervised=True)),
    **names(
        "Word2Vec FastText Doc2Vec LdaModel TfidfModel Dictionary LdaMulticore LsiModel Phrases",
        Spec(Act.LEARN_ON_MAKING, Learns.TEXT),
    ),
    **names("Counter FreqDist defaultdict", Spec(Act.COUNT)),
    **names("load", Spec(Act.LOAD)),
    **names("tqdm trange", Spec(Act.PASS)),
    **names("nlargest nsmallest", Spec(Act.IGNORE)),
    "sample": Spec(Act.INDEX),
    **names("deepcopy copy", Spec(Act.CLONE)),
    **names(
        "show subplots figure plot scatter hist boxplot heatmap pairplot displot histplot countplot", Spec(Act.IGNORE)
    ),
}
