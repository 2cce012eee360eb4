"""What the playbook knows of estimators: family, task, what a fitted one offers. Data only.

Source: the API references of scikit-learn 1.3-1.9, LightGBM 4, XGBoost 2-3 and CatBoost 1.2.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

LIBRARIES = ("sklearn", "lightgbm", "xgboost", "catboost", "imblearn")


class Family(str, enum.Enum):
    LINEAR = "linear models"
    SVM = "support vector machines"
    NEIGHBOURS = "nearest neighbours"
    TREE = "single trees"
    FOREST = "forests"
    BOOSTING = "boosted trees"
    BAYES = "naive Bayes"
    NETWORK = "neural networks"
    OTHER = "other models"


@dataclass(frozen=True)
class Estimator:
    """One predictor class."""

    name: str
    family: Family
    classifier: bool
    module: str
    offers: frozenset[str] = frozenset()
    """Methods and fitted attributes beyond those every predictor has."""
    seeded: bool = False
    """Takes ``random_state`` and varies with it."""
    weighted: bool = False
    """Takes ``class_weight``."""
    first: str | None = None
    """Name of the parameter that may be given by position."""
    handles_missing: bool = False


ALWAYS = frozenset({"fit", "predict", "score", "get_params", "n_features_in_", "feature_names_in_", "__class__"})
PROBA = frozenset({"predict_proba", "classes_"})
DECISION = frozenset({"decision_function", "classes_"})

SENSITIVE = frozenset(
    [
        "coef_",
        "intercept_",
        "coefs_",
        "feature_importances_",
        "predict_proba",
        "decision_function",
        "predict_log_proba",
        "estimators_",
        "tree_",
        "oob_score_",
        "oob_prediction_",
        "oob_decision_function_",
        "kneighbors",
        "support_vectors_",
        "support_",
        "dual_coef_",
        "n_support_",
        "classes_",
        "class_count_",
        "class_prior_",
        "feature_log_prob_",
        "feature_count_",
        "theta_",
        "var_",
        "best_params_",
        "best_estimator_",
        "best_score_",
        "cv_results_",
        "partial_fit",
        "booster_",
        "get_booster",
        "evals_result",
        "evals_result_",
        "staged_predict",
        "staged_predict_proba",
        "loss_curve_",
        "validation_scores_",
        "get_depth",
        "get_n_leaves",
        "cost_complexity_pruning_path",
        "alpha_",
        "C_",
        "l1_ratio_",
        "apply",
        "decision_path",
        "train_score_",
        "estimator_weights_",
        "best_iteration",
        "best_iteration_",
        "get_feature_importance",
        "get_evals_result",
        "save_model",
        "load_model",
        "n_estimators",
        "max_depth",
        "max_iter",
        "alpha",
        "C",
        "kernel",
        "n_neighbors",
        "set_params",
        "n_iter_",
        "estimator_",
        "calibrated_classifiers_",
        "sparsify",
        "densify",
        "n_leaves_",
        "feature_importances",
        "steps",
        "named_steps",
        "feature_name_",
        "plot",
        "get_best_iteration",
        "transform",
        "fit_transform",
    ]
)
"""Attributes that not every predictor has: a rewrite that changes the class must look for their use."""

AMBIGUOUS = frozenset(
    {"alpha", "C", "kernel", "max_depth", "max_iter", "n_estimators", "n_neighbors"}
    | {"apply", "fit_transform", "plot", "steps", "transform"}
)
"""Those that are as common on other objects (``args.alpha``, ``df.apply``): they count on the model's own name only."""

SENSITIVE_FUNCTIONS = frozenset(
    [
        "TreeExplainer",
        "LinearExplainer",
        "KernelExplainer",
        "Explainer",
        "plot_tree",
        "export_text",
        "export_graphviz",
        "plot_importance",
        "plot_metric",
        "dtreeviz",
        "show_weights",
        "explain_weights",
        "SelectFromModel",
        "RFE",
        "RFECV",
        "SequentialFeatureSelector",
        "GridSearchCV",
        "RandomizedSearchCV",
        "HalvingGridSearchCV",
        "HalvingRandomSearchCV",
        "BayesSearchCV",
        "OptunaSearchCV",
        "validation_curve",
        "clone",
        "set_params",
        "isinstance",
    ]
)
"""Functions that look inside the model they are given."""


