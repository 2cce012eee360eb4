"""``python -m mlestar``: the command line."""

import sys

from mlestar.cli import main

if __name__ == "__main__":
    sys.exit(main())
