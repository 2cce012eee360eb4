"""The metrics people score models by, as data: names under which they appear, direction, task, how to compute them.

Canonical names follow scikit-learn's scorer strings where one exists (``roc_auc``, ``f1_macro``), without
``neg_``. Sources of the names: scikit-learn 1.x ``sklearn.metrics`` and scorers, torchmetrics, Keras metrics,
LightGBM, XGBoost and CatBoost ``metric`` parameters, and the labels people print beside a number.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from functools import lru_cache

from cst_tools.types import Direction


class Task(str, enum.Enum):
    """The kind of problem a metric judges."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"
    CLUSTERING = "clustering"
    RANKING = "ranking"
    TEXT = "text"
    ANY = "any"


@dataclass(frozen=True)
class Metric:
    """One metric. ``functions`` are names of callables that compute it, ``labels`` words printed beside it."""

    name: str
    direction: Direction
    task: Task
    functions: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    generic: bool = False
    """A word that says little (``loss``, ``score``): any other name for the same number is better."""


@dataclass(frozen=True)
class MetricName:
    """A metric found under some name. ``negated``: the number is minus the metric (``neg_log_loss``)."""

    metric: Metric
    negated: bool = False

    @property
    def direction(self) -> Direction:
        """Direction of the number as it appears."""
        return opposite(self.metric.direction) if self.negated else self.metric.direction


def opposite(direction: Direction) -> Direction:
    """The other direction."""
    return Direction.MINIMIZE if direction is Direction.MAXIMIZE else Direction.MAXIMIZE


def _row(name: str, sign: str, task: Task, functions: str, labels: str, *, generic: bool = False) -> Metric:
    direction = Direction.MAXIMIZE if sign == "+" else Direction.MINIMIZE
    split_labels = tuple(part.strip() for part in labels.split(",") if part.strip())
    return Metric(name, direction, task, tuple(functions.split()), split_labels, generic)


_C, _R, _K, _S, _T, _A = (
    Task.CLASSIFICATION,
    Task.REGRESSION,
    Task.CLUSTERING,
    Task.RANKING,
    Task.TEXT,
    Task.ANY,
)

