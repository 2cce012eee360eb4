"""Run by the worker, not by pytest: library calls made plainly, then kept, then taken from the store, and compared.

Each case makes its inputs anew and returns what a user could notice. One JSON line a case: whether all three agree
(values, identities, output, warnings, randomness afterwards, scored rows) and how many calls were found.
"""

import json
import random
import sys
import warnings

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA, LatentDirichletAllocation
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, PolynomialFeatures, StandardScaler

memo = sys.modules["_mlestar_worker.memo"]._state["memo"]
evaluation = sys.modules["_mlestar_worker.evaluation"]
seeding = sys.modules["_mlestar_worker.seeding"]
N = 300


def numbers(order="C"):
    made = np.random.RandomState(1)
    x = np.asarray(made.normal(size=(N, 6)), order=order)
    return x, (x[:, 0] + x[:, 1] * x[:, 2] + 0.3 * made.normal(size=N) > 0).astype(int)


def table():
    x, y = numbers()
    frame = pd.DataFrame(x, columns=list("abcdef"))
    frame["city"] = np.where(x[:, 3] > 0, "Köln", "Bonn")
    frame["size"] = pd.Categorical(np.where(x[:, 4] > 0, "big", "small"))
    frame.loc[frame.index[:5], "a"] = np.nan
    return frame, pd.Series(y, name="t")


def state(model):
    return {k: v for k, v in vars(model).items() if not k.endswith("_time_")}


def seeded_forest():
    x, y = numbers()
    model = RandomForestClassifier(5, random_state=0)
    same = model.fit(x, y) is model
    return same, model.predict_proba(x), model.feature_importances_, model.score(x, y), sorted(vars(model))


def unseeded_forest():
    x, y = numbers()
    model = RandomForestClassifier(5).fit(x, y)
    return model.predict_proba(x), np.random.rand(), random.random()


def histogram_boosting():
    frame, y = table()
    model = HistGradientBoostingClassifier(max_iter=5, random_state=0).fit(frame.iloc[:, :6], y)
    return model.predict_proba(frame.iloc[:, :6]), model.n_iter_, model.feature_names_in_


def pipeline():
    x, y = numbers()
    scaler, model = StandardScaler(), LogisticRegression()
    whole = Pipeline([("s", scaler), ("m", model)])
    whole.fit(x, y)
    return whole["s"] is scaler, whole["m"] is model, scaler.mean_, model.coef_, whole.predict(x), model.coef_.strides


def only_the_model_changes():
    x, y = numbers()
    for c in (0.1, 1.0):
        whole = Pipeline([("p", PolynomialFeatures(4)), ("m", LogisticRegression(C=c))]).fit(x, y)
    return whole.predict_proba(x)


def union():
    x, _ = numbers()
    pca = PCA(2, random_state=0)
    parts = [("p", pca), ("s", StandardScaler())]
    whole = FeatureUnion(parts).fit(x)
    return whole.transformer_list is parts, parts[0][1] is pca, pca.components_, whole.transform(x)


def columns():
    frame, y = table()
    parts = [("n", StandardScaler(), list("bcdef")), ("c", OneHotEncoder(sparse_output=False), ["city", "size"])]
    whole = ColumnTransformer(parts).set_output(transform="pandas")
    given = whole.fit_transform(frame, y)
    return given, given.index is frame.index, list(given.columns), whole.transform(frame).dtypes.astype(str).tolist()


def search():
    x, y = numbers()
    grid = {"max_depth": [2, 3], "min_samples_leaf": [1, 5]}
    found = GridSearchCV(RandomForestClassifier(4, random_state=0), grid, cv=3).fit(x, y)
    shown = {k: repr(v) for k, v in found.cv_results_.items() if "time" not in k}
    return found.param_grid is grid, found.best_params_, shown, found.predict(x), found.best_estimator_.get_params()


