"""One statement, one role, with its reason."""

from __future__ import annotations

import pytest

from cst_tools.analysis import analyse
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


def _roles(code: str) -> dict[str, str]:
    """First line of every block's text to its role, protected ones with a star."""
    analysis = analyse(Script.parse(PREAMBLE + code))
    out: dict[str, str] = {}
    for block in analysis.blocks:
        for line in analysis.script.text.splitlines()[block.first_line : block.last_line + 1]:
            out[line.strip()] = block.role.value + "*" * block.protected
    return out


@pytest.mark.parametrize(
    "code",
    [
        "cut = df['date'].quantile(0.8)\na, b = df.filter(pl.col('date') <= cut), df.filter(pl.col('date') > cut)",
        "alt = df[df.jahr < 2020]\nneu = df[df.jahr >= 2020]",
        "o = rng.permutation(n)\nk = int(.7 * n)\na, ya, b, yb = X[o[:k]], y[o[:k]], X[o[k:]], y[o[k:]]",
        "k = len(df) * 3 // 4\nlern, pruef = df[:k], df[k:]",
        "m = np.random.rand(len(df)) < 0.8\neins = df[m]\nzwei = df[~m]",
        "history, future = s.iloc[:-30], s.iloc[-30:]",
        "neu, yneu = X[-500:], y[-500:]\nX, y = X[:-500], y[:-500]",
        "df = df.sample(frac=1, random_state=3).reset_index(drop=True)\nk = 80\na = df[:k].copy()\nb = df[k:].copy()",
        "random.shuffle(rows)\nk = int(0.8 * len(rows))\na = rows[:k]\nb = rows[k:]",
        "ids = df.id.unique()\neins, zwei = train_test_split(ids)\na = df[df.id.isin(eins)]\nb = df[df.id.isin(zwei)]",
        "known = df[df.y.notnull()]\nunknown = df[df.y.isnull()]",
    ],
)
def test_rows_divided_by_hand_are_a_protected_split_with_what_divides_them(code: str) -> None:
    roles = _roles(f"import polars as pl, random\ndf = pd.read_csv('a')\nX, y = np.load('x'), np.load('y')\n{code}\n")
    assert [roles[line] for line in code.splitlines()] == ["split*"] * len(code.splitlines())


@pytest.mark.parametrize(
    "code",
    [
        "numeric_cols, other_cols = cols[:3], cols[3:]",
        "x_in, x_out = seq[:-1], seq[1:]",
        "df.loc[flag, 'a'] = 1\ndf.loc[~flag, 'a'] = 2",
        "df = df[df.age > 3]",
        "print(df[df.sex == 'm'].age.mean(), df[df.sex != 'm'].age.mean())",
    ],
)
def test_other_selections_are_no_split(code: str) -> None:
    roles = _roles(f"df = pd.read_csv('a')\n{code}\n")
    assert not [line for line in code.splitlines() if roles[line].startswith("split")]


def test_an_evaluation_is_known_by_its_name_though_it_loads() -> None:
    code = """
class Run:
    def fit(self):
        self.net = Net()
        self.opt = torch.optim.Adam(self.net.parameters())
        for x in self.loader:
            self.net(x).backward()
    def evaluate(self):
        data = ImageFolder("val")
        loader = DataLoader(data, 64)
        hits = 0
        for x, y in loader:
            hits += (self.net(x).argmax(1) == y).sum().item()
        return hits / len(data)
    def run(self):
        self.fit()
        acc = self.evaluate()
        torch.save(self.net, "net.pt")
        print("best", acc)
Run().run()
"""
    roles = _roles(code)
    assert roles["def evaluate(self):"] == roles["acc = self.evaluate()"] == "evaluate*"


LINES = """
best = 0
for e in range(3):
    step()
    acc = accuracy_score(y, f(x))
    if acc > best:
        best = acc
print('best', best)  # is evaluate*

def objective(trial):
    c = trial.suggest_float('c', 0, 1)
    return cross_val_score(SVC(C=c), X, y, cv=StratifiedKFold(4)).mean()  # is evaluate*
study = optuna.create_study()
study.optimize(objective)

gs = GridSearchCV(SVC(), {}, cv=StratifiedKFold(4))  # is tune
gs.fit(X, y)
print(gs.best_score_)  # is evaluate*

proba = clf.predict_proba(X)[:, 1]
threshold = 0.5  # is predict
pred = (proba >= threshold).astype(int)  # is predict
print(f1_score(y, pred))

X = np.load('a')
mu, sd = X.mean(0), X.std(0)  # is preprocess
X = (X - mu) / sd  # is preprocess

X = np.load('a')
X -= X.mean(axis=0)  # is preprocess

w = np.zeros(3)
lr = 0.1
for i in range(9):
    g = X.T @ (X @ w - y)
    w -= lr * g  # is train

hits = 0  # is evaluate*
for row in rows:
    if guess(row) == row[-1]:
        hits += 1  # is evaluate*
print('accuracy', hits / len(rows))  # is evaluate*

merkmale = ['a', 'b']  # is features
clf = SVC()
clf.fit(df[merkmale], df.y)

clf = xgb.train({}, d)
summe = 0
summe += clf.predict(xgb.DMatrix(T)) / 5  # is predict

df['n'] = df.groupby('a')['b'].transform('count')  # is features

rf = RandomForestClassifier()
rf.fit(X, y)
if rf:
    top = pd.Series(rf.feature_importances_).sort_values()  # is other

best, n_best = 0, None  # is evaluate*
for n in (10, 50):
    m = RandomForestClassifier(n_estimators=n).fit(X, y)
    if (s := accuracy_score(yb, m.predict(xb))) > best:
        best, n_best = s, n
print(f"best accuracy {best}")

mitte, breite = a.mean(), a.std()  # is preprocess
m = Lasso().fit((a - mitte) / breite, b)

w = {'a': 1}
blend = sum(w[k] * oof[k] for k in oof)  # is ensemble
"""


@pytest.mark.parametrize("code", LINES.strip().split("\n\n"))
def test_a_line_among_others(code: str) -> None:
    roles = _roles(f"from sklearn.metrics import *\n{code}\n")
    marked = [line for line in roles if "# is " in line]
    assert marked
    assert [(line, roles[line]) for line in marked] == [(line, line.rpartition("# is ")[2]) for line in marked]
