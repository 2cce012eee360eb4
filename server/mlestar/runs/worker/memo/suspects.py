"""Programs that change libraries while they run: what a call does then no longer follows from its name and version."""

from __future__ import annotations

import ast
import re
import sys
from typing import Any

_WORDS = re.compile(
    r"threadpool_limits|threadpool_controller|ThreadpoolController|set_num_threads|parallel_backend|parallel_config"
    r"|mock\b|monkeypatch|patch_sklearn|gorilla|wrapt|sys\.settrace|set_bit_generator|register_parallel_backend"
    r"|importlib\.reload|__class__\s*="
)
_OPTIONS = ("pd.options", "pandas.options", "pd.io.formats", "plt.rcParams", "matplotlib.rcParams")


def changes_libraries(text: str) -> bool:
    """Whether a program's text may put other code into the libraries it uses, or change how many threads they take."""
    if _WORDS.search(text):
        return True
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return True
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imported.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    for node in ast.walk(tree):
        targets: list[Any] = []
        if isinstance(node, (ast.Assign, ast.Delete)):
            targets = list(node.targets)
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            targets = [node.target]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr"):
            targets = [ast.Attribute(node.args[0], "")] if node.args else []
        for target in targets:
            for part in ast.walk(target):
                name = _name(part)
                if "." in name and name.partition(".")[0] in imported and not name.startswith(_OPTIONS):
                    return True
    return False


def _name(node: Any) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([node.id, *parts]) if isinstance(node, ast.Name) else ""


class Suspects:
    """Looks at the program and at each of the user's modules once it is imported."""

    def __init__(self, texts: "list[str]", workspace: str) -> None:
        self._found = any(changes_libraries(text) for text in texts)
        self._workspace = workspace.rstrip("/\\") + "/"
        self._modules = 0
        self._looked: set[str] = set()

    def none(self) -> bool:
        """True while nothing that changes libraries was seen."""
        if self._found or len(sys.modules) == self._modules:
            return not self._found
        self._modules = len(sys.modules)
        for name, module in list(sys.modules.items()):
            if name in self._looked or name == "__main__":
                continue
            self._looked.add(name)
            path = getattr(module, "__file__", None)
            if not isinstance(path, str) or not path.startswith(self._workspace) or "site-packages" in path:
                continue
            try:
                with open(path, encoding="utf-8") as file:
                    self._found = self._found or changes_libraries(file.read())
            except (OSError, ValueError):
                self._found = True
        return not self._found
