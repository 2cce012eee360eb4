"""What library calls, methods and names say about a statement's role: plain data.

Keys are the last part of a call's name. A name that several libraries use means the same thing in all of them.
"""

from __future__ import annotations

import re

from cst_tools.names import words_of as words_of
from cst_tools.types import Role

SPLIT_CALLS = words_of(
    "train_test_split KFold StratifiedKFold GroupKFold TimeSeriesSplit ShuffleSplit StratifiedShuffleSplit "
    "RepeatedKFold RepeatedStratifiedKFold LeaveOneOut LeavePOut GroupShuffleSplit PredefinedSplit "
    "LeaveOneGroupOut StratifiedGroupKFold random_split iterative_train_test_split temporal_train_test_split "
    "MultilabelStratifiedKFold MultilabelStratifiedShuffleSplit check_cv PurgedKFold get_n_splits "
    "BlockingTimeSeriesSplit SubsetRandomSampler randomSplit"
)
TUNE_CALLS = words_of(
    "GridSearchCV RandomizedSearchCV HalvingGridSearchCV HalvingRandomSearchCV BayesSearchCV TuneSearchCV "
    "TuneGridSearchCV OptunaSearchCV create_study fmin ParameterGrid ParameterSampler gp_minimize forest_minimize "
    "BayesianOptimization RandomSearch Hyperband TPESampler MedianPruner HyperbandPruner suggest_float "
    "suggest_int suggest_categorical suggest_loguniform suggest_uniform suggest_discrete_uniform optimize "
    "study_optimize TunedThresholdClassifierCV FixedThresholdClassifier loguniform enqueue_trial"
)
ENSEMBLE_CALLS = words_of(
    "VotingClassifier VotingRegressor StackingClassifier StackingRegressor StackingCVClassifier "
    "StackingCVRegressor EnsembleVoteClassifier SuperLearner rankdata hill_climb blend_predictions"
)
EVALUATE_CALLS = words_of(
    "cross_val_score cross_validate learning_curve validation_curve permutation_test_score accuracy_score "
    "balanced_accuracy_score f1_score fbeta_score precision_score recall_score jaccard_score roc_auc_score "
    "average_precision_score log_loss brier_score_loss matthews_corrcoef cohen_kappa_score hamming_loss "
    "zero_one_loss hinge_loss top_k_accuracy_score mean_squared_error root_mean_squared_error mean_absolute_error "
    "r2_score mean_absolute_percentage_error mean_squared_log_error root_mean_squared_log_error "
    "median_absolute_error max_error explained_variance_score mean_pinball_loss mean_poisson_deviance "
    "mean_gamma_deviance mean_tweedie_deviance d2_absolute_error_score d2_log_loss_score silhouette_score "
    "adjusted_rand_score normalized_mutual_info_score adjusted_mutual_info_score calinski_harabasz_score "
    "davies_bouldin_score v_measure_score homogeneity_score ndcg_score dcg_score "
    "label_ranking_average_precision_score coverage_error classification_report confusion_matrix "
    "multilabel_confusion_matrix roc_curve precision_recall_curve det_curve auc precision_recall_fscore_support "
    "ConfusionMatrixDisplay RocCurveDisplay PrecisionRecallDisplay plot_confusion_matrix plot_roc_curve score "
    "evaluate plot_precision_recall_curve calibration_curve permutation_importance class_likelihood_ratios "
    "concordance_index compute_metrics mean_iou word_error_rate bleu_score sentence_bleu corpus_bleu perplexity "
    "quadratic_weighted_kappa BinaryClassificationEvaluator MulticlassClassificationEvaluator RegressionEvaluator"
)
SUBMIT_CALLS = words_of(
    "to_csv to_parquet to_json to_excel to_pickle to_feather to_hdf to_sql write_csv write_parquet write_json "
    "dump savez savez_compressed save_model save_pretrained save_weights log_model log_artifact push_to_hub "
    "writerow writerows savetxt export_graphviz savemat save_checkpoint save_npz sink_parquet sink_csv write_text "
    "write_bytes"
)
SUBMIT_QUALIFIED = words_of(
    "torch.save numpy.save joblib.dump pickle.dump json.dump cloudpickle.dump tensorflow.saved_model.save"
)
LOAD_CALLS = words_of(
    "read_csv read_table read_parquet read_json read_excel read_feather read_hdf read_sql read_sql_query "
    "read_sql_table read_pickle read_fwf read_xml read_html read_orc read_stata read_sas read_ndjson read_ipc "
    "read_avro read_database read_gbq read_clipboard scan_csv scan_parquet scan_ipc scan_ndjson loadtxt "
    "genfromtxt fromfile load_dataset load_from_disk load_data loadmat load_svmlight_file get_rdataset data "
    "DataLoader TensorDataset ImageFolder DatasetFolder image_dataset_from_directory text_dataset_from_directory "
    "flow_from_directory flow_from_dataframe from_tensor_slices urlretrieve dataset_download "
    "competition_download_files reader DictReader imread rglob iglob memmap MNIST FashionMNIST CIFAR10 "
    "CIFAR100 SVHN STL10 from_csv read_text read_bytes fetch_ucirepo fetch_openml connect"
)
LOAD_QUALIFIED = words_of(
    "numpy.load json.load joblib.load pickle.load torch.load glob.glob seaborn.load_dataset scipy.sparse.load_npz"
)
LOAD_PREFIX = re.compile(
    r"^(?:sklearn\.datasets\.(?:load|fetch|make)_\w+|(?:keras|tensorflow\.keras)\.datasets\..*|torchvision\.datasets\.\w+)$"
)
MODEL_CALLS = words_of(
    "LogisticRegression LogisticRegressionCV LinearRegression Ridge RidgeCV Lasso LassoCV LassoLars ElasticNet "
    "ElasticNetCV BayesianRidge ARDRegression Lars OrthogonalMatchingPursuit Perceptron SVC SVR NuSVC NuSVR "
    "LinearSVC LinearSVR OneClassSVM GaussianNB MultinomialNB ComplementNB BernoulliNB CategoricalNB KMeans "
    "MiniBatchKMeans DBSCAN HDBSCAN AgglomerativeClustering GaussianMixture IsolationForest LocalOutlierFactor "
    "EllipticEnvelope NearestCentroid LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis KernelRidge "
    "PLSRegression CalibratedClassifierCV OneVsRestClassifier OneVsOneClassifier MultiOutputClassifier "
    "MultiOutputRegressor ClassifierChain RegressorChain TransformedTargetRegressor LGBMRanker XGBRanker CatBoost "
    "CatBoostRanker Sequential OLS Logit GLM ARIMA SARIMAX Prophet ExponentialSmoothing AutoARIMA auto_arima VAR "
    "create_model resnet18 resnet34 resnet50 resnet101 vgg16 mobilenet_v2 efficientnet_b0 densenet121 ResNet50 "
    "VGG16 MobileNetV2 EfficientNetB0 InceptionV3 Xception DenseNet121 pipeline TabNetClassifier TabNetRegressor "
    "AutoML CoxPHFitter KaplanMeierFitter NGBoost"
)
MODEL_NAME = re.compile(
    r"^[A-Z]\w*(?:Classifier|Regressor|Regression|NB)$|^(?:TF)?AutoModel\w*$|^\w+For(?:Sequence|Token)Classification$"
)
LAYER_MODULE = re.compile(r"^(?:torch\.nn|tensorflow\.keras\.layers|keras\.layers)\.")
TRAIN_CONFIG = re.compile(
    r"^(?:torch\.optim\.|(?:tensorflow\.)?keras\.(?:optimizers|callbacks|losses)\.|torch\.nn\.\w*Loss$|torch\.cuda\.amp\.|lightgbm\.Dataset$)"
)
TRAIN_CONFIG_CALLS = words_of(
    "EarlyStopping ReduceLROnPlateau ModelCheckpoint early_stopping log_evaluation TrainingArguments Trainer "
    "DMatrix QuantileDMatrix Pool GradScaler get_linear_schedule_with_warmup CrossEntropyLoss BCEWithLogitsLoss "
    "BCELoss MSELoss L1Loss NLLLoss Adam AdamW SGD RMSprop StepLR CosineAnnealingLR OneCycleLR "
    "DataCollatorWithPadding compute_class_weight compute_sample_weight"
)
TRAIN_CALLS = words_of(
    "fit fit_generator partial_fit backward fit_one_cycle fine_tune train_on_batch fit_regularized train_model"
)
PREDICT_CALLS = words_of(
    "predict predict_proba predict_log_proba decision_function cross_val_predict forecast predict_classes "
    "score_samples predict_generator get_forecast get_prediction fit_predict batch_decode generate"
)
PREPROCESS_CALLS = words_of(
    "StandardScaler MinMaxScaler RobustScaler MaxAbsScaler Normalizer QuantileTransformer PowerTransformer "
    "OneHotEncoder OrdinalEncoder LabelEncoder LabelBinarizer MultiLabelBinarizer TargetEncoder KBinsDiscretizer "
    "Binarizer PolynomialFeatures SplineTransformer FunctionTransformer SimpleImputer KNNImputer IterativeImputer "
    "MissingIndicator CountVectorizer TfidfVectorizer TfidfTransformer HashingVectorizer FeatureHasher "
    "DictVectorizer PCA TruncatedSVD NMF KernelPCA IncrementalPCA FastICA UMAP TSNE SelectKBest SelectPercentile "
    "SelectFromModel RFE RFECV VarianceThreshold SequentialFeatureSelector GenericUnivariateSelect "
    "ColumnTransformer make_column_transformer FeatureUnion make_union SMOTE SMOTENC BorderlineSMOTE ADASYN "
    "RandomOverSampler RandomUnderSampler SMOTETomek SMOTEENN NearMiss TomekLinks CatBoostEncoder "
    "LeaveOneOutEncoder WOEEncoder BinaryEncoder CountEncoder JamesSteinEncoder MEstimateEncoder HelmertEncoder "
    "BaseNEncoder Tokenizer pad_sequences texts_to_sequences to_categorical get_dummies fit_transform transform "
    "fit_resample inverse_transform Compose ToTensor Resize AutoTokenizer BertTokenizer ImageDataGenerator "
    "Nystroem RandomTreesEmbedding LatentDirichletAllocation scale normalize minmax_scale label_binarize "
    "StringLookup TextVectorization adapt word_tokenize set_output to_dummies factorize TableVectorizer "
    "GapEncoder MinHashEncoder Featurizer StringIndexer VectorAssembler Imputer IndexToString Bucketizer HashingTF IDF "
    "RegexTokenizer QuantileDiscretizer VectorIndexer"
)
CLEAN_CALLS = words_of(
    "dropna fillna drop_duplicates interpolate ffill bfill replace clip astype rename to_numeric query "
    "reset_index sort_values set_index convert_dtypes drop_nulls fill_null fill_nan unique cast duplicated "
    "set_axis sort_index remove_outliers filter nan_to_num winsorize add_prefix add_suffix infer_objects"
)
FEATURE_CALLS = words_of(
    "merge join groupby agg aggregate assign apply map cut qcut pivot pivot_table melt with_columns shift rolling "
    "diff expanding cumsum rank concat hstack vstack column_stack select_dtypes select to_datetime dt_accessor "
    "get_feature_names_out explode crosstab value_counts transform_columns concatenate to_numpy pct_change ewm "
    "log1p merge_asof unstack stack withColumn withColumnRenamed"
)
DISPLAY_ROOTS = words_of(
    "print logging logger log display plt sns matplotlib seaborn warnings tqdm pprint console rich ax fig wandb "
    "mlflow writer click typer sys st px go plotly"
)
IDLE_CALLS = words_of("collect head tail info describe sleep empty_cache flush close sample nunique")
AVERAGING = words_of("mean sqrt sum abs square average nanmean median fabs pow")
SEED_CALLS = words_of(
    "seed manual_seed manual_seed_all set_seed seed_everything set_random_seed use_deterministic_algorithms"
)
GLUE_CALLS = words_of(
    "safe_load full_load "
    "ArgumentParser add_argument parse_args parse_known_args basicConfig getLogger filterwarnings simplefilter "
    "makedirs mkdir set_option environ chdir collect figure subplots show tight_layout savefig set_style use "
    "getcwd exists time perf_counter head info describe sample_display set_verbosity set_log_level device cuda "
    "is_available echo"
)