METRICS: tuple[Metric, ...] = (
    _row(
        "accuracy", "+", _C,
        "accuracy_score accuracy Accuracy BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy"
        " MulticlassAccuracy binary_accuracy categorical_accuracy multiclass_accuracy",
        "accuracy, acc, binary accuracy, categorical accuracy, sparse categorical accuracy, acc1, correct rate",
    ),
    _row("balanced_accuracy", "+", _C, "balanced_accuracy_score", "balanced accuracy, balanced acc, bal acc, bacc, ba"),
    _row(
        "top_k_accuracy", "+", _C, "top_k_accuracy_score TopKCategoricalAccuracy top_k_categorical_accuracy",
        "top k accuracy, top 5 accuracy, top 3 accuracy, top5 accuracy, top3 accuracy, top5, top3, acc5, top 5 acc",
    ),
    _row(
        "roc_auc", "+", _C, "roc_auc_score AUC AUROC BinaryAUROC MulticlassAUROC auroc ROC_AUC roc_auc binary_auroc",
        "roc auc, auc roc, auc, auroc, rocauc, roc, area under the curve, area under roc",
    ),
    _row("gini", "+", _C, "gini normalized_gini gini_normalized", "gini, normalized gini, gini coefficient"),
    _row(
        "average_precision", "+", _C,
        "average_precision_score AveragePrecision BinaryAveragePrecision pr_auc PRAUC",
        "average precision, pr auc, auc pr, prauc, auprc, aucpr, ap, pr",
    ),
    _row("f1_macro", "+", _C, "", "f1 macro, macro f1, macro avg f1 score, f1 score macro, macro f1 score"),
    _row("f1_micro", "+", _C, "", "f1 micro, micro f1, micro f1 score, f1 score micro"),
    _row(
        "f1_weighted", "+", _C, "",
        "f1 weighted, weighted f1, weighted avg f1 score, f1 score weighted, weighted f1 score",
    ),
    _row(
        "f1", "+", _C,
        "f1_score F1Score BinaryF1Score MulticlassF1Score f1 F1",
        "f1, f1 score, fscore, f score, f measure",
    ),
    _row("fbeta", "+", _C, "fbeta_score FBetaScore FBeta", "fbeta, f2, f2 score, f0 5, f beta"),
    _row(
        "precision", "+", _C, "precision_score Precision BinaryPrecision MulticlassPrecision",
        "precision, prec, ppv, positive predictive value",
    ),
    _row(
        "recall", "+", _C, "recall_score Recall BinaryRecall MulticlassRecall",
        "recall, rec, sensitivity, tpr, true positive rate, hit rate, uar",
    ),
    _row("specificity", "+", _C, "specificity_score Specificity", "specificity, tnr, true negative rate"),
    _row(
        "log_loss", "-", _C,
        "log_loss binary_crossentropy categorical_crossentropy sparse_categorical_crossentropy"
        " BinaryCrossentropy CategoricalCrossentropy logloss multi_logloss binary_logloss mlogloss Logloss MultiClass"
        " cross_entropy binary_cross_entropy nll_loss cross_entropy_loss",
        "log loss, logloss, multi logloss, mlogloss, binary logloss, cross entropy, crossentropy, bce, nll,"
        " negative log likelihood, ce loss, cross entropy loss, ce",
    ),
    _row("brier", "-", _C, "brier_score_loss brier_score", "brier, brier score, brier loss"),
    _row(
        "ece", "-", _C,
        "expected_calibration_error CalibrationError",
        "ece, calibration error, expected calibration error",
    ),
    _row(
        "mcc", "+", _C,
        "matthews_corrcoef MatthewsCorrCoef mcc",
        "mcc, matthews, matthews corrcoef, matthews correlation",
    ),
    _row(
        "kappa", "+", _C, "cohen_kappa_score CohenKappa quadratic_weighted_kappa qwk",
        "kappa, cohen kappa, cohens kappa, qwk, quadratic weighted kappa, quadratic kappa",
    ),
    _row("jaccard", "+", _C, "jaccard_score JaccardIndex", "jaccard, jaccard index"),
    _row("iou", "+", _C, "iou_score MeanIoU mean_iou compute_iou", "iou, mean iou, miou, intersection over union"),
    _row(
        "dice", "+", _C,
        "dice_score dice_coef dice_coefficient Dice",
        "dice, dice score, dice coef, dice coefficient",
    ),
    _row("hamming_loss", "-", _C, "hamming_loss", "hamming, hamming loss"),
    _row("hinge_loss", "-", _C, "hinge_loss", "hinge, hinge loss"),
    _row(
        "zero_one_loss", "-", _C,
        "zero_one_loss",
        "zero one loss, 0 1 loss, misclassification rate, misclassification",
    ),
    _row("equal_error_rate", "-", _C, "compute_eer", "eer, equal error rate"),
    _row("ks", "+", _C, "ks_statistic", "ks, ks statistic, kolmogorov smirnov"),
    _row("d2", "+", _R, "d2_absolute_error_score d2_tweedie_score d2_pinball_score d2_log_loss_score", "d2"),
    _row("r2", "+", _R, "r2_score R2Score r2 r_squared", "r2, r 2, r2 score, r squared, rsquared, r sq, rsq, r²"),
    _row("adjusted_r2", "+", _R, "adjusted_r2 adj_r2", "adjusted r2, adj r2, adjusted r squared, adj r squared"),
    _row(
        "rmse", "-", _R, "root_mean_squared_error rmse RMSE RootMeanSquaredError",
        "rmse, root mean squared error, root mean square error",
    ),
    _row(
        "mse", "-", _R, "mean_squared_error MeanSquaredError mse mse_loss MSE",
        "mse, mean squared error, mean square error, mse loss, l2, l2 loss",
    ),
    _row(
        "mae", "-", _R, "mean_absolute_error MeanAbsoluteError mae MAE l1_loss",
        "mae, mean absolute error, l1, l1 loss, mad",
    ),
    _row("medae", "-", _R, "median_absolute_error", "median absolute error, medae, median ae"),
    _row(
        "mape", "-", _R, "mean_absolute_percentage_error MeanAbsolutePercentageError mape MAPE",
        "mape, mean absolute percentage error, percentage error",
    ),
    _row("smape", "-", _R, "smape SMAPE symmetric_mean_absolute_percentage_error", "smape, symmetric mape"),
    _row("wape", "-", _R, "wape wmape", "wape, wmape"),
    _row("mase", "-", _R, "mase mean_absolute_scaled_error", "mase"),
    _row("msle", "-", _R, "mean_squared_log_error MeanSquaredLogarithmicError", "msle, mean squared log error"),
    _row(
        "rmsle", "-", _R, "root_mean_squared_log_error rmsle RMSLE", "rmsle, root mean squared log error, rmsle score"
    ),
    _row("explained_variance", "+", _R, "explained_variance_score ExplainedVariance", "explained variance, evs"),
    _row("max_error", "-", _R, "max_error", "max error, maximum error"),
    _row("pinball", "-", _R, "mean_pinball_loss", "pinball, pinball loss, quantile loss"),
    _row(
        "deviance", "-", _R, "mean_poisson_deviance mean_gamma_deviance mean_tweedie_deviance",
        "deviance, poisson deviance, gamma deviance, tweedie deviance",
    ),
    _row("pearson", "+", _R, "pearsonr PearsonCorrCoef pearson", "pearson, pearsonr, correlation, corr, pcc"),
    _row(
        "spearman", "+", _R,
        "spearmanr SpearmanCorrCoef spearman",
        "spearman, spearmanr, spearman correlation, rank correlation",
    ),
    _row("kendall", "+", _R, "kendalltau", "kendall, kendall tau, tau"),
    _row(
        "c_index", "+", _R,
        "concordance_index concordance_index_censored",
        "c index, concordance, concordance index, cindex",
    ),
    _row("ndcg", "+", _S, "ndcg_score NDCG ndcg ndcg_at_k", "ndcg, ndcg@10, dcg"),
    _row(
        "map", "+", _S,
        "mean_average_precision mapk map_at_k MeanAveragePrecision",
        "map, map@k, mean average precision",
    ),
    _row(
        "mrr", "+", _S,
        "mean_reciprocal_rank mrr MRR label_ranking_average_precision_score",
        "mrr, mean reciprocal rank",
    ),
    _row("silhouette", "+", _K, "silhouette_score", "silhouette, silhouette score"),
    _row("davies_bouldin", "-", _K, "davies_bouldin_score", "davies bouldin, davies bouldin score, dbi"),
    _row("calinski_harabasz", "+", _K, "calinski_harabasz_score", "calinski harabasz, calinski, ch score"),
    _row("adjusted_rand", "+", _K, "adjusted_rand_score", "ari, adjusted rand, adjusted rand index"),
    _row(
        "mutual_info", "+", _K,
        "normalized_mutual_info_score adjusted_mutual_info_score",
        "nmi, ami, mutual information",
    ),
    _row(
        "v_measure", "+", _K,
        "v_measure_score homogeneity_score completeness_score",
        "v measure, homogeneity, completeness",
    ),
    _row("inertia", "-", _K, "", "inertia, inertia_"),
    _row("perplexity", "-", _T, "perplexity Perplexity", "perplexity, ppl"),
    _row("bleu", "+", _T, "corpus_bleu sentence_bleu BLEUScore", "bleu, sacrebleu"),
    _row("rouge", "+", _T, "rouge_score ROUGEScore", "rouge, rougel, rouge l, rouge1"),
    _row("wer", "-", _T, "wer WordErrorRate", "wer, word error rate"),
    _row("cer", "-", _T, "cer CharErrorRate", "cer, character error rate"),
    _row("exact_match", "+", _T, "exact_match ExactMatch", "exact match, em"),
    _row("psnr", "+", _A, "peak_signal_noise_ratio PeakSignalNoiseRatio", "psnr"),
    _row("ssim", "+", _A, "structural_similarity StructuralSimilarityIndexMeasure", "ssim"),
    _row("fid", "-", _A, "", "fid"),
    _row("reward", "+", _A, "", "reward, mean reward, episode reward, profit, revenue", generic=True),
    _row("cost", "-", _A, "", "cost, total cost, regret", generic=True),
    _row("loss", "-", _A, "", "loss, losses", generic=True),
    _row("error", "-", _A, "", "error, err, error rate, residual", generic=True),
    _row("score", "+", _A, "", "score, scores, metric, best score, performance, fitness", generic=True),
)  # fmt: skip