def _estimators() -> dict[str, Estimator]:
    table: dict[str, Estimator] = {}

    def add(
        module: str,
        family: Family,
        names: str,
        offers: frozenset[str] = frozenset(),
        *,
        flags: str = "",
        first: str | None = None,
    ) -> None:
        for name in names.split():
            classifier = not name.endswith(("Regressor", "Regression", "SVR")) and name not in _REGRESSORS
            classifier = classifier or name == "LogisticRegression"
            table[name] = Estimator(
                name,
                family,
                classifier,
                module,
                offers if classifier else offers - PROBA - DECISION,
                "seeded" in flags,
                "weighted" in flags and classifier,
                first,
                "missing" in flags,
            )

    linear = frozenset({"coef_", "intercept_", "n_iter_"})
    sk = "sklearn.linear_model"
    add(sk, Family.LINEAR, "LogisticRegression", linear | PROBA | DECISION, flags="weighted", first="penalty")
    add(sk, Family.LINEAR, "LogisticRegressionCV", linear | PROBA | DECISION | {"C_"}, flags="weighted", first="Cs")
    add(sk, Family.LINEAR, "SGDClassifier", linear | DECISION, flags="seeded weighted", first="loss")
    add(sk, Family.LINEAR, "RidgeClassifier", linear | DECISION, flags="weighted", first="alpha")
    add(sk, Family.LINEAR, "Perceptron PassiveAggressiveClassifier", linear | DECISION, flags="seeded weighted")
    add(sk, Family.LINEAR, "LinearRegression BayesianRidge HuberRegressor TweedieRegressor", linear)
    add(sk, Family.LINEAR, "Ridge Lasso ElasticNet", linear, first="alpha")
    add(sk, Family.LINEAR, "RidgeCV LassoCV ElasticNetCV", linear | {"alpha_"})
    add(sk, Family.LINEAR, "PoissonRegressor SGDRegressor", linear)
    add("sklearn.svm", Family.LINEAR, "LinearSVC", linear | DECISION, flags="weighted", first="penalty")
    add("sklearn.svm", Family.LINEAR, "LinearSVR", linear)
    add("sklearn.svm", Family.SVM, "SVC", DECISION | PROBA, flags="weighted")
    add("sklearn.svm", Family.SVM, "SVR NuSVR")
    near = "sklearn.neighbors"
    add(
        near, Family.NEIGHBOURS, "KNeighborsClassifier KNeighborsRegressor", PROBA | {"kneighbors"}, first="n_neighbors"
    )
    tree = PROBA | {"feature_importances_", "predict_log_proba", "apply", "decision_path"}
    add(
        "sklearn.tree",
        Family.TREE,
        "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor",
        tree | {"tree_", "get_depth", "get_n_leaves"},
        flags="seeded weighted",
    )
    ens = "sklearn.ensemble"
    add(
        ens,
        Family.FOREST,
        "RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor",
        tree | {"estimators_"},
        flags="seeded weighted",
        first="n_estimators",
    )
    boost = PROBA | DECISION | {"staged_predict", "staged_predict_proba"}
    add(
        ens,
        Family.BOOSTING,
        "GradientBoostingClassifier GradientBoostingRegressor",
        boost | {"feature_importances_", "estimators_", "train_score_", "apply", "predict_log_proba"},
        flags="seeded",
    )
    add(ens, Family.BOOSTING, "AdaBoostClassifier AdaBoostRegressor", boost | {"feature_importances_"}, flags="seeded")
    add(
        ens,
        Family.BOOSTING,
        "HistGradientBoostingClassifier HistGradientBoostingRegressor",
        boost | {"n_iter_"},
        flags="seeded weighted missing",
    )
    gbm = PROBA | {"feature_importances_"}
    add(
        "lightgbm", Family.BOOSTING, "LGBMClassifier LGBMRegressor", gbm | {"booster_"}, flags="seeded weighted missing"
    )
    add("xgboost", Family.BOOSTING, "XGBClassifier XGBRegressor", gbm | {"get_booster"}, flags="seeded missing")
    add("catboost", Family.BOOSTING, "CatBoostClassifier CatBoostRegressor", gbm, flags="seeded missing")
    add("sklearn.naive_bayes", Family.BAYES, "GaussianNB", PROBA)
    add("sklearn.naive_bayes", Family.BAYES, "MultinomialNB ComplementNB BernoulliNB", PROBA | {"feature_log_prob_"})
    add(
        "sklearn.neural_network",
        Family.NETWORK,
        "MLPClassifier MLPRegressor",
        PROBA | {"loss_curve_"},
        flags="seeded",
        first="hidden_layer_sizes",
    )
    da = "sklearn.discriminant_analysis"
    add(da, Family.OTHER, "LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis", PROBA | DECISION)
    add("sklearn.kernel_ridge", Family.SVM, "KernelRidge", first="alpha")
    return table


