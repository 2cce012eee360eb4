"""Fewer boosting rounds, trees and epochs, and the intermediate scores of what trains in rounds.

The number of rounds is capped where the library begins to train: the script's objects and the learning rate keep
their values, early stopping keeps its patience. Intermediate scores are sent so that larger is better: losses with
their sign turned. Own training loops (torch) cannot be capped from outside.

Processes that a script starts (joblib's workers) know nothing of this and train in full.
"""

from __future__ import annotations

import functools
import threading
from typing import Any, Callable, Dict, List, Optional

from . import hooks

Note = Callable[[str, int, int], None]
"""What trains, rounds before and after."""
FLOOR = 10
_MOST_POINTS = 2_000
_ALIASES = (
    "num_iterations", "num_iteration", "n_iter", "num_tree", "num_trees", "num_round", "num_rounds", "nrounds",
    "num_boost_round", "n_estimators", "max_iter", "iterations",
)  # fmt: skip
_SMALLER = ("loss", "error", "rmse", "mae", "mse", "mape", "deviance", "l1", "l2", "poisson", "gamma", "rmsle", "nll",
            "huber", "quantile", "entropy", "merror", "wape", "tweedie")  # fmt: skip
_LARGER = ("auc", "acc", "f1", "ndcg", "map", "r2", "precision", "recall", "kappa", "mcc", "score", "pre@")


def upward(metric: str, value: float) -> "Optional[float]":
    """``value`` so that larger is better; None for a metric that is not known.

    >>> upward("valid's binary_logloss", 0.5), upward("val_auc", 0.75), upward("strange", 1.0)
    (-0.5, 0.75, None)
    """
    words = metric.lower()
    if any(word in words for word in _SMALLER):
        return -value
    return value if any(word in words for word in _LARGER) else None


class Curve:
    """Sends intermediate scores; after `_MOST_POINTS` none."""

    def __init__(self, send: Callable[..., None]) -> None:
        self._send, self._sent, self._models = send, 0, 0

    def begin(self) -> int:
        """A number for the model whose training begins."""
        self._models += 1
        return self._models

    def add(self, model: int, step: int, metric: str, value: Any) -> None:
        if self._sent >= _MOST_POINTS:
            return
        try:
            number = upward(metric, float(value))
        except (TypeError, ValueError):
            return
        if number is not None and number == number and abs(number) != float("inf"):
            self._sent += 1
            self._send(curve=number, model=model, step=step)


