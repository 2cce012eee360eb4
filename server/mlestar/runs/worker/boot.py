"""Entry of the launcher and of the worker: ``python boot.py launcher|worker SPEC.json``.

The modules beside this file are imported under a private package name, so that no module of the user's
(``seeding``, ``wire`` ...) can stand in for one of them, nor the other way round.
"""

import importlib
import os
import sys
import types


def main() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    package = types.ModuleType("_mlestar_worker")
    package.__path__ = [here]
    sys.modules["_mlestar_worker"] = package
    if sys.path and os.path.abspath(sys.path[0] or ".") == here:
        del sys.path[0]
    role, spec = sys.argv[1], sys.argv[2]
    importlib.import_module("_mlestar_worker." + role).main(spec)


if __name__ == "__main__":
    main()
