"""Entry of the launcher and of the worker: ``python boot.py launcher|worker SPEC.json [FOLDER]``.

The modules beside this file are imported under a private package name, so that no module of the user's
(``seeding``, ``wire`` ...) can stand in for one of them, nor the other way round. Their byte code lies beside them, or
below ``FOLDER``, and nowhere else: in a cache that the user's environment names a run might have changed it.
"""

import importlib
import os
import sys
import types
from importlib.machinery import FileFinder, SourceFileLoader


class _Loader(SourceFileLoader):
    folder: "str | None" = None

    def get_code(self, fullname):  # type: ignore[no-untyped-def]
        kept, sys.pycache_prefix = sys.pycache_prefix, self.folder
        try:
            return super().get_code(fullname)
        finally:
            sys.pycache_prefix = kept


def main() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    package = types.ModuleType("_mlestar_worker")
    package.__path__ = [here]
    sys.modules["_mlestar_worker"] = package
    if sys.path and os.path.abspath(sys.path[0] or ".") == here:
        del sys.path[0]
    role, spec = sys.argv[1], sys.argv[2]
    _Loader.folder = sys.argv[3] if len(sys.argv) > 3 else None
    for folder in (here, os.path.join(here, "memo")):
        sys.path_importer_cache[folder] = FileFinder(folder, (_Loader, [".py"]))
    importlib.import_module("_mlestar_worker." + role).main(spec)


if __name__ == "__main__":
    main()
