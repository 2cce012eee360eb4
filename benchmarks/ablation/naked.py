"""A program in a fresh interpreter as any tool would start it, with the values of its objective kept.

``python naked.py PROGRAM SCRIPT OUT``: runs PROGRAM as ``__main__`` under the name SCRIPT. Standard library only.
"""

import builtins
import json
import sys
import types
from pathlib import Path


def main() -> None:
    program, script, out = sys.argv[1:]
    values = []

    def report(value):  # type: ignore[no-untyped-def]
        values.append(float(value))
        return value

    builtins.__mlestar_report__ = report  # type: ignore[attr-defined]
    module = types.ModuleType("__main__")
    module.__dict__.update({"__file__": script, "__builtins__": builtins})
    sys.modules["__main__"] = module
    sys.argv = [script]
    text = Path(program).read_text("utf-8")
    try:
        exec(compile(text, script, "exec", dont_inherit=True), module.__dict__)
    finally:
        Path(out).write_text(json.dumps(values), "utf-8")


main()