BY_NAME: dict[str, Metric] = {metric.name: metric for metric in METRICS}
_BY_FUNCTION: dict[str, Metric] = {function: metric for metric in METRICS for function in metric.functions}

_SCORERS: dict[str, str] = {
    "accuracy": "accuracy", "balanced_accuracy": "balanced_accuracy", "top_k_accuracy": "top_k_accuracy",
    "average_precision": "average_precision", "neg_brier_score": "brier", "neg_log_loss": "log_loss",
    "roc_auc": "roc_auc", "roc_auc_ovr": "roc_auc", "roc_auc_ovo": "roc_auc", "roc_auc_ovr_weighted": "roc_auc",
    "roc_auc_ovo_weighted": "roc_auc", "f1": "f1", "f1_macro": "f1_macro", "f1_micro": "f1_micro",
    "f1_weighted": "f1_weighted", "f1_samples": "f1", "matthews_corrcoef": "mcc", "r2": "r2",
    "explained_variance": "explained_variance", "neg_max_error": "max_error", "max_error": "max_error",
    "neg_mean_absolute_error": "mae", "neg_mean_squared_error": "mse", "neg_root_mean_squared_error": "rmse",
    "neg_mean_squared_log_error": "msle", "neg_root_mean_squared_log_error": "rmsle",
    "neg_median_absolute_error": "medae", "neg_mean_absolute_percentage_error": "mape",
    "neg_mean_poisson_deviance": "deviance", "neg_mean_gamma_deviance": "deviance",
    "neg_negative_likelihood_ratio": "error", "positive_likelihood_ratio": "score",
    "d2_absolute_error_score": "d2", "d2_brier_score": "d2", "d2_log_loss_score": "d2",
    "adjusted_rand_score": "adjusted_rand", "normalized_mutual_info_score": "mutual_info",
    "adjusted_mutual_info_score": "mutual_info", "mutual_info_score": "mutual_info", "rand_score": "adjusted_rand",
    "v_measure_score": "v_measure", "homogeneity_score": "v_measure", "completeness_score": "v_measure",
    "fowlkes_mallows_score": "adjusted_rand",
}  # fmt: skip

