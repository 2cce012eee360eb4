"""Which number is the objective, style by style: what people write, and what must be found."""

from __future__ import annotations

import pytest

from cst_tools.objective import find_objectives, objective_id
from cst_tools.script import Script
from cst_tools.types import Aggregate, Direction, Objective, ObjectiveKind

FITTED = """\
from sklearn.metrics import *
from sklearn.linear_model import LogisticRegression, LinearRegression
from sklearn.model_selection import train_test_split, cross_val_score, cross_validate, KFold, GridSearchCV
import numpy as np
X_tr, X_te, y_tr, y_te = train_test_split(X, y, random_state=0)
model = LogisticRegression().fit(X_tr, y_tr)
p = model.predict(X_te)
"""
FOLDS = """\
from sklearn.metrics import roc_auc_score
import numpy as np
scores = []
for fold, (tr, va) in enumerate(kf.split(X, y)):
    model.fit(X[tr], y[tr])
    auc = roc_auc_score(y[va], model.predict_proba(X[va])[:, 1])
"""


def found(code: str, choice: str | None = None) -> Objective:
    objectives, reason = find_objectives(Script.parse(code), None, choice=choice)
    assert objectives, reason
    return objectives[0]


STYLES = [
    # printed
    ('print("acc", accuracy_score(y_te, p))', "accuracy_score(y_te, p)", "accuracy", "last"),
    ('print("acc", accuracy_score(y_te, p), "f1", f1_score(y_te, p))', "accuracy_score(y_te, p)", "accuracy", "last"),
    ('score = accuracy_score(y_te, p)\nprint("score", score)', "accuracy_score(y_te, p)", "accuracy", "last"),
    ('auc = roc_auc_score(y_te, p)\nprint(f"AUC: {auc:.4f}")', "roc_auc_score(y_te, p)", "roc_auc", "last"),
    ('print(f"{f1_score(y_te, p):.3f} (f1)")', "f1_score(y_te, p)", "f1", "last"),
    ('print("auc %.3f" % roc_auc_score(y_te, p))', "roc_auc_score(y_te, p)", "roc_auc", "last"),
    (
        'print("auc %.3f f1 %.3f" % (roc_auc_score(y_te, p), f1_score(y_te, p)))',
        "roc_auc_score(y_te, p)",
        "roc_auc",
        "last",
    ),
    (
        'print("f1 {:.2f}".format(f1_score(y_te, p, average="macro")))',
        'f1_score(y_te, p, average="macro")',
        "f1_macro",
        "last",
    ),
    (
        'print("Accuracy: " + str(round(accuracy_score(y_te, p) * 100, 2)) + "%")',
        "accuracy_score(y_te, p)",
        "accuracy",
        "last",
    ),
    (
        'from rich import print as rprint\nrprint("[b]mcc", matthews_corrcoef(y_te, p))',
        "matthews_corrcoef(y_te, p)",
        "mcc",
        "last",
    ),
    ("import sklearn.metrics as sm\nprint(sm.log_loss(y_te, p))", "sm.log_loss(y_te, p)", "log_loss", "last"),
    # logged, tracked
    ('auc = roc_auc_score(y_te, p)\nlogger.info("auc=%.4f", auc)', "roc_auc_score(y_te, p)", "roc_auc", "last"),
    ('logger.info("auc={}", roc_auc_score(y_te, p))', "roc_auc_score(y_te, p)", "roc_auc", "last"),
    ('wandb.log({"acc": accuracy_score(y_te, p)})', "accuracy_score(y_te, p)", "accuracy", "last"),
    (
        'mlflow.log_metric("rmse", np.sqrt(mean_squared_error(y_te, p)))',
        "np.sqrt(mean_squared_error(y_te, p))",
        "rmse",
        "last",
    ),
    ('writer.add_scalar("val/acc", accuracy_score(y_te, p), 3)', "accuracy_score(y_te, p)", "accuracy", "last"),
    # computed by hand
    (
        'rmse = np.sqrt(((p - y_te) ** 2).mean())\nprint("rmse", rmse)',
        "np.sqrt(((p - y_te) ** 2).mean())",
        "rmse",
        "last",
    ),
    ("print((p == y_te).mean())", "(p == y_te).mean()", "accuracy", "last"),
    ("print(np.mean(np.abs(p - y_te)))", "np.mean(np.abs(p - y_te))", "mae", "last"),
    ("err = p - y_te\nprint(np.mean(err ** 2))", "np.mean(err ** 2)", "mse", "last"),
    (
        "print(sum(a == b for a, b in zip(y_te, p)) / len(p))",
        "sum(a == b for a, b in zip(y_te, p)) / len(p)",
        "accuracy",
        "last",
    ),
    (
        "print(1 - ((y_te - p) ** 2).sum() / ((y_te - y_te.mean()) ** 2).sum())",
        "1 - ((y_te - p) ** 2).sum() / ((y_te - y_te.mean()) ** 2).sum()",
        "r2",
        "last",
    ),
    # roots
    ("print(mean_squared_error(y_te, p, squared=False))", "mean_squared_error(y_te, p, squared=False)", "rmse", "last"),
    ("print(mean_squared_error(y_te, p) ** 0.5)", "mean_squared_error(y_te, p) ** 0.5", "rmse", "last"),
    # kept
    (
        'results = {}\nresults["auc"] = roc_auc_score(y_te, p)\nprint(results)',
        "roc_auc_score(y_te, p)",
        "roc_auc",
        "last",
    ),
    ("final_f1 = f1_score(y_te, p)", "f1_score(y_te, p)", "f1", "last"),
    # estimators
    ("print(model.score(X_te, y_te))", "model.score(X_te, y_te)", "accuracy", "last"),
    ("reg = LinearRegression().fit(X_tr, y_tr)\nprint(reg.score(X_te, y_te))", "reg.score(X_te, y_te)", "r2", "last"),
    (
        'print(-cross_val_score(model, X, y, scoring="neg_mean_absolute_error").mean())',
        '-cross_val_score(model, X, y, scoring="neg_mean_absolute_error").mean()',
        "mae",
        "last",
    ),
    (
        'r = cross_validate(model, X, y, scoring=["roc_auc", "f1"])\nprint(r["test_roc_auc"].mean())',
        'r["test_roc_auc"].mean()',
        "roc_auc",
        "last",
    ),
    (
        'gs = GridSearchCV(model, {}, scoring="f1")\ngs.fit(X_tr, y_tr)\nprint(gs.best_score_)',
        "gs.best_score_",
        "f1",
        "last",
    ),
    (
        'scores = -1 * cross_val_score(model, X, y, scoring="neg_mean_absolute_error")\nprint(scores.mean())',
        "scores.mean()",
        "mae",
        "last",
    ),
    # held-out rows and the last word win
    (
        'print("test", accuracy_score(y_te, p))\nprint("train", accuracy_score(y_tr, model.predict(X_tr)))',
        "accuracy_score(y_te, p)",
        "accuracy",
        "last",
    ),
    (
        'print("acc", accuracy_score(y_te, p))\nprint("recall", recall_score(y_te, p))',
        "accuracy_score(y_te, p)",
        "accuracy",
        "last",
    ),
    (
        'print("lr", f1_score(y_te, p))\nq = other.fit(X_tr, y_tr).predict(X_te)\nprint("rf", f1_score(y_te, q))',
        "f1_score(y_te, q)",
        "f1",
        "last",
    ),
    # several models
    (
        "for name, clf in models.items():\n    clf.fit(X_tr, y_tr)\n    print(name, clf.score(X_te, y_te))",
        "clf.score(X_te, y_te)",
        "accuracy",
        "max",
    ),
]


