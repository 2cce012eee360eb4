"""Imports after a rewrite: names join their line in its style, lines go where they sort, idle names go."""

from __future__ import annotations

import ast

import pytest

from cst_tools.import_use import idle_imports
from cst_tools.imports import Wanted, edited
from cst_tools.script import Script

FOREST = Wanted("sklearn.ensemble", "RandomForestClassifier")
BOOSTING = Wanted("sklearn.ensemble", "HistGradientBoostingClassifier")
NUMPY = Wanted("numpy", None, "np")


def added(text: str, *add: Wanted, drop: tuple[str, ...] = (), limit: int = 88) -> str:
    result = edited(text, text, add, drop, limit=limit)
    ast.parse(result)
    return result


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "from sklearn.ensemble import AdaBoostClassifier, VotingClassifier  # both",
            "from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier, VotingClassifier  # both",
        ),
        (
            "from sklearn.ensemble import VotingClassifier, AdaBoostClassifier",
            "from sklearn.ensemble import VotingClassifier, AdaBoostClassifier, RandomForestClassifier",
        ),
        (
            "from sklearn.ensemble import (\n    AdaBoostClassifier,  # weak\n    VotingClassifier,  # all\n)",
            (
                "from sklearn.ensemble import (\n    AdaBoostClassifier,  # weak\n    RandomForestClassifier,\n"
                "    VotingClassifier,  # all\n)"
            ),
        ),
        (
            "from sklearn.ensemble import (\n    AdaBoostClassifier,  # weak\n)",
            "from sklearn.ensemble import (\n    AdaBoostClassifier,  # weak\n    RandomForestClassifier,\n)",
        ),
        (
            "from sklearn.ensemble import (\n\tAdaBoostClassifier,\n\tBaggingClassifier  # last\n\t)",
            (
                "from sklearn.ensemble import (\n\tAdaBoostClassifier,\n\tBaggingClassifier,  # last\n"
                "\tRandomForestClassifier\n\t)"
            ),
        ),
        (
            "from sklearn.ensemble import (AdaBoostClassifier,\n                              VotingClassifier)",
            (
                "from sklearn.ensemble import (AdaBoostClassifier,\n"
                "                              RandomForestClassifier,\n"
                "                              VotingClassifier)"
            ),
        ),
        (
            "from sklearn.ensemble import AdaBoostClassifier, \\\n    BaggingClassifier",
            (
                "from sklearn.ensemble import AdaBoostClassifier, \\\n    BaggingClassifier, \\\n"
                "    RandomForestClassifier"
            ),
        ),
        (
            "from sklearn.ensemble import VotingClassifier as Vote",
            "from sklearn.ensemble import RandomForestClassifier, VotingClassifier as Vote",
        ),
    ],
)
def test_a_name_joins_the_line_of_its_module(before: str, after: str) -> None:
    assert added(before, FOREST, limit=100) == after


def test_a_line_that_grows_too_long_is_put_in_parentheses() -> None:
    before = "import os\nfrom sklearn.ensemble import AdaBoostClassifier, VotingClassifier  # both\n"
    assert added(before, FOREST, limit=80) == (
        "import os\nfrom sklearn.ensemble import (\n    AdaBoostClassifier,\n    RandomForestClassifier,\n"
        "    VotingClassifier,\n)  # both\n"
    )


def test_several_names_of_one_module() -> None:
    before = "import numpy as np\nfrom sklearn.metrics import f1_score"
    after = (
        "import numpy as np\nfrom sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier\n"
        "from sklearn.metrics import f1_score"
    )
    assert added(before, FOREST, BOOSTING) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (  # isort: sections, plain imports first
            (
                "import os\nimport sys\n\nimport pandas as pd\nfrom sklearn.metrics import f1_score\n\n"
                "from mine import load\n"
            ),
            (
                "import os\nimport sys\n\nimport numpy as np\nimport pandas as pd\nfrom sklearn.ensemble import "
                "RandomForestClassifier\nfrom sklearn.metrics import f1_score\n\nfrom mine import load\n"
            ),
        ),
        (  # sorted by module alone
            "import pandas as pd\nfrom sklearn.metrics import f1_score\nimport torch\n",
            (
                "import numpy as np\nimport pandas as pd\nfrom sklearn.ensemble import RandomForestClassifier\n"
                "from sklearn.metrics import f1_score\nimport torch\n"
            ),
        ),
        (  # unsorted: beside its relatives
            (
                "from sklearn.svm import SVC\nimport pandas as pd  # frames\nfrom sklearn.metrics import f1_score\n"
                "import re\n"
            ),
            (
                "from sklearn.svm import SVC\nimport pandas as pd  # frames\nfrom sklearn.metrics import f1_score\n"
                "import numpy as np\nfrom sklearn.ensemble import RandomForestClassifier\nimport re\n"
            ),
        ),
        (  # one name a line
            (
                "import numpy as np\nfrom sklearn.ensemble import AdaBoostClassifier\n"
                "from sklearn.ensemble import VotingClassifier\n"
            ),
            (
                "import numpy as np\nfrom sklearn.ensemble import AdaBoostClassifier\n"
                "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.ensemble import VotingClassifier\n"
            ),
        ),
        (  # comments stay above what they speak of
            "# data\nimport pandas as pd\n# models\nfrom sklearn.svm import SVC\n",
            (
                "# data\nimport numpy as np\nimport pandas as pd\nfrom sklearn.ensemble import RandomForestClassifier\n"
                "# models\nfrom sklearn.svm import SVC\n"
            ),
        ),
        (  # the standard library keeps a section of its own
            "from __future__ import annotations\n\nimport os\n",
            (
                "from __future__ import annotations\n\nimport os\n\nimport numpy as np\n"
                "from sklearn.ensemble import RandomForestClassifier\n"
            ),
        ),
        ("import os, sys; x = 1\n", "import os, sys; x = 1\n"),
    ],
)
def test_a_line_goes_where_it_sorts(before: str, after: str) -> None:
    wanted = [w for w in (NUMPY, FOREST) if w.statement() not in before and "x = 1" not in before]
    assert added(before, *wanted) == after