_WORD = re.compile(r"[a-z]+\d*|\d+|²", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LABELS: dict[tuple[str, ...], Metric] = {
    tuple(_WORD.findall(label.lower())): metric
    for metric in reversed(METRICS)
    for label in (*metric.labels, metric.name.replace("_", " "), *(f.replace("_", " ") for f in metric.functions))
}
_LONGEST = max(map(len, _LABELS))
_NOT_A_METRIC = frozenset(
    re.findall(
        r"\w+",
        "params param estimator time fn func function criterion std stdev stddev sem variance threshold thresholds"
        " curve matrix report idx index indices path file col cols column columns name names fig plot plots weight"
        " weights scaler samples difference improvement diff gap pvalue rows shape grad gradient optimizer scheduler"
        " patience epoch importance",
    )
)
"""Words that make a phrase something else than a score: ``fit_time``, ``f1_std``, ``loss_fn``."""


def by_function(name: str) -> Metric | None:
    """The metric that a callable of this (last, undotted) name computes: ``roc_auc_score``, ``MeanSquaredError``."""
    return _BY_FUNCTION.get(name)


def by_scorer(name: str) -> MetricName | None:
    """The metric behind a scikit-learn scorer string: ``neg_root_mean_squared_error``, ``precision_macro``."""
    known = _SCORERS.get(name)
    if known is None:
        family = re.fullmatch(r"(precision|recall|jaccard|f1)(?:_(?:micro|macro|weighted|samples))?", name)
        known = family[1] if family else None
    if known is None:
        return None
    return MetricName(BY_NAME[known], negated=name.startswith("neg_") or name == "max_error")


@lru_cache(maxsize=4096)
def by_label(text: str) -> MetricName | None:
    """The metric that a printed label, a variable or a key names: ``Test AUC:``, ``val_loss``, ``f1Macro``.

    The longest known phrase wins, and of equally long ones the last (``accuracy loss`` is a loss). None when
    no word of it names a metric.
    """
    text = text.strip()
    if not text or len(text) > 200:
        return None
    scorer = by_scorer(text)
    if scorer is not None:
        return scorer
    words = [word.lower() for word in _WORD.findall(_CAMEL.sub(" ", text) if not text.isupper() else text)]
    if any(word in _NOT_A_METRIC for word in words):
        return None
    negated = "neg" in words or "negative" in words[:1]
    best: tuple[int, bool, int, Metric] | None = None
    for size in range(min(_LONGEST, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            metric = _LABELS.get(tuple(words[start : start + size]))
            if metric is None:
                continue
            rank = (size, not metric.generic, start, metric)
            if best is None or (rank[1], rank[0], rank[2]) > (best[1], best[0], best[2]):
                best = rank
    return MetricName(best[3], negated and best[3].name != "log_loss") if best else None


PROPOSABLE: dict[Task, tuple[str, ...]] = {
    Task.CLASSIFICATION: ("accuracy", "f1_macro", "balanced_accuracy"),
    Task.REGRESSION: ("r2", "rmse", "mae"),
}
"""Metrics proposed for a script that has none, best first."""

_FORMULAS: dict[str, str] = {
    "accuracy": "accuracy_score({truth}, {predicted})",
    "f1_macro": "f1_score({truth}, {predicted}, average='macro')",
    "balanced_accuracy": "balanced_accuracy_score({truth}, {predicted})",
    "r2": "r2_score({truth}, {predicted})",
    "rmse": "mean_squared_error({truth}, {predicted}) ** 0.5",
    "mae": "mean_absolute_error({truth}, {predicted})",
    "mse": "mean_squared_error({truth}, {predicted})",
    "silhouette": "silhouette_score({truth}, {predicted})",
}
_CV_SCORERS: dict[str, str] = {"rmse": "neg_root_mean_squared_error", "mae": "neg_mean_absolute_error"}

MODULE_OF: dict[str, str] = {
    **dict.fromkeys(
        [
            "accuracy_score",
            "f1_score",
            "balanced_accuracy_score",
            "r2_score",
            "mean_squared_error",
            "mean_absolute_error",
            "silhouette_score",
        ],
        "sklearn.metrics",
    ),
    "cross_val_score": "sklearn.model_selection",
}
"""Where the functions of a proposed expression come from: instrumenting imports them without a new line."""


def formula(metric: str, truth: str, predicted: str) -> str:
    """Expression that computes a proposable metric from two expressions. Raises KeyError for another metric."""
    return _FORMULAS[metric].format(truth=truth, predicted=predicted)


def cv_formula(metric: str, estimator: str, features: str, truth: str) -> str:
    """Expression of the metric's mean over five folds, in the metric's own sign."""
    scorer = _CV_SCORERS.get(metric, metric)
    sign = "-" if scorer.startswith("neg_") else ""
    return f"{sign}cross_val_score({estimator}, {features}, {truth}, cv=5, scoring='{scorer}').mean()"
