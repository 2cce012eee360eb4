"""Strategies that combine several models into one."""

from __future__ import annotations

import libcst as cst

from mlestar.playbook.arguments import broken, keywords, literal, spread, unplain, with_keywords
from mlestar.playbook.bases import Wrap
from mlestar.playbook.estimators import ESTIMATORS, PROBA, Family
from mlestar.playbook.examples import BREAST_CANCER, tabular
from mlestar.playbook.names import dotted_ast
from mlestar.playbook.rewriting import Form
from mlestar.playbook.scene import Scene
from mlestar.playbook.sites import Site
from mlestar.playbook.strategy import MODEL_ROLES, Change, Strategy
from mlestar.types import NotApplicable

_VOTERS = """\
voters = [("linear", LogisticRegression(max_iter=5000)), ("bayes", GaussianNB())]
model = {model}
model.fit(X_train, y_train)"""
_VOTER_IMPORTS = """\
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB"""


class BlendWithLinear(Strategy):
    """Averages a tree model's probabilities with those of a scaled linear model.

    Trees and linear models make different mistakes; the plain average of the two is often better than either, and
    hardly ever much worse.
    """

    slug = "blend-with-linear"
    title = "Blend with a linear model"
    roles = MODEL_ROLES
    reference = "https://scikit-learn.org/stable/modules/ensemble.html#voting-classifier"
    prior = 0.45
    examples = (
        tabular(
            "clf = RandomForestClassifier(n_estimators=60, random_state=0)\nclf.fit(X_train, y_train)",
            "linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))\n"
            "clf = VotingClassifier(\n"
            "    [\n"
            '        ("trees", RandomForestClassifier(n_estimators=60, random_state=0)),\n'
            '        ("linear", linear),\n'
            "    ],\n"
            '    voting="soft",\n)\nclf.fit(X_train, y_train)',
            before_imports="from sklearn.ensemble import RandomForestClassifier",
            after_imports="from sklearn.ensemble import RandomForestClassifier\n"
            "from sklearn.pipeline import make_pipeline\n"
            "from sklearn.preprocessing import StandardScaler\n"
            "from sklearn.linear_model import LogisticRegression\n"
            "from sklearn.ensemble import VotingClassifier",
            data=BREAST_CANCER,
            model="clf",
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        reason = "the block constructs no forest or boosting model on its own"
        for site in scene.sites:
            if site.estimator.family not in (Family.FOREST, Family.BOOSTING, Family.TREE):
                continue
            problem = self._refuses(scene, site)
            if problem:
                reason = problem
                continue
            return self._rewrite(scene, site)
        return NotApplicable(reason)

    def _refuses(self, scene: Scene, site: Site) -> str | None:
        if site.wrappers or site.target is None or site.escapes or "." in site.target:
            return "the model is not assigned to a variable of its own"
        if scene.code.statement(site.call) is None:
            return "the model is not constructed in a statement of its own"
        fact = scene.fact(site)
        if fact is None and site.estimator.handles_missing:
            return "nothing is known about missing values and categories in the data"
        if fact is not None and any(c.kind not in ("number", "bool") for c in fact.column_facts):
            return "the data has columns that are not numeric"
        if (fact is not None and fact.x_kind == "sparse") or scene.has_text:
            return "the model is fitted on a sparse matrix"
        return scene.not_offered(site, PROBA if site.estimator.classifier else ())

    def _rewrite(self, scene: Scene, site: Site) -> Change | NotApplicable:
        fact = scene.fact(site)
        classifier = site.estimator.classifier
        imports: tuple[str, ...] = ()

        def ref(module: str, name: str) -> str:
            nonlocal imports
            written, added = scene.refer(module, name)
            imports += added
            return written

        pipeline = ref("sklearn.pipeline", "make_pipeline")
        steps: list[str | Form] = []
        if fact is not None and fact.missing:
            steps.append(ref("sklearn.impute", "SimpleImputer") + scene.q('(strategy="median")'))
        steps.append(ref("sklearn.preprocessing", "StandardScaler") + "()")
        linear = ref("sklearn.linear_model", "LogisticRegression" if classifier else "Ridge")
        steps.append(linear + ("(max_iter=1000)" if classifier else "()"))
        voting = ref("sklearn.ensemble", "VotingClassifier" if classifier else "VotingRegressor")
        name = scene.names.free("linear")
        old = scene.code.code_of(site.call)
        pairs = (Form("(", ('"trees"', old)), Form("(", ('"linear"', name)))
        items: tuple[str | Form, ...] = (Form("[", pairs, "]"),) + (('voting="soft"',) if classifier else ())
        form = Form(f"{voting}(", items)
        if '"""' in old or "'''" in old or (scene.quote == "'" and '"' in old):
            return NotApplicable("the model's arguments hold strings that cannot be moved")
        draft = scene.draft()
        statement = scene.code.statement(site.call)
        assert statement is not None
        draft.before(statement, scene.q(f"{name} = {Form(f'{pipeline}(', tuple(steps)).flat()}"))
        draft.replace(site.call, scene.text(_quoted(scene, form), site.call))
        why = "Trees and linear models make different mistakes; their average is often better than either."
        return self.change(draft, why, f"{site.name} is averaged with a scaled linear model", imports)


def _quoted(scene: Scene, form: Form) -> Form:
    items = tuple(_quoted(scene, i) if isinstance(i, Form) else (scene.q(i) if "=" in i[:8] else i) for i in form.items)
    return Form(scene.q(form.head), items, form.tail)


class BagSeeds(Wrap):
    """Averages copies of a randomised model that differ in their seed alone.

    Networks, and boosting that samples rows or columns, land somewhere else with each seed. The average of a
    few is steadier and usually better than any one of them.
    """

    slug = "average-seeds"
    title = "Average copies with different seeds"
    reference = "https://scikit-learn.org/stable/modules/ensemble.html#voting-classifier"
    prior = 0.4
    examples = (
        tabular(
            "net = MLPClassifier(hidden_layer_sizes=(16,), random_state=0)\nnet.fit(X_train, y_train)",
            "net = VotingClassifier(\n"
            '    [(f"seed{s}", MLPClassifier(hidden_layer_sizes=(16,), random_state=s)) for s in range(5)],\n'
            '    voting="soft",\n)\nnet.fit(X_train, y_train)',
            before_imports="from sklearn.neural_network import MLPClassifier",
            after_imports="from sklearn.neural_network import MLPClassifier\n"
            "from sklearn.ensemble import VotingClassifier",
            data=BREAST_CANCER,
            model="net",
        ),
    )
    sampling = frozenset(["subsample", "colsample_bytree", "feature_fraction", "bagging_fraction", "max_features"])

    def refuses(self, scene: Scene, site: Site) -> str | None:
        given = keywords(scene, site.call)
        network = site.estimator.family is Family.NETWORK
        samples = site.estimator.family is Family.BOOSTING and bool(self.sampling & set(given))
        if not network and not samples:
            return f"{site.name} hardly varies with its seed"
        if spread(site.call) or (unplain(scene, site.call) and not network):
            return "the model's parameters come from outside the call"
        if site.name.startswith("CatBoost"):
            return "CatBoost names its seed in several ways"
        return None

    def offers(self, scene: Scene, site: Site) -> frozenset[str]:
        return PROBA if site.estimator.classifier else frozenset()

    def form(self, scene: Scene, site: Site, inner: str) -> tuple[Form, tuple[str, ...]]:
        kind = "Classifier" if site.estimator.classifier else "Regressor"
        name, imports = scene.refer("sklearn.ensemble", f"Voting{kind}")
        variable = next(v for v in ("s", "seed", "k", "seed_number") if v not in scene.names.all_names)
        own = keywords(scene, site.call).get("random_state")
        plain = own in (None, "0", "None")
        seeded = with_keywords(site.call, {"random_state": variable if plain else f"{own} + {variable}"})
        copy = scene.code.code_of(seeded)
        pair = scene.q('(f"seed{') + variable + scene.q('}", ') + copy + ")"
        items: tuple[str | Form, ...] = (f"[{pair} for {variable} in range(5)]",)
        items += (scene.q('voting="soft"'),) if site.estimator.classifier else ()
        return Form(f"{name}(", items), imports

    def reason(self, scene: Scene, site: Site) -> str:
        return f"{site.name} lands elsewhere with each seed; the average of five is steadier."


class Bagging(Wrap):
    """Averages copies of an unstable model, each fitted on a resample of the training rows.

    A single tree or a small network changes much with the rows it sees. Bagging keeps what all copies agree on.
    """

    slug = "bagging"
    title = "Average over resampled rows"
    reference = "https://doi.org/10.1007/BF00058655"
    prior = 0.4
    families = frozenset({Family.TREE, Family.NETWORK})
    examples = (
        tabular(
            "tree = DecisionTreeClassifier(random_state=3)\ntree.fit(X_train, y_train)",
            "tree = BaggingClassifier(\n    DecisionTreeClassifier(random_state=3),\n"
            "    n_estimators=50,\n    random_state=3,\n)\n"
            "tree.fit(X_train, y_train)",
            before_imports="from sklearn.tree import DecisionTreeClassifier",
            after_imports="from sklearn.tree import DecisionTreeClassifier\n"
            "from sklearn.ensemble import BaggingClassifier",
            data=BREAST_CANCER,
            model="tree",
        ),
    )
    fit_keywords = frozenset({"sample_weight"})

    def refuses(self, scene: Scene, site: Site) -> str | None:
        fact = scene.fact(site)
        numeric = (
            fact is not None
            and bool(fact.column_facts)
            and all(c.kind in ("number", "bool") for c in fact.column_facts)
        )
        histogram = site.name.startswith("HistGradient") and numeric
        if site.estimator.family not in self.families and not histogram:
            return f"{site.name} is stable, or may be given columns that resampling would not keep"
        return None

    def offers(self, scene: Scene, site: Site) -> frozenset[str]:
        return PROBA if site.estimator.classifier else frozenset()

    def form(self, scene: Scene, site: Site, inner: str) -> tuple[Form, tuple[str, ...]]:
        name, imports = scene.refer(
            "sklearn.ensemble", f"Bagging{'Classifier' if site.estimator.classifier else 'Regressor'}"
        )
        number = 50 if site.estimator.family is Family.TREE else 10
        seed = scene.seed_of(site)
        rest = (f"random_state={seed}",) if seed not in (None, "None") else ()
        return Form(f"{name}(", (inner, f"n_estimators={number}", *rest)), imports

    def reason(self, scene: Scene, site: Site) -> str:
        return f"{site.name} changes much with the rows it sees; averaging keeps what all copies agree on."


def _without(call: cst.Call, names: set[str]) -> cst.Call:
    kept = [a for a in call.args if a.keyword is None or a.keyword.value not in names]
    if kept and len(kept) != len(call.args):
        kept[-1] = kept[-1].with_changes(
            comma=call.args[-1].comma, whitespace_after_arg=call.args[-1].whitespace_after_arg
        )
    return call.with_changes(args=kept)


class SoftVoting(Strategy):
    """Lets voters weigh in with their probabilities instead of one vote each.

    A vote throws away how sure a model is. Averaged probabilities keep it, and give the ensemble ``predict_proba``.
    """

    slug = "soft-voting"
    title = "Average probabilities instead of counting votes"
    roles = MODEL_ROLES
    reference = "https://scikit-learn.org/stable/modules/ensemble.html#weighted-average-probabilities-soft-voting"
    prior = 0.45
    examples = (
        tabular(
            _VOTERS.format(model="VotingClassifier(voters)"),
            _VOTERS.format(model='VotingClassifier(voters, voting="soft")'),
            before_imports=_VOTER_IMPORTS,
            after_imports=_VOTER_IMPORTS,
            data=BREAST_CANCER,
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        for call in scene.calls_of({"VotingClassifier"}):
            given = keywords(scene, call)
            if literal(given.get("voting", "'hard'")) != "hard" or spread(call):
                return NotApplicable("the voters' probabilities are averaged already")
            for voter in scene.names.called(ESTIMATORS.keys()):
                name = scene.names.canonical(dotted_ast(voter.func)) or ""
                known = ESTIMATORS[name]
                probability = any(
                    k.arg == "probability" and getattr(k.value, "value", None) is True for k in voter.keywords
                )
                if known.classifier and ("predict_proba" not in known.offers or (name == "SVC" and not probability)):
                    return NotApplicable(f"{name} gives no probabilities")
            draft = scene.draft()
            draft.replace(call, broken(scene, call, with_keywords(call, {"voting": scene.q('"soft"')})))
            why = "A vote throws away how sure each model is; averaged probabilities keep it."
            return self.change(draft, why, "the voters' probabilities are averaged")
        return NotApplicable("the block constructs no voting classifier")


class StackInsteadOfVote(Strategy):
    """Learns from cross-validated predictions how much to trust each model, instead of trusting all the same.

    The combining model is linear and sees predictions made on other folds than each model was fitted on, so it
    learns which of them to trust without seeing the test set.
    """

    slug = "stack-instead-of-vote"
    title = "Learn how much to trust each model"
    roles = MODEL_ROLES
    reference = "https://doi.org/10.1016/S0893-6080(05)80023-1"
    prior = 0.4
    examples = (
        tabular(
            _VOTERS.format(model='VotingClassifier(estimators=voters, voting="soft")'),
            _VOTERS.format(model="StackingClassifier(estimators=voters, cv=5)"),
            before_imports=_VOTER_IMPORTS,
            after_imports=_VOTER_IMPORTS + "\nfrom sklearn.ensemble import StackingClassifier",
            data=BREAST_CANCER,
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        for call in scene.calls_of({"VotingClassifier", "VotingRegressor"}):
            name = scene.canonical(call.func) or ""
            site = scene.site(call)
            problem = scene.not_offered(site, PROBA)
            if problem or spread(call):
                return NotApplicable(problem or "the ensemble's parameters come from outside the call")
            new = name.replace("Voting", "Stacking")
            written, imports = scene.refer("sklearn.ensemble", new)
            stacked = with_keywords(_without(call, {"voting", "weights", "flatten_transform"}), {"cv": "5"})
            draft = scene.draft()
            draft.replace(call, broken(scene, call, stacked.with_changes(func=cst.parse_expression(written))))
            why = "All models count the same; cross-validated predictions can tell how much to trust each."
            return self.change(draft, why, f"{name} becomes {new}", imports)
        return NotApplicable("the block constructs no voting ensemble")


STRATEGIES = (BlendWithLinear, BagSeeds, Bagging, SoftVoting, StackInsteadOfVote)
