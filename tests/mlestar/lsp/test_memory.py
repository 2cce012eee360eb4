"""Nothing of a text that is gone stays: a tree of five thousand lines takes some twenty megabytes."""

from __future__ import annotations

import asyncio
import gc
import weakref
from pathlib import Path
from typing import Any

from lsp_conversation import Conversation

from cst_tools.live import LiveScript
from cst_tools.script import Script
from mlestar.lsp.server import create

TEXT = """\
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

X, y = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)
A, B, a, b = train_test_split(X, y, random_state=0)
model = LogisticRegression(C=0.5)
model.fit(A, a)
print("accuracy", model.score(B, b))
"""


def of_path(kind: type[Any], path: str) -> list[weakref.ref[Any]]:
    gc.collect()
    return [weakref.ref(o) for o in gc.get_objects() if type(o) is kind and getattr(o, "path", None) == path]


async def ask(talk: Conversation, uri: str) -> None:
    """What an editor asks while the cursor is in a block."""
    document = {"uri": uri}
    await talk.request("textDocument/codeLens", {"textDocument": document})
    await talk.request("mlestar/analysis", {"uri": uri})
    place = {"line": TEXT[: TEXT.index("model = ")].count("\n"), "character": 0}
    shown = [d for m in talk.heard("textDocument/publishDiagnostics") for d in m["diagnostics"] if m["uri"] == uri]
    await talk.request(
        "textDocument/codeAction",
        {
            "textDocument": document,
            "range": {"start": place, "end": place},
            "context": {"diagnostics": shown[-1:]},
        },
    )


async def test_versions_that_are_gone_leave_nothing_behind(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("MLESTAR_HOME", str(tmp_path / "state"))
    path = tmp_path / "train.py"
    talk = Conversation(create())
    await talk.initialize({"textDocument": {"publishDiagnostics": {"versionSupport": True}}})
    uri = path.as_uri()
    talk.open(uri, TEXT)
    scripts = 0
    for version in range(2, 14):
        await ask(talk, uri)
        place = {"line": 8, "character": 0}
        talk.change(uri, version, {"range": {"start": place, "end": place}, "text": f"extra_{version} = {version}\n"})
        scripts = max(scripts, len(of_path(Script, str(path))))
    await ask(talk, uri)
    talk.sent.clear()
    left = [script for kept in of_path(Script, str(path)) if (script := kept()) is not None]
    assert len({script.text for script in left}) <= 3, "the newest text, and what plans were last asked about"
    assert len(left) <= 6, "of the checker, of the analysis, and of what was asked about it"
    assert scripts <= 8, "at any time"
    del left
    talk.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    await asyncio.sleep(0.3)
    lives = [o for o in gc.get_objects() if type(o) is LiveScript and getattr(o, "_path", None) == str(path)]
    assert lives == []
    await talk.server.session.close()
