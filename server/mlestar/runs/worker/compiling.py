"""Compile the modules beside this file for the Python that runs it: ``python -I -S boot.py compiling FOLDER``.

The byte code lies beside the sources where that can be, else below ``FOLDER`` (see `sys.pycache_prefix`).
"""

from __future__ import annotations

import os
import py_compile
import sys


def main(folder: str) -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    sys.pycache_prefix = None if os.access(here, os.W_OK) else folder
    for place, _, names in os.walk(here):
        for path in [os.path.join(place, name) for name in names if name.endswith(".py")]:
            try:
                py_compile.compile(path, quiet=2)
            except OSError:
                sys.pycache_prefix = folder
                py_compile.compile(path, quiet=2)
