"""One statement, one role, with its reason."""

from __future__ import annotations

import pytest

from cst_tools.script import Script
from cst_tools.spine import spine
from cst_tools.vocabulary import role_of_name

PREAMBLE = """import numpy as np, pandas as pd, lightgbm as lgb, xgboost as xgb, torch, joblib, optuna
from project.utils import fancy_features, read_tables, NetModel
"""


def _judge(code: str) -> tuple[str, str]:
    last = max(spine(Script.parse(PREAMBLE + code)).statements, key=lambda s: s.span.end)
    return last.judgement.role.value, last.judgement.reason


@pytest.mark.parametrize(
    ("role", "code"),
    [
        ("load", "df = pd.read_csv('a')"),
        (
            "load",
            "from sklearn.datasets import fetch_openml\nX, y = fetch_openml(return_X_y=True)",
        ),
        ("load", "data = np.load('a.npz')"),
        ("load", "df = read_tables('x')"),
        ("load", "with open('a.json') as f:\n    data = json.load(f)"),
        ("clean", "df = df.dropna()"),
        ("clean", "df.drop_duplicates(inplace=True)"),
        ("clean", "df = df[df.age > 0]"),
        ("clean", "df = df.drop('id', axis=1)"),
        ("clean", "df['age'] = df['age'].fillna(df['age'].median())"),
        ("clean", "df['age'] = df['age'].clip(0, 99)"),
        ("features", "df['a'] = df['b'] / df['c']"),
        ("features", "df['flag'] = (df['b'] > 1).astype(int)"),
        ("features", "df = df.merge(other, on='id')"),
        ("features", "X = df.drop(columns=['y'])"),
        ("features", "y = df['y']"),
        ("features", "X, y = df[cols].values, df['y'].values"),
        ("features", "df = fancy_features(df)"),
        ("split", "from sklearn.model_selection import train_test_split\na, b = train_test_split(df)"),
        ("split", "X_train, X_test = X[:80], X[80:]"),
        ("split", "train = df[df.year < 2020]"),
        ("split", "train = df.sample(frac=0.8)\ntest = df.drop(train.index)"),
        ("split", "kf = KFold(5)"),
        ("split", "train_ds, val_ds = torch.utils.data.random_split(ds, [80, 20])"),
        ("preprocess", "sc = StandardScaler()\nX = sc.fit_transform(X)"),
        ("preprocess", "X_test = sc.transform(X_test)"),
        ("preprocess", "enc = OneHotEncoder().fit(X)"),
        ("preprocess", "scaler.fit(X_train)"),
        ("preprocess", "pre = ColumnTransformer([('n', StandardScaler(), cols)])"),
        ("preprocess", "p = Pipeline([('i', SimpleImputer()), ('s', StandardScaler())])"),
        ("preprocess", "X, y = SMOTE().fit_resample(X, y)"),
        ("model", "clf = RandomForestClassifier()"),
        ("model", "clf = RandomForestClassifier().fit(X, y)"),
        ("model", "p = Pipeline([('s', StandardScaler()), ('m', SVC())])"),
        ("model", "clf = SVC()\np = make_pipeline(StandardScaler(), clf)"),
        ("model", "net = NetModel(3)"),
        ("model", "class Net(nn.Module):\n    def forward(self, x): return x"),
        ("model", "bert = AutoModelForSequenceClassification.from_pretrained('b')"),
        ("train", "model.fit(X, y)"),
        ("train", "booster = lgb.train(params, data)"),
        ("train", "optimizer = torch.optim.Adam(net.parameters())"),
        ("train", "for x, y in loader:\n    loss = f(net(x), y)\n    loss.backward()"),
        ("tune", "gs = GridSearchCV(SVC(), {})"),
        ("tune", "gs = GridSearchCV(SVC(), {})\ngs.fit(X, y)"),
        ("tune", "study = optuna.create_study()\nstudy.optimize(f)"),
        ("ensemble", "v = VotingClassifier([('a', SVC())])"),
        ("ensemble", "p1 = a.predict(X)\np2 = b.predict(X)\nblend = (p1 + p2) / 2"),
        ("ensemble", "pred_a = a.predict(X)\npred_b = b.predict(X)\nfinal = np.mean([pred_a, pred_b], axis=0)"),
        ("predict", "pred = clf.predict(X)"),
        ("predict", "p = clf.predict_proba(X)[:, 1]\np = np.clip(p, 0, 1)"),
        ("predict", "proba = clf.predict_proba(X)\npred = (proba > 0.5).astype(int)"),
        ("evaluate", "from sklearn.metrics import mean_squared_error\nm = mean_squared_error(a, b)"),
        ("evaluate", "import sklearn.metrics as M\nv = M.d2_tweedie_score(a, b)"),
        ("evaluate", "s = cross_val_score(SVC(), X, y)"),
        ("evaluate", "print(clf.score(X, y))"),
        ("evaluate", "rmse = np.sqrt(((y - p) ** 2).mean())"),
        ("evaluate", "acc = (pred == y).mean()"),
        ("evaluate", "print('RMSE', np.sqrt(np.mean((y - p) ** 2)))"),
        ("evaluate", "cv = lgb.cv(params, data)"),
        ("submit", "sub.to_csv('s.csv')"),
        ("submit", "joblib.dump(model, 'm')"),
        ("submit", "torch.save(net.state_dict(), 'm')"),
        ("submit", "pd.DataFrame({'p': model.predict(X)}).to_csv('s')"),
        ("other", "print('rows', len(df))"),
        ("other", "plt.plot(a)"),
        ("other", "np.random.seed(1)"),
        ("other", "args = parser.parse_args()"),
        ("other", "name = 'a,b'.split(',')"),
        ("other", "parts = line.split()"),
        ("other", "best_score = 0"),
        ("other", "import os"),
    ],
)
def test_statement(role: str, code: str) -> None:
    found, reason = _judge(code)
    assert found == role
    assert reason


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("load_train", "load"), ("split_data", "split"), ("make_model", "model"),
        ("encode_test", "preprocess"), ("trainModel", "train"),
        ("evaluate_model", "evaluate"),
        ("add_dates", "features"),
        ("clean", "clean"), ("save_predictions", "submit"),
        ("tune_forest", "tune"), ("predict_test", "predict"), ("blend", "ensemble"),
        ("helper", None), ("__init__", None),
    ],
)  # fmt: skip
def test_names_of_functions(name: str, role: str | None) -> None:
    found = role_of_name(name)
    assert (found.value if found else None) == role


def test_methods_of_libraries_are_not_those_of_local_classes() -> None:
    code = "class Reader:\n    def fit(self, p): return pd.read_csv(p)\nm = SVC()\nm.fit(X, y)\n"
    assert _judge(code)[0] == "train"
    assert _judge(code + "r = Reader()\nd = r.fit('a')\n")[0] == "load"