def neighbours_share():
    x, y = numbers()
    model = KNeighborsClassifier(algorithm="brute").fit(x, y)
    one = model._fit_X is x
    x[:] = 0.0
    return one, model._fit_X.sum()


def neighbours():
    frame, y = table()
    x = frame[list("bcdef")]
    model = KNeighborsClassifier().fit(x, y)
    return model.predict(x), model.kneighbors(x)[0]


def in_place():
    x, _ = numbers()
    given = StandardScaler(copy=False).fit_transform(x)
    return given is x, np.shares_memory(given, x), x


class Mine(TransformerMixin, BaseEstimator):
    def fit(self, x, y=None):
        self.seen_ = len(x)
        return self

    def transform(self, x):
        return x * 2


def own_class():
    x, y = numbers()
    return Mine().fit(x).seen_, Pipeline([("o", Mine()), ("l", LogisticRegression())]).fit(x, y).predict(x)


def own_lambda():
    x, _ = numbers()
    return FunctionTransformer(lambda v: v + 1).fit_transform(x)


def library_function():
    x, _ = numbers()
    return FunctionTransformer(np.square).fit_transform(x)


def given_generator():
    x, y = numbers()
    own = np.random.RandomState(5)
    forest = RandomForestClassifier(3, random_state=own).fit(x, y)
    scores = cross_val_score(LogisticRegression(), x, y, cv=KFold(3, shuffle=True, random_state=own))
    return forest.predict(x), scores, own.rand(), forest.random_state is own


def shuffled_folds():
    x, y = numbers()
    return cross_val_score(LogisticRegression(), x, y, cv=KFold(3, shuffle=True)), np.random.rand()


def plain_folds():
    x, y = numbers()
    return cross_val_score(LogisticRegression(), x, y, cv=3), cross_val_predict(LogisticRegression(), x, y, cv=3)


def scored():
    x, y = numbers()
    model = LogisticRegression().fit(x, y)
    return model.score(x, y), accuracy_score(y, model.predict(x))


def talk_and_warnings():
    x, y = numbers()
    model = MLPClassifier((4,), max_iter=3, verbose=True, random_state=0).fit(x, y)
    return model.loss_curve_, LogisticRegression(max_iter=1).fit(x, y).coef_


def words():
    texts = [f"the cat sat on mat {i} {i % 17}" for i in range(N)]
    given = TfidfVectorizer(ngram_range=(1, 2)).fit(texts)
    rows = given.transform(texts)
    model = LogisticRegression().fit(rows, numbers()[1])
    kinds = {type(v) for v in given.vocabulary_.values()}
    return given.vocabulary_, kinds, rows.toarray(), rows.has_sorted_indices, model.coef_


def early_stopping():
    frame, y = table()
    frame["city"] = frame["city"].astype("category")
    stop, log = lgb.early_stopping(3, verbose=True), lgb.log_evaluation(5)
    model = lgb.LGBMClassifier(n_estimators=30, learning_rate=0.3, random_state=0, verbose=-1)
    model.fit(frame[:200], y[:200], eval_set=[(frame[200:], y[200:])], callbacks=[stop, log])
    return (
        model.predict_proba(frame), model.best_iteration_, model.evals_result_, model.booster_.model_to_string(),
        stop.best_iter, stop.best_score, model.feature_importances_, model.classes_,
    )  # fmt: skip


def recorded():
    x, y = numbers()
    seen = {}
    model = lgb.LGBMClassifier(n_estimators=5, verbose=-1)
    model.fit(x, y, eval_set=[(x, y)], callbacks=[lgb.record_evaluation(seen)])
    return seen, model.predict(x, raw_score=True)


def importance():
    x, y = numbers()
    model = LogisticRegression().fit(x, y)
    return permutation_importance(model, x, y, random_state=0), permutation_importance(model, x, y), np.random.rand()