_REGRESSORS = frozenset(
    [
        "Ridge",
        "Lasso",
        "ElasticNet",
        "RidgeCV",
        "LassoCV",
        "ElasticNetCV",
        "BayesianRidge",
        "KernelRidge",
        "LinearSVR",
        "NuSVR",
        "SVR",
    ]
)
ESTIMATORS: dict[str, Estimator] = _estimators()

PIPELINES = frozenset({"Pipeline", "make_pipeline"})
SEARCHES = frozenset(
    [
        "GridSearchCV",
        "RandomizedSearchCV",
        "HalvingGridSearchCV",
        "HalvingRandomSearchCV",
        "BayesSearchCV",
        "OptunaSearchCV",
    ]
)
CROSS_VALIDATORS = frozenset({"cross_val_score", "cross_val_predict", "cross_validate", "learning_curve"})
VECTORISERS = frozenset({"TfidfVectorizer", "CountVectorizer", "HashingVectorizer"})
SCALERS = frozenset(
    [
        "StandardScaler",
        "MinMaxScaler",
        "RobustScaler",
        "MaxAbsScaler",
        "Normalizer",
        "PowerTransformer",
        "QuantileTransformer",
        "KBinsDiscretizer",
        "SplineTransformer",
        "normalize",
        "scale",
    ]
)
COLUMN_WISE = frozenset({"ColumnTransformer", "make_column_transformer", "DataFrameMapper", "TableVectorizer"})
OTHER_KNOWN = frozenset(
    [
        "SimpleImputer",
        "KNNImputer",
        "IterativeImputer",
        "OneHotEncoder",
        "OrdinalEncoder",
        "LabelEncoder",
        "TargetEncoder",
        "TransformedTargetRegressor",
        "CalibratedClassifierCV",
        "VotingClassifier",
        "VotingRegressor",
        "StackingClassifier",
        "StackingRegressor",
        "BaggingClassifier",
        "BaggingRegressor",
        "FeatureUnion",
        "TfidfTransformer",
        "TruncatedSVD",
        "PCA",
        "TunedThresholdClassifierCV",
        "OneVsRestClassifier",
        "MultiOutputRegressor",
        "MultiOutputClassifier",
        "RegressorChain",
        "ClassifierChain",
        "SelectKBest",
        "PolynomialFeatures",
        "FunctionTransformer",
    ]
)
CATALOGUE: frozenset[str] = (
    frozenset(ESTIMATORS)
    | PIPELINES
    | SEARCHES
    | CROSS_VALIDATORS
    | VECTORISERS
    | SCALERS
    | COLUMN_WISE
    | OTHER_KNOWN
    | SENSITIVE_FUNCTIONS
)
