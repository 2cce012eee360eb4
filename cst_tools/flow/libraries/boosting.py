"""xgboost, lightgbm, catboost: models with rows that are scored while fitting."""

from cst_tools.flow.libraries.spec import Act, Names, Spec, names

PACKAGES = ("xgboost", "lightgbm", "catboost")

_STOP = ("early_stopping_rounds", "early_stopping_round", "early_stopping", "n_iter_no_change", "od_type", "od_wait")
_XGB = Spec(Act.MODEL, evaluation=("eval_set",), stops_with=_STOP)
_LGB = Spec(Act.MODEL, evaluation=("eval_set", "eval_X", "eval_y"), stops_with=_STOP)
_CAT = Spec(Act.MODEL, evaluation=("eval_set",), stops_with=_STOP, keeps_best=True)

NAMES: Names = {
    **names("XGBClassifier XGBRegressor XGBRanker XGBRFClassifier XGBRFRegressor", _XGB),
    **names("LGBMClassifier LGBMRegressor LGBMRanker LGBMModel", _LGB),
    **names("CatBoostClassifier CatBoostRegressor CatBoostRanker CatBoost", _CAT),
    **names("DMatrix QuantileDMatrix Dataset Pool", Spec(Act.BUNDLE)),
    "train": Spec(Act.TRAIN_FUNCTION, evaluation=("evals", "valid_sets", "eval_set"), stops_with=_STOP),
    "cv": Spec(Act.CROSS_TRAIN),
    **names("early_stopping EarlyStopping", Spec(Act.CALLBACK)),
    **names(
        "log_evaluation record_evaluation plot_importance plot_tree EvaluationMonitor reset_parameter", Spec(Act.IGNORE)
    ),
}
