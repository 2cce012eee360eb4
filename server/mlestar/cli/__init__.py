"""The command line: the same studies without an editor.

`app` names the commands; `check`, `blocks`, `studies`, `rules` and `history` carry them out; `show` and `progress`
draw; `files` reads scripts and writes the one thing that is ever written to them, an edit the user asked for.
"""

from mlestar.cli.app import main

__all__ = ["main"]
