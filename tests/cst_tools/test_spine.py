"""What runs, in which order, and what is followed into."""

from __future__ import annotations

import pytest

from cst_tools.script import Script
from cst_tools.spine import MODULE, spine

STEPS = """
    df = pd.read_csv("a.csv")
    X, y = df.drop(columns="y"), df["y"]
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    model = RandomForestClassifier()
    model.fit(X_train, y_train)
    print(accuracy_score(y_test, model.predict(X_test)))
"""
IMPORTS = "import pandas as pd\nfrom sklearn.model_selection import train_test_split\n"
GUARD = 'if __name__ == "__main__":\n    '
WHOLE = ["load", "features", "split", "model", "train", "evaluate"]


def _roles(code: str, container: str) -> list[str]:
    found = spine(Script.parse(code))
    return [s.judgement.role.value for s in found.statements if s.container == container]


@pytest.mark.parametrize(
    "call",
    [
        GUARD + "main()",
        "if '__main__' == __name__:\n    main()",
        GUARD + "sys.exit(main())",
        GUARD + "raise SystemExit(main())",
        GUARD + "asyncio.run(main())",
        GUARD + "fire.Fire(main)",
        GUARD + "typer.run(main)",
        GUARD + "exit(main(sys.argv[1:]))",
        "main()",
        "result = main()",
        "",
    ],
)
def test_main_is_followed_however_it_is_called(call: str) -> None:
    code = IMPORTS + "def main(argv=None):" + STEPS + call + "\n"
    assert _roles(code, "main") == WHOLE
    assert spine(Script.parse(code)).followed == ("main",)


@pytest.mark.parametrize(
    "decorators",
    [
        "@click.command()\n@click.option('--n')\n",
        "@hydra.main(config_path=None)\n",
        "@app.command()\n",
        "@retry(times=3)\n",
    ],
)
def test_decorated_entries_are_followed(decorators: str) -> None:
    entry = "app()" if "app" in decorators else "train()"
    code = IMPORTS + f"app = typer.Typer()\n{decorators}def train(n=1):" + STEPS + GUARD + entry
    assert _roles(code, "train") == WHOLE


@pytest.mark.parametrize(
    "run",
    [
        "Trainer().run()",
        "t = Trainer()\nt.run()",
        GUARD + "Trainer().run()",
        "with Trainer() as t:\n    t.run()",
        "Trainer.run(None)",
    ],
)
def test_methods_are_followed(run: str) -> None:
    code = IMPORTS + "class Trainer:\n    def run(self):" + STEPS.replace("\n    ", "\n        ") + "\n" + run
    assert _roles(code, "Trainer.run") == WHOLE


def test_order_is_that_of_execution() -> None:
    code = """
def late(): return df.dropna()
def first(): return pd.read_csv("a")
def unused(): return 1
def main():
    df = first()
    df = late()
    m = LinearRegression()
    m.fit(df, 1)
    print(m.score(df, 1))
main()
"""
    found = spine(Script.parse(code))
    assert [s.qualified or s.judgement.role.value for s in found.statements] == [
        "first", "load", "late", "clean", "model", "train", "evaluate", "other", "unused",
    ]  # fmt: skip


def test_arguments_run_before_their_call() -> None:
    code = "def inner(): return pd.read_csv('a')\ndef outer(df): return df.dropna()\ndf = outer(inner())\n"
    assert [s.qualified for s in spine(Script.parse(code)).statements] == ["inner", "outer", ""]


def test_loops_branches_and_contexts_are_followed_when_they_mix() -> None:
    code = """
for tr, va in kf.split(X):
    clf = SVC()
    clf.fit(X[tr], y[tr])
    print(accuracy_score(y[va], clf.predict(X[va])))
with timer("all"):
    df = pd.read_csv("a")
    X_train, X_test = train_test_split(df)
if tuned:
    gs = GridSearchCV(clf, grid)
    gs.fit(X, y)
    pred = gs.predict(X)
try:
    df = pd.read_csv("b")
    m = Ridge()
except OSError:
    sys.exit(1)
for c in columns:
    df[c] = df[c].fillna(0)
    df[c] = df[c].astype(int)
"""
    found = spine(Script.parse(code))
    assert [s.judgement.role.value for s in found.statements] == [
        "model", "train", "evaluate", "load", "split", "tune", "tune", "predict", "load", "model", "other", "clean",
    ]  # fmt: skip
    assert [s.loops for s in found.statements][:4] == [1, 1, 1, 0]
    assert {s.container for s in found.statements} == {MODULE}


def test_training_loop_is_one_statement_but_its_epoch_is_opened() -> None:
    code = """
for epoch in range(9):
    for xb, yb in loader:
        loss = criterion(net(xb), yb)
        loss.backward()
        optimizer.step()
    val_acc = (net(X_val).argmax(1) == y_val).float().mean()
"""
    assert _roles(code, MODULE) == ["train", "evaluate"]


def test_body_on_the_header_line_is_not_followed() -> None:
    assert _roles("if a: df = pd.read_csv('a'); m = Ridge()\n", MODULE) == ["model"]


def test_small_functions_stay_whole() -> None:
    code = """
def load(path):
    df = pd.read_csv(path)
    return df
def evaluate(model, X, y):
    pred = model.predict(X)
    acc = accuracy_score(y, pred)
    print(acc)
    return acc
def make_model(depth):
    scaler = StandardScaler()
    return make_pipeline(scaler, RandomForestClassifier(max_depth=depth))
"""
    found = spine(Script.parse(code))
    assert [(s.qualified, s.judgement.role.value) for s in found.statements] == [
        ("load", "load"), ("evaluate", "evaluate"), ("make_model", "model"),
    ]  # fmt: skip


def test_search_objective_is_opened() -> None:
    code = """
def objective(trial):
    model = SVC(C=trial.suggest_float("C", 0.1, 10))
    return cross_val_score(model, X, y).mean()
study = optuna.create_study()
study.optimize(lambda trial: objective(trial), n_trials=3)
"""
    assert _roles(code, "objective") == ["tune", "evaluate"]


def test_recursion_and_mutual_calls_end() -> None:
    code = "def a(n):\n    return b(n)\ndef b(n):\n    return a(n - 1)\nprint(a(3))\n"
    assert [s.qualified for s in spine(Script.parse(code)).statements] == ["a", "b", ""]


def test_deep_call_graph_is_quick() -> None:
    lines = ["def f0(): return pd.read_csv('a')"]
    for n in range(1, 60):
        lines.append(f"def f{n}():\n    f{n - 1}()\n    return f{n - 1}()")
    assert len(spine(Script.parse("\n".join([*lines, "f59()"]))).statements) == 61


def test_nothing_to_follow() -> None:
    assert spine(Script.parse("")).statements == ()
    assert spine(Script.parse("x = (")).statements == ()