METRIC_NAME = re.compile(
    r"(?:^|_)(?:acc|accs|accuracy|accuracies|auc|aucs|roc_auc|f1|f1s|precision|recall|rmse|rmses|mse|mses|mae|maes|mape|smape|"
    r"rmsle|r2|logloss|log_loss|score|scores|metric|metrics|kappa|mcc|ap|error|errors|err|loss_val|val_loss|test_loss)(?:_|$|\d)",
    re.IGNORECASE,
)
TARGET_NAME = re.compile(r"^(?:[XxyY](?:$|_)|targets?$|labels?$)")
PREDICTION_NAME = re.compile(
    r"(?:^|_)(?:pred|preds|prediction|predictions|proba|probas|probs|oof|y_hat|yhat|y_prob|p\d)(?:_|$|\d)", re.I
)
SPLIT_NAME = re.compile(r"(?:^|_)(?:train|test|valid|val|dev|holdout|tr|te|va|trn|tst|vl)(?:_|$|\d)", re.IGNORECASE)
SPLITTER_NAME = re.compile(
    r"(?:^|_)(?:[a-z]*kf|[a-z]*folds?|cv|[a-z]*cv|splitter|split|splits|sss|gss|rs|tss|tscv)(?:_|$|\d)", re.IGNORECASE
)
COLUMNS_NAME = re.compile(
    r"(?:^|_)(?:feat|feats|features?|cols?|columns?|numeric|numerical|categorical|cats?|nums?|nominal|ordinal|predictors)"
    r"(?:_|$)",
    re.IGNORECASE,
)
MODEL_VARIABLE = re.compile(
    r"(?:^|_|\.)(?:model|models|clf|classifier|reg|regressor|estimator|net|network|lr|rf|xgb|lgb|lgbm|gbm|cat|svm|svc|knn|"
    r"pipe|pipeline|booster|bst|tree|forest|logreg|ridge|lasso|mlp|learner)(?:_|$|\d)",
    re.IGNORECASE,
)
PREPROCESS_VARIABLE = re.compile(
    r"(?:^|_|\.)(?:scaler|sc|encoder|enc|le|ohe|oe|imputer|imp|vectorizer|vec|vect|tfidf|cv_vec|pca|svd|selector|preprocessor|"
    r"preprocess|prep|ct|transformer|poly|smote|sampler|binarizer|tokenizer)(?:_|$|\d)",
    re.IGNORECASE,
)
TUNE_VARIABLE = re.compile(
    r"(?:^|_|\.)(?:grid|search|study|gs|rs|tuner|gscv|rscv|grid_search|random_search|hyperopt)(?:_|$|\d)", re.I
)

