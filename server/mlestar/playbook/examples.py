"""Scripts around which strategies show their before and after: small, whole and runnable."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cst_tools.types import Direction, Facts
from mlestar.playbook.strategy import Example


@dataclass(frozen=True)
class Data:
    """How an example loads its data, and how it scores."""

    imports: str
    load: str
    metric: str
    function: str
    direction: Direction = Direction.MAXIMIZE


BREAST_CANCER = Data(
    "from sklearn.datasets import load_breast_cancer",
    "X, y = load_breast_cancer(return_X_y=True)",
    "accuracy",
    "accuracy_score",
)
CANCER_F1 = Data(BREAST_CANCER.imports, BREAST_CANCER.load, "f1", "f1_score")
CANCER_LOG_LOSS = Data(BREAST_CANCER.imports, BREAST_CANCER.load, "log_loss", "log_loss", Direction.MINIMIZE)
DIABETES = Data(
    "from sklearn.datasets import load_diabetes",
    "X, y = load_diabetes(return_X_y=True)",
    "mae",
    "mean_absolute_error",
    Direction.MINIMIZE,
)
PENGUINS = Data(
    "import numpy as np\nimport pandas as pd",
    "rng = np.random.default_rng(0)\n"
    "X = pd.DataFrame({\n"
    '    "island": rng.choice(["Biscoe", "Dream", "Torgersen"], 300),\n'
    '    "bill": rng.normal(44, 5, 300),\n'
    '    "mass": rng.normal(4200, 800, 300),\n'
    "})\n"
    'X.loc[::7, "bill"] = np.nan\n'
    'y = ((X["mass"] > 4200) ^ (X["island"] == "Dream")).astype(int)',
    "accuracy",
    "accuracy_score",
)

_TABULAR = """\
{imports}
from sklearn.metrics import {function}
from sklearn.model_selection import train_test_split
{model_imports}

{load}
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

{body}

print({function}(y_test, {predict}))
"""

SPAM = """\
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
{imports}

rng = np.random.default_rng(0)
words = ["free", "win", "cash", "meeting", "report", "lunch", "today", "please", "offer", "call"]
labels = rng.integers(0, 2, 200)
texts = [" ".join(rng.choice(words[:7] if label else words[3:], 6)) for label in labels]
train_texts, test_texts, y_train, y_test = train_test_split(texts, labels, random_state=0)

vectorizer = {vectoriser}
X_train = vectorizer.fit_transform(train_texts)
X_test = vectorizer.transform(test_texts)

model = {model}
model.fit(X_train, y_train)

print(accuracy_score(y_test, model.predict(X_test)))
"""

FRAME = """\
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
{imports}

rng = np.random.default_rng(0)
df = pd.DataFrame(
    {{
        "island": rng.choice(["Biscoe", "Dream", "Torgersen"], 300),
        "bill": rng.normal(44, 5, 300),
        "mass": rng.normal(4200, 800, 300),
        "day": pd.date_range("2023-01-01", periods=300).astype(str),
    }}
)
df["y"] = ((df["mass"] > 4200) ^ (df["island"] == "Dream")).astype(int)
df.loc[::7, "bill"] = np.nan

{body}

X = {features}
X_train, X_test, y_train, y_test = train_test_split(X, df["y"], random_state=0)

model = {model}
model.fit(X_train, y_train)

print(accuracy_score(y_test, model.predict(X_test)))
"""


def tidy(text: str) -> str:
    """A script whose first paragraph is imports, with these merged, sorted and without what the rest does not use."""
    head, blank, rest = text.partition("\n\n")
    used = set(re.findall(r"\w+", rest))
    modules: set[str] = set()
    names: dict[str, set[str]] = {}
    for node in ast.parse(head).body:
        if isinstance(node, ast.Import):
            modules |= {ast.unparse(node) for a in node.names if (a.asname or a.name.partition(".")[0]) in used}
        elif isinstance(node, ast.ImportFrom):
            names.setdefault(node.module or "", set()).update(a.name for a in node.names if a.name in used)
    named = [
        f"from {module} import {', '.join(sorted(items, key=lambda n: (n[0].islower(), n)))}"
        for module, items in sorted(names.items())
        if items
    ]
    return "\n".join([*sorted(modules), *named]) + blank + rest


def tabular(
    before: str,
    after: str,
    *,
    before_imports: str,
    after_imports: str,
    data: Data,
    model: str = "model",
    facts: Facts | None = None,
    packages: Mapping[str, str] | None = None,
    runs: bool = True,
) -> Example:
    """A script that loads ``data``, splits it, runs the body before and after, and prints the score."""
    predict = f"{model}.predict_proba(X_test)" if data.metric == "log_loss" else f"{model}.predict(X_test)"

    def script(imports: str, body: str) -> str:
        text = _TABULAR.format(
            imports=data.imports,
            model_imports=imports,
            function=data.function,
            load=data.load,
            body=body,
            predict=predict,
        )
        return tidy(text)

    return Example(
        before=script(before_imports, before),
        after=script(after_imports, after),
        at=before.splitlines()[0],
        metric=data.metric,
        expression=f"{data.function}(y_test, {predict})",
        direction=data.direction,
        facts=facts or Facts(),
        packages=packages or {},
        runs=runs,
    )


def swap(
    source: str,
    old: str,
    new: str,
    *,
    at: str = "",
    imports: str = "",
    metric: str = "accuracy",
    facts: Facts | None = None,
    packages: Mapping[str, str] | None = None,
    runs: bool = True,
) -> Example:
    """An example whose scripts differ in one place, ``old`` becoming ``new``, and in ``imports`` added."""
    if source.count(old) != 1:
        raise ValueError(f"{old!r} is in the example {source.count(old)} times")
    after = source.replace(old, new)
    if imports:
        head, blank, rest = after.partition("\n\n")
        after = f"{head}\n{imports}{blank}{rest}"
    return Example(
        before=tidy(source),
        after=tidy(after),
        at=at or old.splitlines()[0],
        metric=metric,
        facts=facts or Facts(),
        packages=packages or {},
        runs=runs,
    )
