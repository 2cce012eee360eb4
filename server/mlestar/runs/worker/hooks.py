"""Call a function right after a module was imported, before anyone else sees it; import nothing early."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable, Optional, Sequence

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

Hook = Callable[[ModuleType], None]
_waiting: dict[str, list[Hook]] = {}


def _call(module: ModuleType, hooks: "list[Hook]") -> None:
    for hook in hooks:
        try:
            hook(module)
        except Exception as error:  # an unusual version of the library: the run goes on without, and says so
            sys.stderr.write("mlestar: {} could not be prepared: {}\n".format(module.__name__, error))


class _Loader:
    """Runs the module's own loader, then the hooks; from then on it is out of the way.

    Neither this nor the finder has a base class: `importlib.abc` imports a dozen modules that a script may not need.
    """

    def __init__(self, inner: Any, hooks: "list[Hook]") -> None:
        self._inner, self._hooks = inner, hooks

    def create_module(self, spec: ModuleSpec) -> Optional[ModuleType]:
        module: Optional[ModuleType] = self._inner.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._inner
        if module.__spec__ is not None:
            module.__spec__.loader = self._inner
        self._inner.exec_module(module)
        _call(module, self._hooks)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Finder:
    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        hooks = _waiting.get(fullname)
        if hooks is None:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loader(spec.loader, hooks)  # type: ignore[assignment]
                return spec
        return None


def after_import(name: str, hook: Hook) -> None:
    """Call ``hook`` with module ``name`` once it was imported: now, when it already was."""
    module = sys.modules.get(name)
    if module is not None:
        _call(module, [hook])
        return
    _waiting.setdefault(name, []).append(hook)
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