def used_up():
    x, y = numbers()
    folds = iter([(np.arange(150), np.arange(150, 300)), (np.arange(150, 300), np.arange(150))])
    return cross_val_score(LogisticRegression(), x, y, cv=folds), list(folds)


def raises():
    x, y = numbers()
    try:
        LogisticRegression(C=-1).fit(x, y)
    except ValueError as error:
        return str(error)


def grows():
    x, y = numbers()
    model = GradientBoostingClassifier(n_estimators=3, warm_start=True, random_state=0).fit(x, y)
    model.set_params(n_estimators=6).fit(x, y)
    return model.predict_proba(x), len(model.estimators_), model.train_score_


def partly():
    x, y = numbers()
    model = SGDClassifier(random_state=0)
    for begin in (0, 150):
        model.partial_fit(x[begin : begin + 150], y[begin : begin + 150], classes=[0, 1])
    return model.coef_, model.predict(x)


def keeps_the_global_generator():
    x, _ = numbers()
    model = LatentDirichletAllocation(2, max_iter=2).fit(np.abs(x))
    return model.components_, model.random_state_ is np.random.mtrand._rand, np.random.rand()


def unseeded_streams():
    x, y = numbers()
    first = np.random.default_rng().random()
    RandomForestClassifier(3, random_state=1).fit(x, y)
    return first, np.random.default_rng().random()


def refit_twice():
    x, y = numbers()
    model = LogisticRegression().fit(x, y)
    first = model.coef_
    model.fit(x * 2, y)
    return first, model.coef_, first is not model.coef_


def from_a_file():
    frame = pd.read_csv("d.csv")
    missing = len({*frame["b"], np.nan})
    return (
        frame,
        missing,
        frame.dtypes.astype(str).tolist(),
        pd.read_csv("d.csv", usecols=["a"], dtype={"a": "float32"}),
    )


CASES = [v for k, v in list(globals().items()) if callable(v) and getattr(v, "__module__", "") == "__main__"]
CASES = [c for c in CASES if c not in (numbers, table, state, Mine)]


def once(case, on):
    random.seed(3)
    np.random.seed(3)
    memo.on, hits, printed = on, memo.counts["hits"], []
    evaluation._calls.clear()
    for module in list(sys.modules.values()):
        if isinstance(module, type(sys)):
            vars(module).pop("__warningregistry__", None)
    streams = {name: (stream, stream.write) for name, stream in (("out", sys.stdout), ("err", sys.stderr))}
    for name, (stream, _) in streams.items():
        stream.write = lambda text, name=name: printed.append((name, text)) or len(text)
    started = seeding._now["streams"]
    try:
        value = case()
    finally:
        for stream, _ in streams.values():
            del stream.write
        memo.on = True
    seeding._now["streams"], drawn = started, seeding._now["streams"] - started
    rest = (random.getstate(), np.random.get_state(), drawn, [tuple(c) for c in evaluation._calls])
    text = [(name, "".join(t for n, t in printed if n == name)) for name in streams]
    # part by part: the hash of all would tell whether parts share immutable objects
    value = [joblib.hash(part) for part in value] if isinstance(value, tuple) else joblib.hash(value)
    return {"value": value, "rest": joblib.hash(rest), "text": text}, memo.counts["hits"] - hits


def main():
    warnings.simplefilter("default")
    for case in CASES:
        plain, _ = once(case, False)
        memo.reasons.clear()
        again, _ = once(case, False)
        kept, early = once(case, True)
        taken, hits = once(case, True)
        memo.policy._took.clear()
        different = [k for k in plain if plain[k] == again[k] and not plain[k] == kept[k] == taken[k]]
        print(
            json.dumps(
                {"case": case.__name__, "different": different, "hits": hits, "early": early,
                 "unsteady": [k for k in plain if plain[k] != again[k]],
                 "text": plain["text"], "taken": taken["text"] if different else None, "reasons": list(memo.reasons)}
            )
        )  # fmt: skip


main()