class Rounds:
    def __init__(self, share: float, note: Note, curve: "Optional[Curve]") -> None:
        self._share, self._note = share, note
        self._listens, self._curve = curve is not None, curve or Curve(lambda **_: None)
        self._busy = threading.local()

    def capped(self, rounds: Any, what: str, floor: int = FLOOR) -> Any:
        """``rounds`` as they are to be trained; anything that is no number of rounds comes back as it is."""
        if isinstance(rounds, bool) or not hasattr(rounds, "__index__"):
            return rounds
        before = int(rounds)
        after = min(before, max(floor, round(before * self._share)))
        self._note(what, before, after)
        return after

    def install(self) -> None:
        ensemble = "sklearn.ensemble."
        for module, kind, name in (
            (ensemble + "_forest", "BaseForest", "n_estimators"),
            (ensemble + "_gb", "BaseGradientBoosting", "n_estimators"),
            (ensemble + "_weight_boosting", "AdaBoostClassifier", "n_estimators"),
            (ensemble + "_weight_boosting", "AdaBoostRegressor", "n_estimators"),
            (ensemble + "_bagging", "BaseBagging", "n_estimators"),
            (ensemble + "_hist_gradient_boosting.gradient_boosting", "BaseHistGradientBoosting", "max_iter"),
        ):
            hooks.after_import(module, functools.partial(self._estimator, kind=kind, name=name))
        hooks.after_import("lightgbm.engine", self._lightgbm)
        hooks.after_import("xgboost.training", self._xgboost)
        hooks.after_import("catboost.core", self._catboost)
        hooks.after_import("keras", self._keras)

    # --- scikit-learn ------------------------------------------------------------------------------------

    def _estimator(self, module: Any, kind: str, name: str) -> None:
        """For the time of ``fit`` the number is smaller; afterwards the script sees the one it set."""
        cls = getattr(module, kind)
        original, rounds = cls.fit, self

        @functools.wraps(original)
        def fit(model: Any, *args: Any, **kwargs: Any) -> Any:
            before = getattr(model, name, None)
            if getattr(model, "warm_start", False) or getattr(model, "_mlestar_capped", False):
                return original(model, *args, **kwargs)
            after = rounds.capped(before, type(model).__name__)
            model._mlestar_capped = True
            setattr(model, name, after)
            try:
                fitted = original(model, *args, **kwargs)
            finally:
                setattr(model, name, before)
                del model._mlestar_capped
            rounds._history(model)
            return fitted

        cls.fit = fit

    def _history(self, model: Any) -> None:
        """``validation_score_`` of histogram boosting: losses are turned already by the library."""
        try:
            scores = getattr(model, "validation_score_", None)
            if scores is not None and len(scores):
                number = self._curve.begin()
                for step, value in enumerate(scores):
                    self._curve.add(number, step, "score", value)
        except Exception:
            return  # an estimator of another make; its curve is not known

    # --- gradient boosting libraries -----------------------------------------------------------------------

    def _lightgbm(self, module: Any) -> None:
        for name, place in (("train", 2), ("cv", 2)):
            setattr(module, name, self._booster(getattr(module, name), place, "lightgbm", self._lightgbm_points))

    def _lightgbm_points(self) -> Callable[[Any], None]:
        number = self._curve.begin()

        def points(env: Any) -> None:
            for entry in env.evaluation_result_list or ():
                if entry[0] in ("training", "train"):
                    continue
                sign = 1.0 if entry[3] else -1.0
                self._curve.add(number, env.iteration, "score", sign * float(entry[2]))
                return

        points.order = 15  # type: ignore[attr-defined]
        return points

    def _xgboost(self, module: Any) -> None:
        base: Any = module.TrainingCallback

        curve = self._curve

        class Points(base):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.number = curve.begin()

            def after_iteration(self, model: Any, epoch: int, evals_log: "Dict[str, Any]") -> bool:
                if evals_log:
                    metrics = evals_log[list(evals_log)[-1]]
                    name = list(metrics)[-1]
                    value = metrics[name][-1]
                    curve.add(self.number, epoch, name, value[0] if isinstance(value, tuple) else value)
                return False

        module.train = self._booster(module.train, 2, "xgboost", Points)
        module.cv = self._booster(module.cv, 2, "xgboost", Points)

    def _booster(
        self, original: Callable[..., Any], place: int, what: str, points: Callable[[], Any]
    ) -> Callable[..., Any]:
        """``train(params, data, num_boost_round, ...)`` with fewer rounds and one more callback."""

        @functools.wraps(original)
        def train(params: Any, *args: Any, **kwargs: Any) -> Any:
            positional = list(args)
            if len(positional) >= place:
                positional[place - 1] = self.capped(positional[place - 1], what)
            elif "num_boost_round" in kwargs:
                kwargs["num_boost_round"] = self.capped(kwargs["num_boost_round"], what)
            elif not any(alias in (params or {}) for alias in _ALIASES):
                default = 10 if what == "xgboost" else 100
                kwargs["num_boost_round"] = self.capped(default, what)
            if isinstance(params, dict) and what == "lightgbm" and any(alias in params for alias in _ALIASES):
                params = {k: self.capped(v, what) if k in _ALIASES else v for k, v in params.items()}
            if self._listens:
                kwargs["callbacks"] = [*(kwargs.get("callbacks") or ()), points()]
            return original(params, *positional, **kwargs)

        return train

    def _catboost(self, module: Any) -> None:
        kind, rounds = module.CatBoost, self
        prepare = kind._prepare_train_params

        @functools.wraps(prepare)
        def prepared(model: Any, *args: Any, **kwargs: Any) -> Any:
            found = prepare(model, *args, **kwargs)
            params = found["params"] if isinstance(found, dict) else None
            if isinstance(params, dict):
                params["iterations"] = rounds.capped(params.get("iterations", 1000), "catboost")
            return found

        kind._prepare_train_params = prepared
        fit = kind._fit

        @functools.wraps(fit)
        def fitted(model: Any, *args: Any, **kwargs: Any) -> Any:
            result = fit(model, *args, **kwargs)
            try:
                logs: "Dict[str, Dict[str, List[float]]]" = model.get_evals_result()
                held = [metrics for name, metrics in logs.items() if name != "learn"]
                number = rounds._curve.begin()
                for name, values in list(held[0].items())[:1] if held else ():
                    for step, value in enumerate(values):
                        rounds._curve.add(number, step, name, value)
            except Exception:
                return result  # no metric was kept; the model is as good without
            return result

        kind._fit = fitted

    # --- keras --------------------------------------------------------------------------------------------

    def _keras(self, module: Any) -> None:
        kind, rounds = module.Model, self
        original = kind.fit

        class Points(module.callbacks.Callback):  # type: ignore[misc,name-defined,unused-ignore]
            def __init__(self) -> None:
                super().__init__()
                self.number = rounds._curve.begin()

            def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
                held = [(k, v) for k, v in (logs or {}).items() if k.startswith("val_")]
                for name, value in held[-1:]:
                    rounds._curve.add(self.number, epoch, name, value)

        @functools.wraps(original)
        def fit(model: Any, *args: Any, **kwargs: Any) -> Any:
            if getattr(rounds._busy, "keras", False):
                return original(model, *args, **kwargs)
            positional = list(args)
            if len(positional) > 3:
                positional[3] = rounds.capped(positional[3], "epochs", 1)
            elif "epochs" in kwargs:
                kwargs["epochs"] = rounds.capped(kwargs["epochs"], "epochs", 1)
            callbacks = kwargs.get("callbacks")
            if rounds._listens and (callbacks is None or isinstance(callbacks, (list, tuple))):
                kwargs["callbacks"] = [*(callbacks or ()), Points()]
            rounds._busy.keras = True
            try:
                return original(model, *positional, **kwargs)
            finally:
                rounds._busy.keras = False

        kind.fit = fit
