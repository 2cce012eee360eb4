"""scikit-learn and packages with its interface (cuML, dask-ml, scikit-learn-intelex)."""

from cst_tools.flow.libraries.spec import Act, Names, Spec, names
from cst_tools.flow.values import Learns

PACKAGES = ("sklearn", "cuml", "dask_ml", "sklearnex", "daal4py", "sklearn_pandas", "mlxtend")

_T = Act.TRANSFORMER
NAMES: Names = {
    **names(
        "StandardScaler MinMaxScaler MaxAbsScaler RobustScaler QuantileTransformer PowerTransformer KBinsDiscretizer "
        "SplineTransformer",
        Spec(_T, Learns.SCALE),
    ),
    **names(
        "PCA IncrementalPCA KernelPCA SparsePCA MiniBatchSparsePCA TruncatedSVD FastICA NMF MiniBatchNMF "
        "FactorAnalysis LatentDirichletAllocation Isomap LocallyLinearEmbedding TSNE UMAP DictionaryLearning "
        "Nystroem GaussianRandomProjection SparseRandomProjection MDS SpectralEmbedding FeatureAgglomeration",
        Spec(_T, Learns.DECOMPOSE),
    ),
    **names(
        "LinearDiscriminantAnalysis PLSRegression PLSCanonical CCA NeighborhoodComponentsAnalysis",
        Spec(_T, Learns.DECOMPOSE, supervised=True),
    ),
    **names("SimpleImputer KNNImputer IterativeImputer Imputer", Spec(_T, Learns.IMPUTE)),
    **names("CountVectorizer TfidfVectorizer TfidfTransformer", Spec(_T, Learns.TEXT)),
    **names(
        "SelectKBest SelectPercentile SelectFpr SelectFdr SelectFwe GenericUnivariateSelect RFE RFECV SelectFromModel "
        "SequentialFeatureSelector ExhaustiveFeatureSelector",
        Spec(_T, Learns.SELECT, supervised=True),
    ),
    **names("TargetEncoder", Spec(_T, Learns.ENCODE, supervised=True)),
    **names("make_column_selector", Spec(Act.COLUMN_SELECTOR)),
    **names(
        "OneHotEncoder OrdinalEncoder LabelEncoder LabelBinarizer MultiLabelBinarizer DictVectorizer FeatureHasher "
        "VarianceThreshold MissingIndicator",
        Spec(_T, Learns.CATEGORIES),
    ),
    **names(
        "Normalizer FunctionTransformer Binarizer HashingVectorizer PolynomialFeatures AdditiveChi2Sampler RBFSampler",
        Spec(_T),
    ),
    **names("Pipeline make_pipeline FeatureUnion make_union", Spec(Act.PIPELINE)),
    **names("ColumnTransformer make_column_transformer DataFrameMapper", Spec(Act.COLUMN_TRANSFORMER)),
    **names(
        "GridSearchCV RandomizedSearchCV HalvingGridSearchCV HalvingRandomSearchCV TuneSearchCV",
        Spec(Act.SEARCH, wraps=0),
    ),
    **names(
        "KFold StratifiedKFold GroupKFold StratifiedGroupKFold RepeatedKFold RepeatedStratifiedKFold ShuffleSplit "
        "StratifiedShuffleSplit GroupShuffleSplit LeaveOneOut LeaveOneGroupOut LeavePOut TimeSeriesSplit "
        "PredefinedSplit",
        Spec(Act.FOLDS),
    ),
    "train_test_split": Spec(Act.SPLIT),
    **names(
        "cross_val_score cross_validate permutation_test_score validation_curve learning_curve", Spec(Act.CROSS_SCORE)
    ),
    "cross_val_predict": Spec(Act.CROSS_PREDICT),
    **names(
        "accuracy_score balanced_accuracy_score f1_score fbeta_score precision_score recall_score roc_auc_score "
        "average_precision_score log_loss brier_score_loss matthews_corrcoef cohen_kappa_score jaccard_score "
        "classification_report confusion_matrix multilabel_confusion_matrix precision_recall_fscore_support "
        "mean_squared_error mean_absolute_error root_mean_squared_error mean_squared_log_error median_absolute_error "
        "mean_absolute_percentage_error r2_score explained_variance_score max_error hamming_loss zero_one_loss "
        "root_mean_squared_log_error mean_pinball_loss d2_absolute_error_score top_k_accuracy_score ndcg_score "
        "hinge_loss mean_poisson_deviance mean_gamma_deviance roc_curve precision_recall_curve",
        Spec(Act.METRIC),
    ),
    **names(
        "scale minmax_scale maxabs_scale robust_scale quantile_transform power_transform",
        Spec(Act.LEARN_NOW, Learns.SCALE),
    ),
    **names("normalize binarize label_binarize add_dummy_feature", Spec(Act.PASS)),
    **names("shuffle", Spec(Act.SHUFFLE)),
    "resample": Spec(Act.DRAW),
    "clone": Spec(Act.CLONE),
    **names(
        "FrozenEstimator CalibratedClassifierCV BaggingClassifier BaggingRegressor AdaBoostClassifier "
        "AdaBoostRegressor "
        "OneVsRestClassifier OneVsOneClassifier MultiOutputClassifier MultiOutputRegressor TransformedTargetRegressor",
        Spec(Act.MODEL, wraps=0),
    ),
    **names("StackingClassifier StackingRegressor VotingClassifier VotingRegressor", Spec(Act.MODEL)),
    **names(
        "LinearRegression LogisticRegression Ridge Lasso ElasticNet Lars LassoLars BayesianRidge ARDRegression SVC SVR "
        "LinearSVC LinearSVR NuSVC NuSVR GaussianNB MultinomialNB BernoulliNB ComplementNB CategoricalNB "
        "LogisticRegressionCV RidgeCV LassoCV ElasticNetCV LassoLarsCV Perceptron QuadraticDiscriminantAnalysis "
        "KernelRidge NearestCentroid",
        Spec(Act.MODEL),
    ),
    **names(
        "IsolationForest LocalOutlierFactor EllipticEnvelope OneClassSVM KMeans MiniBatchKMeans DBSCAN GaussianMixture "
        "AgglomerativeClustering Birch SpectralClustering MeanShift OPTICS BayesianGaussianMixture HDBSCAN",
        Spec(Act.MODEL, Learns.DECOMPOSE),
    ),
    **names(
        "ConfusionMatrixDisplay RocCurveDisplay plot_confusion_matrix set_config",
        Spec(Act.IGNORE),
    ),
}

NAMES |= names(
    "f_classif chi2 mutual_info_classif mutual_info_regression f_regression r_regression permutation_importance",
    Spec(Act.ASSOCIATE),
)

DATASETS = "datasets"