@pytest.mark.parametrize(("code", "expression", "metric", "aggregate"), STYLES, ids=[s[0][:50] for s in STYLES])
def test_style(code: str, expression: str, metric: str, aggregate: str) -> None:
    script = Script.parse(FITTED + code + "\n")
    objective = found(FITTED + code + "\n")
    assert (objective.expression, objective.metric, objective.aggregate.value) == (expression, metric, aggregate)
    assert objective.kind is ObjectiveKind.EXPRESSION and objective.reason
    assert objective.span is not None and script.slice(objective.span) == expression


WHOLE = {
    "the mean over folds": (
        FOLDS + '    print("fold", fold, auc)\n    scores.append(auc)\nprint(np.mean(scores), np.std(scores))\n',
        ("np.mean(scores)", "roc_auc", Direction.MAXIMIZE, Aggregate.LAST),
    ),
    "folds without a mean": (
        FOLDS + '    print("fold", fold, auc)\n',
        ("roc_auc_score(y[va], model.predict_proba(X[va])[:, 1])", "roc_auc", Direction.MAXIMIZE, Aggregate.MEAN),
    ),
    "sum over len": (
        FOLDS + "    scores.append(auc)\nprint(sum(scores) / len(scores))\n",
        ("sum(scores) / len(scores)", "roc_auc", Direction.MAXIMIZE, Aggregate.LAST),
    ),
    "progress bar": (
        (
            "for epoch in pbar:\n    train_loss = step(train)\n    val_loss = check(val)\n"
            "    pbar.set_postfix(train_loss=train_loss, val_loss=val_loss)\n"
        ),
        ("val_loss", "loss", Direction.MINIMIZE, Aggregate.LAST),
    ),
    "best epoch": (
        (
            "best = 0\nfor epoch in range(9):\n    val_acc = check(val)\n    print(f'val acc {val_acc:.3f}')\n"
            "    if val_acc > best:\n        best = val_acc\n"
        ),
        ("val_acc", "accuracy", Direction.MAXIMIZE, Aggregate.MAX),
    ),
    "validation in the loop, test at the end": (
        (
            "def evaluate(net, loader):\n    hits = n = 0\n    for x, t in loader:\n"
            "        hits += (net(x).argmax(1) == t).sum().item()\n        n += len(t)\n    return hits / n\n"
            "for epoch in range(9):\n    train(net)\n    print('val', evaluate(net, val_loader))\n"
            "print('test', evaluate(net, test_loader))\n"
        ),
        ("evaluate(net, test_loader)", "accuracy", Direction.MAXIMIZE, Aggregate.LAST),
    ),
    "counted up": (
        "for x, t in test_loader:\n    correct += (net(x) == t).sum()\n    total += len(t)\nprint(correct / total)\n",
        ("correct / total", "accuracy", Direction.MAXIMIZE, Aggregate.LAST),
    ),
    "returned from main": (
        (
            "from sklearn.metrics import mean_absolute_error\ndef main():\n    model.fit(X, y)\n"
            "    return mean_absolute_error(y_test, model.predict(X_test))\nif __name__ == '__main__':\n    main()\n"
        ),
        ("mean_absolute_error(y_test, model.predict(X_test))", "mae", Direction.MINIMIZE, Aggregate.LAST),
    ),
    "an attribute": (
        (
            "from sklearn.metrics import r2_score\nclass T:\n    def run(self):\n        self.m.fit(self.X, self.y)\n"
            "        self.score = r2_score(self.y_test, self.m.predict(self.X_test))\n"
            "t = T()\nt.run()\nprint(t.score)\n"
        ),
        ("r2_score(self.y_test, self.m.predict(self.X_test))", "r2", Direction.MAXIMIZE, Aggregate.LAST),
    ),
    "keras evaluate": (
        (
            "import keras\nnet.compile(metrics=['accuracy'])\nnet.fit(X_train, y_train)\n"
            "loss, acc = net.evaluate(X_test, y_test)\nprint('loss', loss, 'acc', acc)\n"
        ),
        ("acc", "accuracy", Direction.MAXIMIZE, Aggregate.LAST),
    ),
    "an Optuna objective": (
        (
            "import optuna\nfrom sklearn.model_selection import cross_val_score\n"
            "from sklearn.linear_model import Ridge\ndef objective(trial):\n"
            "    return cross_val_score(Ridge(trial.suggest_float('a', 0, 1)), X, y).mean()\n"
            "study = optuna.create_study(direction='maximize')\nstudy.optimize(objective, n_trials=9)\n"
        ),
        (
            "cross_val_score(Ridge(trial.suggest_float('a', 0, 1)), X, y).mean()",
            "r2",
            Direction.MAXIMIZE,
            Aggregate.MAX,
        ),
    ),
    "a study's best value": (
        (
            "import optuna\nfrom sklearn.metrics import log_loss\ndef objective(trial):\n    m.fit(X_train, y_train)\n"
            "    return log_loss(y_valid, m.predict_proba(X_valid))\nstudy = optuna.create_study()\n"
            "study.optimize(objective, n_trials=9)\nprint('best', study.best_value)\n"
        ),
        ("study.best_value", "log_loss", Direction.MINIMIZE, Aggregate.LAST),
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_script(name: str) -> None:
    code, expected = WHOLE[name]
    objective = found(code)
    assert (objective.expression, objective.metric, objective.direction, objective.aggregate) == expected


def test_the_other_numbers_of_the_line_are_candidates_and_the_reason_says_how_to_choose() -> None:
    code = FITTED + "print(accuracy_score(y_te, p), f1_score(y_te, p), roc_auc_score(y_te, p))\n"
    objectives, _ = find_objectives(Script.parse(code), None)
    assert [o.metric for o in objectives] == ["accuracy", "f1", "roc_auc"]
    assert "f1, roc_auc" in objectives[0].reason and "# mlestar: objective" in objectives[0].reason


def test_mse_under_the_label_rmse_is_mse_with_a_warning() -> None:
    objective = found(FITTED + 'print("RMSE:", mean_squared_error(y_te, p))\n')
    assert objective.metric == "mse" and "RMSE" in objective.warnings[0]


def test_a_training_metric_alone_is_found_with_a_warning() -> None:
    objective = found(FITTED + "print(accuracy_score(y_tr, model.predict(X_tr)))\n")
    assert any("trained on" in warning for warning in objective.warnings)


PROPOSALS = {
    "held-out predictions": (
        FITTED + 'out["p"] = p\n',
        "accuracy_score(y_te, p)",
    ),
    "a report only": (FITTED + "print(classification_report(y_te, p))\n", "accuracy_score(y_te, p)"),
    "held-out rows without predictions": (
        (
            "from sklearn.linear_model import Ridge\nfrom sklearn.model_selection import train_test_split\n"
            "a, b, c, d = train_test_split(X, y)\nm = Ridge()\nm.fit(a, c)\n"
        ),
        "r2_score(d, m.predict(b))",
    ),
    "no split": (
        "from sklearn.ensemble import RandomForestClassifier\nm = RandomForestClassifier()\nm.fit(X, y)\n",
        "cross_val_score(m, X, y, cv=5, scoring='accuracy').mean()",
    ),
    "scores that are never averaged": (
        (
            "from sklearn.model_selection import cross_val_score\nfrom sklearn.svm import SVC\n"
            "scores = cross_val_score(SVC(), X, y)\nprint(scores)\n"
        ),
        "scores.mean()",
    ),
}


@pytest.mark.parametrize("name", PROPOSALS)
def test_proposed(name: str) -> None:
    code, expression = PROPOSALS[name]
    objective = found(code)
    assert objective.kind is ObjectiveKind.PROPOSED and objective.expression == expression
    assert "proposed" in objective.reason
    assert objective.span is not None and objective.span.start == objective.span.end


@pytest.mark.parametrize("code", ["", "print('hello')\n", "x = 1\n", "import os\n\nprint(os.getcwd())\n"])
def test_no_metric_gives_a_reason_that_says_what_to_do(code: str) -> None:
    objectives, reason = find_objectives(Script.parse(code), None)
    assert objectives == () and reason is not None and "# mlestar: objective" in reason


def test_a_broken_script_gives_its_problem() -> None:
    objectives, reason = find_objectives(Script.parse("print(\n"), None)
    assert objectives == () and reason


TWO = FITTED + "acc = accuracy_score(y_te, p)\nf1 = f1_score(y_te, p)\nweird = magic(p)\nprint(acc, f1, weird)\n"


@pytest.mark.parametrize(
    ("choice", "expression", "direction"),
    [
        ("f1", "f1_score(y_te, p)", Direction.MAXIMIZE),
        ("f1_score(y_te,p)", "f1_score(y_te, p)", Direction.MAXIMIZE),
        ("minimize", "accuracy_score(y_te, p)", Direction.MINIMIZE),
        ("minimize weird", "magic(p)", Direction.MINIMIZE),
        ("weird", "magic(p)", Direction.MAXIMIZE),
        ("accuracy", "accuracy_score(y_te, p)", Direction.MAXIMIZE),
    ],
)
def test_the_users_choice(choice: str, expression: str, direction: Direction) -> None:
    objective = found(TWO, choice)
    assert (objective.expression, objective.direction, objective.chosen_by_user) == (expression, direction, True)


def test_a_choice_that_is_not_there_says_what_is() -> None:
    objectives, reason = find_objectives(Script.parse(TWO), None, choice="nonsense")
    assert objectives == () and reason is not None and "nonsense" in reason and "f1_score(y_te, p)" in reason


@pytest.mark.parametrize(
    ("line", "expression", "direction"),
    [
        ("f1 = f1_score(y_te, p)  # mlestar: objective", "f1_score(y_te, p)", Direction.MAXIMIZE),
        ("weird = magic(p)  # mlestar: objective minimize", "magic(p)", Direction.MINIMIZE),
        (
            "# mlestar: objective maximize\nweird = 1\nf1 = f1_score(y_te, p)",
            "accuracy_score(y_te, p)",
            Direction.MAXIMIZE,
        ),
        ("# mlestar: objective\nf1 = f1_score(y_te, p)", "f1_score(y_te, p)", Direction.MAXIMIZE),
    ],
)
def test_a_comment_chooses(line: str, expression: str, direction: Direction) -> None:
    objective = found(FITTED + "print(accuracy_score(y_te, p))\n" + line + "\n")
    assert (objective.expression, objective.direction, objective.chosen_by_user) == (expression, direction, True)


def test_the_id_is_of_what_is_measured_not_of_where() -> None:
    one = found(FITTED + "print(accuracy_score(y_te, p))\n")
    moved = found("# a comment\n" + FITTED + "print(accuracy_score(y_te, p))\n")
    other = found(FITTED + "print(f1_score(y_te, p))\n")
    assert objective_id(one) == objective_id(moved) != objective_id(other)


@pytest.mark.parametrize(
    ("metric", "expression", "code"),
    [
        (
            "accuracy",
            "accuracy_score(y_te, wald.predict(X_te))",
            (
                "from sklearn.model_selection import train_test_split\n"
                "X_tr, X_te, y_tr, y_te = train_test_split(X, y)\n"
                "wald = RandomForestClassifier(n_estimators=9).fit(X_tr, y_tr)\n"
            ),
        ),
        (
            "accuracy",
            "accuracy_score(y_te, RandomForestClassifier().fit(X_tr, y_tr).predict(X_te))",
            (
                "from sklearn.model_selection import train_test_split\n"
                "X_tr, X_te, y_tr, y_te = train_test_split(X, y)\n"
                "RandomForestClassifier().fit(X_tr, y_tr)\n"
            ),
        ),
        (
            "roc_auc",
            "judge.evaluate(predictions)",
            (
                "from pyspark.ml.evaluation import BinaryClassificationEvaluator\n"
                "judge = BinaryClassificationEvaluator(metricName='areaUnderROC')\n"
                "auc = judge.evaluate(predictions)\nprint('AUC', auc)\n"
            ),
        ),
        (
            "accuracy",
            "acc",
            (
                "net.compile(loss='mse', metrics=['accuracy'])\nnet.fit(xtr, ytr)\n"
                "loss, acc = net.evaluate(xte, yte)\nprint(f'test loss={loss:.4f} acc={acc:.4f}')\n"
            ),
        ),
        (
            "accuracy",
            "metric.compute(predictions=p, references=labels)",
            (
                "import evaluate\nmetric = evaluate.load('accuracy')\n"
                "def compute_metrics(p):\n    logits, labels = p\n"
                "    return metric.compute(predictions=p, references=labels)\n"
                "Trainer(net, compute_metrics=compute_metrics).train()\n"
            ),
        ),
        (
            "accuracy",
            "100. * correct / len(loader.dataset)",
            (
                "def test(net, loader):\n"
                "    total, correct = 0, 0\n"
                "    for x, y in loader:\n"
                "        out = net(x)\n"
                "        total += F.nll_loss(out, y).item()\n"
                "        correct += out.argmax(1).eq(y).sum().item()\n"
                "    print('Loss: {:.4f}, Accuracy: {:.0f}%'.format(total, 100. * correct / len(loader.dataset)))\n"
                "test(net, loader)\n"
            ),
        ),
    ],
)
def test_what_the_author_would_point_to(metric: str, expression: str, code: str) -> None:
    found, reason = find_objectives(Script.parse(code))
    assert found, reason
    assert (found[0].metric, found[0].expression) == (metric, expression)