def test_statements_on_one_line_are_left_alone() -> None:
    before = "from sklearn.ensemble import AdaBoostClassifier; import os\nimport numpy as np\n"
    after = added(before, FOREST, drop=("AdaBoostClassifier",))
    assert after == before + "from sklearn.ensemble import RandomForestClassifier\n"


@pytest.mark.parametrize(
    ("before", "drop", "after"),
    [
        ("from sklearn.svm import SVC, SVR, LinearSVC", "SVR", "from sklearn.svm import SVC, LinearSVC"),
        ("from sklearn.svm import SVC, SVR", "SVR", "from sklearn.svm import SVC"),
        ("from sklearn.svm import SVC, SVR", "SVC", "from sklearn.svm import SVR"),
        ("import os\nfrom sklearn.svm import SVC  # old\nimport re\n", "SVC", "import os\nimport re\n"),
        ("import os\nfrom sklearn.svm import SVC as S", "S", "import os"),
        (
            "from sklearn.svm import (\n    SVC,  # a\n    SVR,  # b\n)",
            "SVR",
            "from sklearn.svm import (\n    SVC,  # a\n)",
        ),
        (
            "from sklearn.svm import (\n    SVC,  # a\n    SVR  # b\n)",
            "SVR",
            "from sklearn.svm import (\n    SVC  # a\n)",
        ),
        (
            "from sklearn.svm import (\n    SVC,  # a\n    SVR,  # b\n)",
            "SVC",
            "from sklearn.svm import (\n    SVR,  # b\n)",
        ),
        ("from sklearn.svm import SVC  # noqa: F401\n", "SVC", "from sklearn.svm import SVC  # noqa: F401\n"),
        ("import lightgbm as lgb\nimport os", "lgb", "import os"),
        ("import sklearn.svm\nimport os", "sklearn", "import sklearn.svm\nimport os"),
        ("import mine\n", "mine", "import mine\n"),
        ("from mine import register\n", "register", "from mine import register\n"),
        ("from mine import register, Model\n", "Model", "from mine import register\n"),
        ("from . import SVC\n", "SVC", "from . import SVC\n"),
        ("from sklearn.svm import *\n", "SVC", "from sklearn.svm import *\n"),
        ("try:\n    from sklearn.svm import SVC\nexcept ImportError:\n    SVC = None\n", "SVC", None),
        ("from sklearn.svm import SVC\r\nimport os\r\n", "SVC", "import os\r\n"),
    ],
)
def test_a_name_goes(before: str, drop: str, after: str | None) -> None:
    assert added(before, drop=(drop,)) == (before if after is None else after)


def test_one_name_takes_the_place_of_another() -> None:
    before = "from sklearn.ensemble import AdaBoostClassifier\nfrom sklearn.svm import SVC\n"
    after = "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.svm import SVC\n"
    assert added(before, FOREST, drop=("AdaBoostClassifier",)) == after


HEAD = "from sklearn.svm import SVC, SVR\n"


@pytest.mark.parametrize(
    ("rest", "idle"),
    [
        ("model = SVC()\nmodel.fit(X, y)\n", ("SVC",)),
        ("def main():\n    SVC()\n\nif __name__ == '__main__':\n    main()\n", ("SVC",)),
        ("def main():\n    SVC()\n\nmain()\n", ("SVC",)),
        ("def build():\n    return SVC()\n", ()),  # others may import it
        ("__all__ = ['SVC']\nmodel = SVC()\nmodel.fit(X, y)\n", ()),
        ("model = SVC()\nmodel.fit(X, y)\nm = globals()[name]()\n", ()),
        ("model = SVC()\nmodel.fit(X, y)\nm = eval(name)\n", ()),
        ("model = SVC()\nmodel.fit(X, y)\nmodel.eval()\n", ("SVC",)),
        ("model = SVC()\nmodel.fit(X, y)\nm = KINDS['SVC']\n", ()),
        ("model = SVC()\nmodel.fit(X, y)\nprint('SVC scores', 1)\n", ("SVC",)),
        ("model = SVC()\nmodel.fit(X, y)\ndef f(m: 'SVC | SVR') -> None: ...\n", ()),
        ("model = SVC()\nmodel.fit(X, y)\nm = f()  # type: SVC\n", ()),
        ("model = SVC()\nmodel.fit(X, y)\nprint(isinstance(model, SVC))\n", ()),
        ("try:\n    from cuml import SVC\nexcept ImportError:\n    pass\nmodel = SVC()\nmodel.fit(X, y)\n", ()),
    ],
)
def test_names_without_a_reader(rest: str, idle: tuple[str, ...]) -> None:
    script = Script.parse(HEAD + rest)
    changed = script.masked.replace("SVC()", "KNN()")
    assert idle_imports(script, changed) == idle


def test_a_magic_line_reads_names() -> None:
    script = Script.parse(HEAD + "model = SVC()\nmodel.fit(X, y)\n%timeit SVC().fit(X, y)\n")
    assert script.tree is not None
    assert idle_imports(script, script.masked.replace("= SVC()", "= KNN()")) == ()