ORDER_CALLS = words_of("sample shuffle sort_values sort_index sort permutation")
WRAPPERS = words_of("DataLoader TensorDataset DMatrix QuantileDMatrix Pool Dataset from_tensor_slices")
"""What only hands data over: as an argument it says less than the call it stands in."""
RATE_NAME = re.compile(r"(?:^|_)(?:lr|eta|alpha|rate|step|step_size|learning_rate)(?:_|$)", re.IGNORECASE)
STATISTICS = words_of("mean std min max median var nanmean nanstd nanmin nanmax ptp quantile norm nanmedian sum")
BLEND_NAME = re.compile(r"(?:^|_)(?:blend|blended|ensemble|ens|stacked|averaged|avg_preds?|combined)(?:_|$)", re.I)
EVALUATION_NAME = re.compile(
    r"^(?:evaluate|eval|evaluation|validate|validation|score|assess|rmse|mse|mae|accuracy|auc|f1|rmsle|mape|smape|r2)(?:_|$)|"
    r"^(?:test|val|valid|validation|eval)_(?:one_)?(?:epoch|step|loop|model|net)$|^test$|_(?:rmse|mse|mae|accuracy|auc|f1)$"
)
"""Names of functions that are an evaluation even where most of their lines load or predict."""

NAME_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (Role.SPLIT, re.compile(r"(?:^|_)(?:split|splits|splitting|make_folds|create_folds|folds)(?:_|$)")),
    (Role.SUBMIT, re.compile(r"(?:^|_)(?:save|submit|submission|export|dump|write|persist)(?:_|$)")),
    (
        Role.TUNE,
        re.compile(
            r"(?:^|_)(?:tune|tuning|hyperparam\w*|optimi[sz]e|grid_search|random_search|objective|search)(?:_|$)"
        ),
    ),
    (
        Role.ENSEMBLE,
        re.compile(r"(?:^|_)(?:ensemble|blend|stack|stacking|voting|average_predictions|average_preds)(?:_|$)"),
    ),
    (
        Role.EVALUATE,
        re.compile(
            r"(?:^|_)(?:evaluate|eval|evaluation|score|scoring|metric|metrics|validate|validation|test|report|assess|"
            r"rmse|mse|mae|accuracy|auc|f1|rmsle|mape|smape|cross_val\w*|cv_score|cv)(?:_|$)"
        ),
    ),
    (
        Role.MODEL,
        re.compile(
            r"(?:^|_)(?:(?:build|create|make|get|define|init|setup|construct|new)_(?:\w+_)?(?:model|models|estimator|"
            r"classifier|regressor|net|network|pipeline|learner|clf)|model_fn|model_factory)(?:_|$)"
        ),
    ),
    (Role.TRAIN, re.compile(r"(?:^|_)(?:train|training|fit|fit_model|train_model|train_epoch|run_epoch)(?:_|$)")),
    (Role.PREDICT, re.compile(r"(?:^|_)(?:predict|prediction|predictions|infer|inference|forecast)(?:_|$)")),
    (
        Role.PREPROCESS,
        re.compile(
            r"(?:^|_)(?:preprocess|preprocessing|preprocessor|encode|encoding|scale|scaling|normali[sz]e|standardi[sz]e|"
            r"impute|vectori[sz]e|tokeni[sz]e|transform|prep|augment|oversample|resample|prepare|process)(?:_|$)"
        ),
    ),
    (
        Role.CLEAN,
        re.compile(
            r"(?:^|_)(?:clean|cleaning|saniti[sz]e|filter|drop|dedup\w*|fix|remove\w*|handle_missing|fill\w*|wrangle)(?:_|$)"
        ),
    ),
    (
        Role.FEATURES,
        re.compile(r"(?:^|_)(?:feature|features|featuri[sz]e|engineer|engineering|add|derive|extract|feats)(?:_|$)"),
    ),
    (
        Role.LOAD,
        re.compile(
            r"(?:^|_)(?:load|read|fetch|download|import_data|get_data|get_dataset|load_data|ingest|data|dataset)(?:_|$)"
        ),
    ),
)


def snake_of(name: str) -> str:
    """``trainOneEpoch`` as ``train_one_epoch``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_")


def role_of_name(name: str) -> Role | None:
    """What a function's own name says; CamelCase and snake_case alike. None when it says nothing."""
    snake = snake_of(name)
    # the verb decides (load_train, encode_test), unless rows are split: train_test_split
    verb = snake.partition("_")[0]
    for part in (snake,) if "split" in snake else (verb, snake):
        for role, pattern in NAME_ROLES:
            if pattern.search(part):
                return role
    return None
